"""Say that one will be elsewhere during a session: the gate is asked once more, for the new place.

Where the therapist may treat there, the appointment stays as it is but for its place. Where they may not, the session
can't be held: the service cancels it for nothing, both are told, and another session for the new place is held for the
client with others to choose from. `preview` says before which it will be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import (
    cancel_service,
    ending_queries,
    freed_service,
    occupation_queries,
    place_queries,
    queries,
    rehoming_service,
    telling_service,
    verdict_service,
)
from domain.booking.claim_service import PlaceUnknown
from domain.booking.ending_queries import Cancellation
from domain.booking.offer import Offer
from domain.booking.refusals import AppointmentNotFound, TransitionNotAllowed
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.booking.wanted import Wanted
from domain.ids import BookingId, uuid7
from domain.licensing import permission_queries as licensing
from domain.licensing import permissions, places
from domain.licensing.permissions import Permit
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.vault.cipher import Vault

AT_THE_ROOMS: Final = "A session in person is where the therapist's rooms are; move it to another time, or cancel it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What would come of another place. reason: why not, in words; alternatives: at most 3 there, holdable."""

    permitted: bool
    reason: str | None
    alternatives: tuple[Offer, ...]


async def preview(
    session: AsyncSession, *, appointment_id: BookingId, jurisdiction: str, by: Actor, now: datetime
) -> Prospect:
    """Say what would come of being elsewhere. Raises AppointmentNotFound, PlaceUnknown, TransitionNotAllowed."""
    policy.require(by, Action.APPOINTMENT_PLACE)
    found = await _meant(session, appointment_id=appointment_id, jurisdiction=jurisdiction, by=by, now=now)
    known = await licensing.bookable_in(session, therapist_ids=(found.therapist_id,), place=jurisdiction, now=now)
    permits = known.get(found.therapist_id, ())
    if jurisdiction == found.jurisdiction or _covers(permits, found, place=jurisdiction):
        return Prospect(permitted=True, reason=None, alternatives=())
    reason = await verdict_service.against_license(
        session,
        therapist_id=found.therapist_id,
        place=jurisdiction,
        during=_during(found),
        in_person=False,
        now=now,
    )
    wanted = _instead_of(found, place=jurisdiction)
    alternatives = await verdict_service.alternatives(
        session, instead_of=wanted, place=jurisdiction, client_id=by.client_id, now=now
    )
    return Prospect(permitted=False, reason=reason, alternatives=alternatives)


async def put(
    session: AsyncSession,
    *,
    appointment_id: BookingId,
    jurisdiction: str,
    check: Callable[[int], None],
    by: Actor,
    vault: Vault,
    now: datetime,
) -> Booking:
    """Take down where the client will be, and give the appointment: with its new place, or cancelled.

    check: refuses a version that is not the one the caller knows. Raises AppointmentNotFound, what `check` raises,
    PlaceUnknown, TransitionNotAllowed for what is over, cancelled or in person.
    """
    policy.require(by, Action.APPOINTMENT_PLACE)
    await occupation_queries.lock_client(session, client_id=by.client_id)
    found = await _meant(session, appointment_id=appointment_id, jurisdiction=jurisdiction, by=by, now=now)
    check(found.version)
    if jurisdiction == found.jurisdiction:
        return found
    # what it rests on stays until the commit
    permits = await licensing.to_rely_on(session, therapist_id=found.therapist_id, place=jurisdiction, now=now)
    permitted = _covers(permits, found, place=jurisdiction)
    locked = await ending_queries.lock_appointment(session, appointment=found)
    cancel_service.require_cancellable(locked, now=now)
    await place_queries.move(session, appointment=locked, place=jurisdiction, now=now)
    audit.record(
        session,
        by=by,
        action=Action.APPOINTMENT_PLACE,
        subject_kind="booking",
        subject_id=locked.id,
        now=now,
        reason="permitted there" if permitted else "not permitted there",
    )
    if not permitted:
        await _end(session, locked=locked, by=by, vault=vault, now=now)
    await telling_service.tell(
        session,
        whom=locked.therapist_id,
        about=uuid7(),  # each change is news
        kind=NoticeKind.SESSION_CHANGED,
        message=wording.practice_changed(),
        vault=vault,
        now=now,
    )
    return locked


async def _meant(
    session: AsyncSession, *, appointment_id: BookingId, jurisdiction: str, by: Actor, now: datetime
) -> Booking:
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    if not places.is_known(jurisdiction):
        raise PlaceUnknown
    cancel_service.require_cancellable(found, now=now)
    if found.session_format is SessionFormat.IN_PERSON:
        raise TransitionNotAllowed(AT_THE_ROOMS, appointment_id=found.id)
    return found


def _covers(permits: Iterable[Permit], appointment: Booking, *, place: str) -> bool:
    """Tell whether the therapist may treat there during the whole session."""
    return bool(permissions.covering(permits, place=place, during=_during(appointment), in_person=False))


async def _end(session: AsyncSession, *, locked: Booking, by: Actor, vault: Vault, now: datetime) -> None:
    """Cancel for nothing what can't be held, offer its time to who waits, and look after the client."""
    nothing = replace(locked.fee, amount=0)
    cancellation = Cancellation(by=Party.SERVICE, reason=ReasonCode.OTHER, note_sealed=None, fee_due=nothing)
    await ending_queries.cancel(session, appointment=locked, cancellation=cancellation, now=now)
    audit.record(
        session, by=None, action=Action.APPOINTMENT_CANCEL, subject_kind="booking", subject_id=locked.id, now=now
    )
    await freed_service.freed(
        session,
        therapist_id=locked.therapist_id,
        during=locked.occupied_time,
        left_by=locked.client_id,
        vault=vault,
        now=now,
    )
    await rehoming_service.hold_instead(session, lost=locked, now=now)
    await telling_service.tell(
        session,
        whom=by.client_id,
        about=locked.id,
        kind=NoticeKind.SESSION_CHANGED,
        message=wording.session_changed(),
        vault=vault,
        now=now,
    )


def _during(appointment: Booking) -> Interval:
    return Interval(starts_at=appointment.starts_at, ends_at=appointment.ends_at)


def _instead_of(appointment: Booking, *, place: str) -> Wanted:
    if appointment.session_format is None:
        raise ValueError("a group's own row has no client")
    return Wanted(
        therapist_id=appointment.therapist_id,
        session_type=appointment.session_type,
        starts_at=appointment.starts_at,
        session_format=appointment.session_format,
        jurisdiction=place,
        match_id=None,
    )
