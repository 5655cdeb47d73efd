"""Holds that have run out, by the database's clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.occupation_queries import release_empty_groups
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.database import database_now, stored_enum
from domain.ids import ClientId

# written into the statement, as the index of those who run out is only theirs
_held: Final = Booking.status == literal(Status.HELD, stored_enum(Status), literal_execute=True)


async def expire(session: AsyncSession, *, of: ClientId | None, limit: int, now: datetime) -> Sequence[Booking]:
    """Expire holds that have run out, the oldest first, release the groups they leave empty, and give the holds.

    of: one client's, None for all. What is locked elsewhere is left to who has locked it.
    """
    whose = true() if of is None else Booking.client_id == of
    run_out = (_held, Booking.expires_at <= database_now(), whose)
    found = await session.execute(
        select(Booking.id, Booking.group_id).where(*run_out).order_by(Booking.expires_at).limit(limit)
    )
    rows = found.all()
    groups = await session.scalars(
        select(Booking.id)
        .where(Booking.id.in_([group_id for _, group_id in rows if group_id is not None]))
        .order_by(Booking.id)
        .with_for_update(skip_locked=True)
    )
    locked_groups = groups.all()
    locked = await session.scalars(
        select(Booking.id)
        .where(
            Booking.id.in_([booking_id for booking_id, _ in rows]),
            or_(Booking.group_id.is_(None), Booking.group_id.in_(locked_groups)),
            *run_out,
        )
        .order_by(Booking.id)
        .with_for_update(skip_locked=True)
    )
    expired = await session.scalars(
        update(Booking)
        .where(Booking.id.in_(locked.all()))
        .values(status=Status.EXPIRED, version=Booking.version + 1, updated_at=now)
        .returning(Booking)
        .execution_options(populate_existing=True)
    )
    holds = expired.all()
    await release_empty_groups(session, group_ids=locked_groups, now=now)
    return holds
