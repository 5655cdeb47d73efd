"""Form responses as their parties may see them.

A client sees their own, always. A therapist sees those of an appointment with them while it is confirmed or completed,
and, while there is such an appointment, the client's measures outside any, unless they are not shared. Nobody else sees
any.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.booking.states import APPOINTMENT, Kind, Status
from domain.booking.tables import Booking
from domain.ids import BookingId, ClientId, FormResponseId
from domain.intake.states import ResponseStatus
from domain.intake.tables import FormResponse

OPEN_TO_THERAPIST: Final = (Status.CONFIRMED, Status.COMPLETED)


def _appointment_of(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL whether a booking is an appointment whose forms the actor may see."""
    if actor.role is Role.THERAPIST:
        own = and_(Booking.therapist_id == actor.therapist_id, Booking.status.in_(OPEN_TO_THERAPIST))
    else:
        own = and_(Booking.client_id == actor.client_id, Booking.status.in_(sorted(APPOINTMENT)))
    return and_(own, Booking.kind != Kind.GROUP)


async def sees_appointment(session: AsyncSession, *, booking_id: BookingId, actor: Actor) -> bool:
    """Say whether the actor may see the forms of an appointment."""
    found = await session.scalar(select(exists().where(Booking.id == booking_id, _appointment_of(actor))))
    return bool(found)


async def of_appointment(session: AsyncSession, *, booking_id: BookingId) -> Sequence[FormResponse]:
    """List an appointment's responses, in the order they were attached."""
    rows = await session.scalars(
        select(FormResponse)
        .where(FormResponse.booking_id == booking_id)
        .order_by(FormResponse.created_at, FormResponse.id)
    )
    return rows.all()


async def visible(session: AsyncSession, *, response_id: FormResponseId, actor: Actor) -> FormResponse | None:
    """Give a response the actor may see."""
    asked = select(FormResponse).where(FormResponse.id == response_id)
    if actor.role is Role.THERAPIST:
        measure_shared = and_(
            FormResponse.booking_id.is_(None), FormResponse.share, Booking.client_id == FormResponse.client_id
        )
        reason = or_(Booking.id == FormResponse.booking_id, measure_shared)
        seen = asked.where(exists().where(_appointment_of(actor), reason))
    else:
        seen = asked.where(FormResponse.client_id == actor.client_id)
    return await session.scalar(seen)


async def lock_own(session: AsyncSession, *, response_id: FormResponseId, client_id: ClientId) -> FormResponse | None:
    """Give a client's own response and lock it until the transaction ends."""
    return await session.scalar(
        select(FormResponse)
        .where(FormResponse.id == response_id, FormResponse.client_id == client_id)
        .with_for_update()
    )


async def set_due(session: AsyncSession, *, booking_id: BookingId, due_at: datetime, now: datetime) -> None:
    """Set when the drafts of an appointment are due."""
    await session.execute(
        update(FormResponse)
        .where(FormResponse.booking_id == booking_id, FormResponse.status == ResponseStatus.DRAFT)
        .values(due_at=due_at, version=FormResponse.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
