"""Read appointments: each party sees its own, and to everybody else there is nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.booking import queries
from domain.booking.refusals import AppointmentNotFound
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import BookingId, TherapistId


async def appointment(session: AsyncSession, *, appointment_id: BookingId, by: Actor) -> Booking:
    """Give an appointment to its client or its therapist. Raises AppointmentNotFound."""
    policy.require(by, Action.APPOINTMENT_READ)
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    return found


async def appointments(
    session: AsyncSession,
    *,
    statuses: Collection[Status],
    starts_from: datetime | None,
    starts_before: datetime | None,
    after: tuple[datetime, BookingId] | None,
    limit: int,
    by: Actor,
) -> Sequence[Booking]:
    """Give the actor's own appointments by start, then id.

    starts_from, starts_before: half-open, None for no bound. after: start and id of the last one seen.
    """
    policy.require(by, Action.APPOINTMENT_READ)
    return await queries.appointments(
        session,
        of=by,
        statuses=statuses,
        starts_from=starts_from,
        starts_before=starts_before,
        after=after,
        limit=limit,
    )


async def knows(session: AsyncSession, *, therapist_id: TherapistId, by: Actor) -> bool:
    """Say whether the actor is a client who has or had an appointment with the therapist."""
    if by.role is not Role.CLIENT:
        return False
    return await queries.has_appointment_with(session, client_id=by.client_id, therapist_id=therapist_id)
