"""What was said of sessions, and what it makes of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.attendance import Reports
from domain.booking.states import Attendance, Kind, Status
from domain.booking.tables import AttendanceReport, Booking
from domain.booking.terms import Party
from domain.database import among, stored_enum
from domain.ids import BookingId

# written into the statement, as the index of those without a word is only theirs
_confirmed: Final = Booking.status == literal(Status.CONFIRMED, stored_enum(Status), literal_execute=True)
_of_client: Final = Booking.kind != literal(Kind.GROUP, stored_enum(Kind), literal_execute=True)


async def reports(session: AsyncSession, *, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Reports]:
    """Load what was said of each of these sessions, by its id."""
    found: dict[BookingId, dict[Party, Attendance]] = {booking_id: {} for booking_id in booking_ids}
    rows = await session.execute(
        select(AttendanceReport.booking_id, AttendanceReport.party, AttendanceReport.outcome).where(
            among(AttendanceReport.booking_id, booking_ids)
        )
    )
    for booking_id, party, outcome in rows:
        found[booking_id][party] = outcome
    return {
        booking_id: Reports(client=said.get(Party.CLIENT), therapist=said.get(Party.THERAPIST))
        for booking_id, said in found.items()
    }


async def times(session: AsyncSession, *, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Booking]:
    """Load sessions by their ids, whoever asks: what is shown of them is the caller's to decide."""
    found = await session.scalars(select(Booking).where(among(Booking.id, booking_ids)))
    return {each.id: each for each in found}


async def write(
    session: AsyncSession, *, booking: Booking, status: Status, outcome: Attendance | None, now: datetime
) -> Booking:
    """Set whether a locked appointment took place, and let its version grow."""
    written = await session.scalars(
        update(Booking)
        .where(Booking.id == booking.id)
        .values(status=status, attendance=outcome, version=Booking.version + 1, updated_at=now)
        .returning(Booking)
        .execution_options(populate_existing=True)
    )
    return written.one()


async def complete_unattended(
    session: AsyncSession, *, ended_before: datetime, limit: int, now: datetime
) -> Sequence[BookingId]:
    """Complete confirmed sessions that ended by then, the oldest first; what is locked elsewhere is left alone."""
    ends_at = func.upper(Booking.during)
    over = (
        select(Booking.id)
        .where(_confirmed, _of_client, ends_at <= ended_before)
        .order_by(ends_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("over")  # looked for once: a plain subquery may be run again for each row, past its limit
    )
    completed = await session.scalars(
        update(Booking)
        .where(Booking.id.in_(select(over.c.id)))
        .values(status=Status.COMPLETED, version=Booking.version + 1, updated_at=now)
        .returning(Booking.id)
        .execution_options(synchronize_session=False)
    )
    return completed.all()
