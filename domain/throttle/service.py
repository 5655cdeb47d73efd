"""Count attempts in fixed windows and refuse beyond a limit."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError
from domain.throttle.tables import ThrottleCounter


class RateLimited(DomainError):
    """Too many attempts. retry_after_seconds: whole seconds until the window ends, at least 1."""

    slug: ClassVar[str] = "rate-limited"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__("Too many attempts for now; it works again after the time in Retry-After.")
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many attempts of one kind in one window."""

    name: str
    attempts: int
    window: timedelta

    def scaled(self, factor: float) -> "Limit":
        """Give the limit times a factor, at least one attempt."""
        return Limit(name=self.name, attempts=max(1, int(self.attempts * factor)), window=self.window)


async def spend(session: AsyncSession, *, limit: Limit, of: str, now: datetime) -> None:
    """Count one attempt of somebody or something, in one statement. Raises RateLimited beyond the limit.

    The caller commits at once, also when what follows is refused: an attempt stays counted.
    """
    bucket = hashlib.sha256(f"{limit.name}\x00{of}".encode()).digest()
    fresh = insert(ThrottleCounter).values(bucket=bucket, window_ends_at=now + limit.window, spent=1)
    over = ThrottleCounter.window_ends_at <= now
    counted = fresh.on_conflict_do_update(
        index_elements=[ThrottleCounter.bucket],
        set_={
            "spent": case((over, 1), else_=ThrottleCounter.spent + 1),
            "window_ends_at": case((over, now + limit.window), else_=ThrottleCounter.window_ends_at),
        },
    ).returning(ThrottleCounter.spent, ThrottleCounter.window_ends_at)
    spent, window_ends_at = (await session.execute(counted)).one()
    if spent > limit.attempts:
        raise RateLimited(retry_after_seconds=max(1, int((window_ends_at - now).total_seconds()) + 1))


async def forget(session: AsyncSession, *, limit: Limit, of: str) -> None:
    """Forget the attempts of somebody who has shown to be the owner."""
    bucket = hashlib.sha256(f"{limit.name}\x00{of}".encode()).digest()
    await session.execute(delete(ThrottleCounter).where(ThrottleCounter.bucket == bucket))


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Delete counters whose window has ended and give how many went."""
    gone = await session.scalars(
        delete(ThrottleCounter).where(ThrottleCounter.window_ends_at < now).returning(ThrottleCounter.bucket)
    )
    return len(gone.all())
