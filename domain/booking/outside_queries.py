"""What a therapist has booked ahead, and what stands beside their weekly hours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Text, cast, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.availability.schedule import ExceptionKind
from domain.availability.tables import BusyTimeRow, ExceptionRow
from domain.booking.outside import Booked, Times
from domain.booking.queries import OF_CLIENT
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import TherapistId

BUSY: Final = "busy"
# More than the weeks of a horizon hold, and a bound all the same: seats of large groups count one by one.
SESSIONS_MAX: Final = 10_000


async def sessions_ahead(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> Sequence[Booked]:
    """Give the confirmed sessions of a therapist that start from now on, by start, then id."""
    starts_at = func.lower(Booking.during)
    statement = (
        select(
            Booking.id,
            Booking.session_type,
            starts_at,
            func.upper(Booking.during),
            func.lower(Booking.occupied),
            func.upper(Booking.occupied),
            Booking.wall_start,
            Booking.zone,
        )
        .where(
            Booking.therapist_id == therapist_id,
            Booking.status == Status.CONFIRMED,
            Booking.kind.in_(OF_CLIENT),
            starts_at >= now,
        )
        .order_by(starts_at, Booking.id)
        .limit(SESSIONS_MAX)
    )
    return [
        Booked(
            appointment_id=row[0],
            session_type=row[1],
            during=Interval(starts_at=row[2], ends_at=row[3]),
            occupied=Interval(starts_at=row[4], ends_at=row[5]),
            wall_start=row[6],
            zone=row[7],
        )
        for row in await session.execute(statement)
    ]


async def times(session: AsyncSession, *, therapist_id: TherapistId, since: datetime) -> Times:
    """Give the exceptions and busy times of a therapist that end after an instant, in one statement."""
    exceptions = select(
        cast(ExceptionRow.kind, Text).label("kind"),
        func.lower(ExceptionRow.during).label("starts_at"),
        func.upper(ExceptionRow.during).label("ends_at"),
    ).where(ExceptionRow.therapist_id == therapist_id, func.upper(ExceptionRow.during) > since)
    calendars = select(literal(BUSY), func.lower(BusyTimeRow.during), func.upper(BusyTimeRow.during)).where(
        BusyTimeRow.therapist_id == therapist_id, func.upper(BusyTimeRow.during) > since
    )
    found: dict[str, list[Interval]] = {ExceptionKind.OPEN: [], ExceptionKind.CLOSED: [], BUSY: []}
    for kind, starts_at, ends_at in await session.execute(union_all(exceptions, calendars)):
        found[kind].append(Interval(starts_at=starts_at, ends_at=ends_at))
    return Times(opened=found[ExceptionKind.OPEN], closed=found[ExceptionKind.CLOSED], busy=found[BUSY])
