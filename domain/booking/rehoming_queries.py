"""What stands around a session somebody lost: whether it was their next, and what is kept for them in its place."""

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.booking.queries import OF_CLIENT, is_live
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.ids import BookingId


async def kept(session: AsyncSession, *, in_place_of: BookingId) -> Booking | None:
    """Give the live hold that is kept for a client in place of a session they lost."""
    return await session.scalar(
        select(Booking)
        .where(Booking.in_place_of == in_place_of, Booking.status == Status.HELD, is_live())
        .limit(1)
        .execution_options(populate_existing=True)
    )


async def is_to_be_rehomed(session: AsyncSession, *, lost: Booking, now: datetime) -> bool:
    """Say whether a lost session was the client's next with that therapist, and nothing was given for it yet.

    It was not where another is ahead of it, or one is kept for them already in place of a session with that therapist.
    """
    before = aliased(Booking)
    another = exists().where(
        before.client_id == lost.client_id,
        before.therapist_id == lost.therapist_id,
        before.kind.in_(OF_CLIENT),
        before.status == Status.CONFIRMED,
        func.lower(before.during) > now,
        func.lower(before.during) < lost.starts_at,
    )
    instead_of = aliased(Booking)
    given = (
        select(Booking.id)
        .join(instead_of, instead_of.id == Booking.in_place_of)
        .where(
            Booking.client_id == lost.client_id,
            Booking.origin == Origin.REHOMING,
            instead_of.therapist_id == lost.therapist_id,
            or_(Booking.in_place_of == lost.id, is_live() & (Booking.status == Status.HELD)),
        )
        .exists()
    )
    return not await session.scalar(select(or_(another, given)))
