"""Put rows that live to another time: where the database decides whether the new time is still to be had.

An update that meets a rival raises, where an insert can give way; so it stands in a savepoint of its own. Two updates
that meet would wait for each other: whoever moves takes the therapist's time alone before (`lock_therapist_time`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.occupation_queries import Seat
from domain.booking.offer import Offer
from domain.booking.queries import span
from domain.booking.states import Status
from domain.booking.tables import Booking

EXCLUDED: Final = "23P01"  # exclusion_violation


async def put(
    session: AsyncSession, *, appointment: Booking, offer: Offer, seat: Seat | None, now: datetime
) -> Booking | None:
    """Put a locked appointment to the offer's time; None when somebody has it, or its client themselves.

    seat: the place in a locked group, for an appointment that is a seat. Fee, terms and type stay as they were.
    """
    statement = (
        update(Booking)
        .where(Booking.id == appointment.id, Booking.status == Status.CONFIRMED)
        .values(
            during=span(offer.during),
            occupied=span(offer.occupied) if seat is None else seat.group.occupied,
            wall_start=offer.wall_start,
            zone=offer.zone,
            group_id=None if seat is None else seat.group.group_id,
            seat_number=None if seat is None else seat.number,
            capacity=None if seat is None else seat.group.capacity,
            version=Booking.version + 1,
            updated_at=now,
        )
        .returning(Booking)
        # not synchronized, so that the row of a move that is taken back is not loaded again behind our back
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    try:
        async with session.begin_nested():
            return (await session.scalars(statement)).one()
    except IntegrityError as refused:
        if getattr(refused.orig, "sqlstate", None) != EXCLUDED:
            raise
        return None
