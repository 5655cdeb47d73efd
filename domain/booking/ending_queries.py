"""Change what occupies time: confirm, renew and release holds, cancel appointments.

A group is locked before its seats, and released with its last one (`occupation_queries`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.occupation_queries import HOLD, lock_groups, release_empty_groups
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.database import database_now
from domain.ids import BookingId, ClientId
from domain.money import Money

HOLD_IN_ALL: Final = timedelta(minutes=30)  # however often it is renewed


async def confirm(session: AsyncSession, *, hold_id: BookingId, client_id: ClientId, now: datetime) -> Booking | None:
    """Turn the client's hold into an appointment while it lives; None when it does not."""
    return await session.scalar(
        update(Booking)
        .where(
            Booking.id == hold_id,
            Booking.client_id == client_id,
            Booking.status == Status.HELD,
            Booking.expires_at > database_now(),
        )
        .values(status=Status.CONFIRMED, confirmed_at=database_now(), version=Booking.version + 1, updated_at=now)
        .returning(Booking)
        .execution_options(populate_existing=True)
    )


async def renew(session: AsyncSession, *, hold_id: BookingId, client_id: ClientId, now: datetime) -> Booking | None:
    """Let the client's own hold live ten more minutes from now, and 30 in all; None where nothing is gained."""
    until = func.least(database_now() + literal(HOLD), Booking.held_at + literal(HOLD_IN_ALL))
    return await session.scalar(
        update(Booking)
        .where(
            Booking.id == hold_id,
            Booking.client_id == client_id,
            Booking.status == Status.HELD,
            Booking.origin == Origin.CLIENT,
            Booking.expires_at > database_now(),
            Booking.expires_at < until,
        )
        .values(expires_at=until, version=Booking.version + 1, updated_at=now)
        .returning(Booking)
        .execution_options(populate_existing=True)
    )


async def release(session: AsyncSession, *, hold: Booking, now: datetime) -> bool:
    """Give up a hold, and the group with its last seat; False when it is no hold any more."""
    groups = [] if hold.group_id is None else [hold.group_id]
    await lock_groups(session, groups)
    released = await session.scalar(
        update(Booking)
        .where(Booking.id == hold.id, Booking.status == Status.HELD)
        .values(status=Status.RELEASED, version=Booking.version + 1, updated_at=now)
        .returning(Booking.id)
        .execution_options(synchronize_session=False)
    )
    await release_empty_groups(session, group_ids=groups, now=now)
    return released is not None


async def lock_appointment(session: AsyncSession, *, appointment: Booking) -> Booking:
    """Lock an appointment, its group first, and give it as it is now."""
    return (await lock_appointments(session, appointments=(appointment,)))[0]


async def lock_appointments(session: AsyncSession, *, appointments: Sequence[Booking]) -> Sequence[Booking]:
    """Lock appointments, their groups first, each by id, and give them as they are now, in the order given."""
    await lock_groups(session, sorted({each.group_id for each in appointments if each.group_id is not None}))
    locked = await session.scalars(
        select(Booking)
        .where(Booking.id.in_([each.id for each in appointments]))
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in locked}
    return [found[each.id] for each in appointments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """How an appointment ends. note_sealed: for the row it is written to, or None."""

    by: Party
    reason: ReasonCode
    note_sealed: bytes | None
    fee_due: Money


async def cancel(session: AsyncSession, *, appointment: Booking, cancellation: Cancellation, now: datetime) -> Booking:
    """Cancel a locked appointment, and release its group with the last seat."""
    cancelled = await session.scalars(
        update(Booking)
        .where(Booking.id == appointment.id)
        .values(
            status=Status.CANCELLED,
            cancelled_at=now,
            cancelled_by=cancellation.by,
            reason_code=cancellation.reason,
            note_sealed=cancellation.note_sealed,
            fee_due_minor=cancellation.fee_due.amount,
            version=Booking.version + 1,
            updated_at=now,
        )
        .returning(Booking)
        .execution_options(populate_existing=True)
    )
    row = cancelled.one()
    groups = [] if appointment.group_id is None else [appointment.group_id]
    await release_empty_groups(session, group_ids=groups, now=now)
    return row
