"""Counters of attempts that outlive restarts and count over all workers."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base


class ThrottleCounter(Base):
    """Attempts within one window. bucket: a digest of what is counted, so that no address stands here."""

    __tablename__ = "throttle_counter"

    bucket: Mapped[bytes] = mapped_column(primary_key=True)
    window_ends_at: Mapped[datetime]
    spent: Mapped[int]
