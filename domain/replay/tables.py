"""Stored replies: what a key was answered, sealed, for 48 hours."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base
from domain.ids import AccountId


class StoredReply(Base):
    """The answer to one idempotency key of one account, written in the transaction of its effect."""

    __tablename__ = "stored_reply"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    key_digest: Mapped[bytes]
    request_digest: Mapped[bytes]
    status: Mapped[int]
    body_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
