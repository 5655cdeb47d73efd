"""Sessions the service cancelled, with what was done for those who lost them: three statements for any number."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.booking.queries import OF_CLIENT
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.ids import BookingId, TherapistId
from domain.notices.tables import Notice


async def cancelled(
    session: AsyncSession, *, therapist_id: TherapistId, since: datetime, limit: int
) -> Sequence[Booking]:
    """Load what the service cancelled of a therapist since an instant, the latest first."""
    rows = await session.scalars(
        select(Booking)
        .where(
            Booking.therapist_id == therapist_id,
            Booking.kind.in_(OF_CLIENT),
            Booking.status == Status.CANCELLED,
            Booking.cancelled_by == Party.SERVICE,
            Booking.cancelled_at >= since,
        )
        .order_by(Booking.cancelled_at.desc(), Booking.id)
        .limit(limit)
    )
    return rows.all()


async def letters(session: AsyncSession, *, notice_ids: Collection[UUID]) -> Mapping[UUID, datetime | None]:
    """Give when these letters were sent, None for those that wait; who is not in it was not written or given up."""
    asked = literal(list(notice_ids), ARRAY(Uuid))
    rows = await session.execute(select(Notice.id, Notice.sent_at).where(Notice.id == any_(asked)))
    return {notice_id: sent_at for notice_id, sent_at in rows}  # noqa: C416 - rows are not pairs to the checker


async def given(session: AsyncSession, *, booking_ids: Collection[BookingId]) -> Mapping[BookingId, bool]:
    """Tell in place of which of these another session was held, and whether the client took it."""
    rows = await session.execute(
        select(Booking.in_place_of, Booking.status).where(
            Booking.in_place_of == any_(literal(list(booking_ids), ARRAY(Uuid))), Booking.origin == Origin.REHOMING
        )
    )
    found: dict[BookingId, bool] = {}
    for booking_id, status in rows:
        if booking_id is not None:
            found[booking_id] = found.get(booking_id, False) or status in {Status.CONFIRMED, Status.COMPLETED}
    return found
