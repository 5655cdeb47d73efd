"""Cancel an appointment, and say before what it will cost: by the same function, on the same terms."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import ending_queries, freed_service, queries, rehoming_service, states
from domain.booking.ending_queries import Cancellation
from domain.booking.refusals import AppointmentNotFound, TransitionNotAllowed
from domain.booking.states import Event
from domain.booking.tables import Booking
from domain.booking.terms import FeeDue, Party, ReasonCode, fee_due
from domain.ids import BookingId
from domain.vault.cipher import Place, Vault

# A therapist who cancels for one of these is not there at that time: it is offered to nobody who waits.
NOT_THERE: Final = frozenset({ReasonCode.THERAPIST_UNAVAILABLE, ReasonCode.ILLNESS, ReasonCode.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """Why somebody cancels. note: in their own words, sealed before it is stored."""

    reason: ReasonCode
    note: str | None = field(repr=False)


async def preview(session: AsyncSession, *, appointment_id: BookingId, by: Actor, now: datetime) -> FeeDue:
    """Say what cancelling would cost now. Raises AppointmentNotFound, TransitionNotAllowed."""
    policy.require(by, Action.APPOINTMENT_READ)
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    return due(found, by=by, reason=None, now=now)


def due(appointment: Booking, *, by: Actor, reason: ReasonCode | None, now: datetime) -> FeeDue:
    """Give what cancelling an appointment costs: previewed and charged by this. Raises TransitionNotAllowed."""
    require_cancellable(appointment, now=now)
    return fee_due(
        appointment.fee,
        starts_at=appointment.starts_at,
        terms=appointment.terms,
        by=party(by),
        reason=reason,
        now=now,
    )


async def cancel(
    session: AsyncSession, *, appointment_id: BookingId, request: CancelRequest, vault: Vault, by: Actor, now: datetime
) -> Booking:
    """Cancel an appointment; its time is free when the transaction commits, and kept for the first who waits for it.

    A client whose therapist cancels is looked after (`rehoming_service`).

    Raises AppointmentNotFound, TransitionNotAllowed when it is cancelled, has started or is over.
    """
    policy.require(by, Action.APPOINTMENT_CANCEL)
    locked = await _locked(session, appointment_id=appointment_id, by=by)
    cancelled = await end(session, locked=locked, request=request, vault=vault, by=by, now=now)
    if party(by) is not Party.CLIENT:
        await rehoming_service.look_after(session, lost=cancelled, vault=vault, now=now)
    return cancelled


async def end(
    session: AsyncSession, *, locked: Booking, request: CancelRequest, vault: Vault, by: Actor, now: datetime
) -> Booking:
    """Cancel a locked appointment on its own terms, and offer its time to who waits for it.

    Raises TransitionNotAllowed when it is cancelled, has started or is over.
    """
    owed = due(locked, by=by, reason=request.reason, now=now)
    who = party(by)
    place = Place(table="booking", row=locked.id, column="note_sealed")
    cancellation = Cancellation(
        by=who,
        reason=request.reason,
        note_sealed=None if request.note is None else vault.seal(request.note, place=place),
        fee_due=owed.fee,
    )
    cancelled = await ending_queries.cancel(session, appointment=locked, cancellation=cancellation, now=now)
    audit.record(
        session, by=by, action=Action.APPOINTMENT_CANCEL, subject_kind="booking", subject_id=locked.id, now=now
    )
    if who is Party.CLIENT or request.reason not in NOT_THERE:
        await freed_service.freed(
            session,
            therapist_id=cancelled.therapist_id,
            during=cancelled.occupied_time,
            left_by=cancelled.client_id,
            vault=vault,
            now=now,
        )
    return cancelled


def require_cancellable(appointment: Booking, *, now: datetime) -> None:
    """Let pass what can be cancelled. Raises TransitionNotAllowed."""
    if states.after(appointment.status, Event.CANCEL) is None:
        raise TransitionNotAllowed(f"The appointment is {appointment.status}.", appointment_id=appointment.id)
    if now >= appointment.starts_at:
        raise TransitionNotAllowed(
            "The session has started; it can't be cancelled any more.", appointment_id=appointment.id
        )


def party(actor: Actor) -> Party:
    """Give the party of an appointment that its client or its therapist is."""
    return Party.THERAPIST if actor.role is Role.THERAPIST else Party.CLIENT


async def _locked(session: AsyncSession, *, appointment_id: BookingId, by: Actor) -> Booking:
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    return await ending_queries.lock_appointment(session, appointment=found)
