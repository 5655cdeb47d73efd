"""Cancel one session, it and those after it, or all of its series that is still ahead: each on its own terms."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.booking import cancel_service, ending_queries, queries, rehoming_service, series_service, states, terms
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import AppointmentNotFound
from domain.booking.series import Scope
from domain.booking.states import Event
from domain.booking.tables import Booking
from domain.booking.terms import FeeDue, Party
from domain.ids import BookingId
from domain.vault.cipher import Vault


async def preview(
    session: AsyncSession, *, appointment_id: BookingId, scope: Scope, by: Actor, now: datetime
) -> FeeDue:
    """Say what cancelling would cost now, in sum. Raises AppointmentNotFound, NoSeries, TransitionNotAllowed."""
    if scope is Scope.ONE:
        return await cancel_service.preview(session, appointment_id=appointment_id, by=by, now=now)
    policy.require(by, Action.APPOINTMENT_READ)
    named = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if named is None:
        raise AppointmentNotFound
    meant = await series_service.sessions_meant(session, named=named, scope=scope, now=now)
    return terms.total_due([cancel_service.due(each, by=by, reason=None, now=now) for each in meant])


async def cancel(
    session: AsyncSession,
    *,
    appointment_id: BookingId,
    scope: Scope,
    request: CancelRequest,
    check: Callable[[int], None],
    vault: Vault,
    by: Actor,
    now: datetime,
) -> tuple[Booking, ...]:
    """Cancel all that is meant or nothing, and give it: the named appointment first, the others by start.

    check: refuses a version of the named appointment that is not the one the caller knows. A client whose therapist
    cancels is looked after, once. Raises AppointmentNotFound, NoSeries, TransitionNotAllowed.
    """
    policy.require(by, Action.APPOINTMENT_CANCEL)
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    meant = await series_service.sessions_meant(session, named=found, scope=scope, now=now)
    named, *others = await ending_queries.lock_appointments(session, appointments=meant)
    check(named.version)
    if scope is Scope.ONE:
        one = await cancel_service.cancel(
            session, appointment_id=named.id, request=request, vault=vault, by=by, now=now
        )
        return (one,)
    still_ahead = [each for each in others if _is_ahead(each, now=now)]
    cancelled = [
        await cancel_service.end(session, locked=each, request=request, vault=vault, by=by, now=now)
        for each in (named, *still_ahead)
    ]
    if cancel_service.party(by) is not Party.CLIENT:
        await rehoming_service.look_after(
            session, lost=min(cancelled, key=attrgetter("starts_at")), vault=vault, now=now
        )
    return tuple(cancelled)


def _is_ahead(appointment: Booking, *, now: datetime) -> bool:
    """Tell whether a session can still be cancelled, now that it is locked."""
    return states.after(appointment.status, Event.CANCEL) is not None and appointment.starts_at > now
