"""What operators are to be woken by, told from the rows when they ask, so that no job has to run for an alarm."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.licensing import clocks, queue_queries
from domain.licensing.licenses import WAITING, LicenseStatus
from domain.licensing.registers import Register
from domain.licensing.tables import LicenseRow, RegisterImport

STATEMENT_TIMEOUT_MS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """How many licenses are stale, wait, or wait too long; ages of the oldest good look and of our copies, in days."""

    stale: int
    waiting: int
    overdue: int
    oldest_look_days: int | None
    register_age_days: dict[Register, int]


async def alarms(session: AsyncSession, *, now: datetime) -> Alarms:
    """Count. Gives up after two seconds, since a scrape must not hold anything up."""
    await session.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
    verified = LicenseRow.status == LicenseStatus.VERIFIED
    waiting = LicenseRow.status.in_(WAITING)
    due = now - clocks.DECIDED_WITHIN
    row = (
        await session.execute(
            select(
                func.count().filter(verified, queue_queries.is_stale(now=now)),
                func.count().filter(waiting),
                func.count().filter(waiting, LicenseRow.submitted_at <= due),
                func.min(func.least(LicenseRow.board_checked_on, LicenseRow.screened_on)).filter(verified),
            ).where(verified | waiting)
        )
    ).one()
    given_out = func.max(func.coalesce(RegisterImport.as_of, func.date(RegisterImport.imported_at)))
    newest = await session.execute(select(RegisterImport.register, given_out).group_by(RegisterImport.register))
    return Alarms(
        stale=row[0],
        waiting=row[1],
        overdue=row[2],
        oldest_look_days=_days(row[3], now=now),
        register_age_days={register: (now.date() - day).days for register, day in newest},
    )


def _days(day: date | None, *, now: datetime) -> int | None:
    return None if day is None else (now.date() - day).days
