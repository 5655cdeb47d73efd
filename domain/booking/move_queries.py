"""Put rows that live to another time: where the database decides whether the new time is still to be had.

An update that meets a rival raises, where an insert can give way; so it stands in a savepoint of its own. Two updates
that meet would wait for each other: whoever moves takes the therapist's time alone before (`lock_therapist_time`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.occupation_queries import Seat, lock_groups, same_group
from domain.booking.offer import Offer
from domain.booking.queries import span
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.wanted import Claim
from domain.ids import BookingId

EXCLUDED: Final = "23P01"  # exclusion_violation


async def groups_at(session: AsyncSession, *, claims: Sequence[Claim]) -> set[BookingId]:
    """Find the groups that meet where the claims would stand."""
    found: set[BookingId] = set()
    for claim in claims:
        if claim.offer.capacity > 1:
            found.update(await session.scalars(same_group(claim).with_only_columns(Booking.id)))
    return found


async def lock(
    session: AsyncSession, *, group_ids: Collection[BookingId], booking_ids: Collection[BookingId]
) -> Sequence[Booking]:
    """Lock groups by id, then rows by id, and give the rows as they are now."""
    await lock_groups(session, sorted(group_ids))
    locked = await session.scalars(
        select(Booking)
        .where(Booking.id.in_(booking_ids))
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return locked.all()


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
