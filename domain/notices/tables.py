"""Messages on their way."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import NoticeId
from domain.notices.message import NoticeKind


class Notice(Base):
    """A message to be sent once. When it is sent, whom it went to and what it said are gone from here."""

    __tablename__ = "notice"

    id: Mapped[NoticeId] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(stored_enum(NoticeKind))
    message_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
