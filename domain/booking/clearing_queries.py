"""Make ready the places where claims will stand, before the first of them is taken.

Whoever takes or moves several times in one transaction locks all they will need first, in the one order: after the
first row is written there should be nothing left to wait for but rivals who are about to commit.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking import occupation_queries
from domain.booking.tables import Booking
from domain.booking.wanted import Claim
from domain.ids import BookingId, TherapistId


async def clear(
    session: AsyncSession,
    *,
    claims: Sequence[Claim],
    group_ids: Collection[BookingId] = (),
    booking_ids: Collection[BookingId] = (),
    now: datetime,
) -> frozenset[TherapistId]:
    """Lock the groups where the claims would stand and those given, then rows by id; expire holds that have run out.

    booking_ids: rows that are locked too, and read again as they are now. Gives the therapists who may have time back
    that no claim takes.
    """
    stale = await occupation_queries.stale_where(session, claims=claims)
    groups = {*group_ids, *(group_id for _, group_id in stale if group_id is not None)}
    for claim in claims:
        if claim.offer.capacity > 1:
            groups.update(await session.scalars(occupation_queries.same_group(claim).with_only_columns(Booking.id)))
    await occupation_queries.lock_groups(session, sorted(groups))
    rows = {*booking_ids, *(booking_id for booking_id, _ in stale)}
    if rows:
        locked = await session.scalars(
            select(Booking)
            .where(Booking.id.in_(rows))
            .order_by(Booking.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        locked.all()  # rows are read into what is known of them as they are fetched
    if not stale:
        return frozenset()
    return await occupation_queries.clear_expired(session, claim=claims[0], stale=stale, now=now)
