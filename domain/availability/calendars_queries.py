"""Busy calendars, loaded and counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.accounts.tables import Account
from domain.availability.tables import BusyCalendarRow, BusyTimeRow, ScheduleRow
from domain.ids import BusyCalendarId, TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What calendars take together. kept_bytes: of their sealed texts; stretches: of time they shut."""

    calendars: int
    kept_bytes: int
    stretches: int


async def zone(session: AsyncSession, *, therapist_id: TherapistId) -> str | None:
    """Give the zone of a therapist's schedule, or before there is one, of their account; None without an account."""
    return await session.scalar(
        select(func.coalesce(ScheduleRow.zone, Account.time_zone))
        .select_from(Account)
        .outerjoin(ScheduleRow, ScheduleRow.therapist_id == Account.id)
        .where(Account.id == therapist_id)
    )


async def named(session: AsyncSession, *, therapist_id: TherapistId, name: str) -> BusyCalendarRow | None:
    """Give a therapist's calendar of a name."""
    return await session.scalar(
        select(BusyCalendarRow)
        .where(BusyCalendarRow.therapist_id == therapist_id, BusyCalendarRow.name == name)
        .execution_options(populate_existing=True)
    )


async def of_therapist(session: AsyncSession, *, therapist_id: TherapistId) -> Sequence[BusyCalendarRow]:
    """Give all calendars of a therapist, by name."""
    statement = select(BusyCalendarRow).where(BusyCalendarRow.therapist_id == therapist_id)
    return (await session.scalars(statement.order_by(BusyCalendarRow.name))).all()


async def taken(session: AsyncSession, *, therapist_id: TherapistId, besides: Collection[BusyCalendarId]) -> Taken:
    """Count what a therapist's calendars take. besides: calendars that do not count."""
    calendars, kept_bytes = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(func.octet_length(BusyCalendarRow.source_sealed)), 0)).where(
                BusyCalendarRow.therapist_id == therapist_id, BusyCalendarRow.id.not_in(besides)
            )
        )
    ).one()
    stretches = await session.scalar(
        select(func.count()).where(BusyTimeRow.therapist_id == therapist_id, BusyTimeRow.calendar_id.not_in(besides))
    )
    return Taken(calendars=calendars, kept_bytes=int(kept_bytes), stretches=stretches or 0)


async def lock_ending(session: AsyncSession, *, before: datetime, limit: int) -> Sequence[BusyCalendarRow]:
    """Give calendars that are read no further than an instant, and that nobody else has in hand, locked.

    They come in any order, so that one that can't be read stands in no other's way.
    """
    return (
        await session.scalars(
            select(BusyCalendarRow)
            .where(BusyCalendarRow.expanded_until < before)
            .order_by(func.random())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()
