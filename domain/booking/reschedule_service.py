"""Move an appointment to another time, alone or with others of its series: the same ids, all or nothing.

- It releases its own time before it looks: a session can move by half an hour over its own old time.
- License, hours, notice, daily limit, the client's own time and rivals bind the new time as they bind a hold, for the
  place the appointment was booked for.
- Fee, terms, type and format stay as they were promised. Length and buffers are those the schedule has for the type
  now; a type that is gone, or has become a group or ceased to be one, can't be moved to another time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.availability.interval import Interval
from domain.availability.slots import WhyNot
from domain.booking import (
    move_service,
    occupation_queries,
    queries,
    series_move_service,
    series_service,
    verdict_service,
)
from domain.booking.consequences import MoveConsequence
from domain.booking.move_service import NOT_BOOKABLE, TYPE_CHANGED, TYPE_GONE, Missed, Move
from domain.booking.offer import Offer
from domain.booking.offers_service import SessionTypeUnknown
from domain.booking.refusals import AppointmentNotFound, OwnTimeOverlaps, SlotNotOffered, SlotTaken
from domain.booking.series import Scope
from domain.booking.tables import Booking
from domain.booking.verdict_service import FormatNotOffered
from domain.booking.wanted import Wanted
from domain.ids import BookingId
from domain.therapists.service import TherapistNotFound
from domain.vault.cipher import Vault

CheckVersion: TypeAlias = Callable[[int], None]  # refuses a version that is not the one the caller knows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTime:
    """Which appointment is to start when (aware), and how much of its series goes with it."""

    appointment_id: BookingId
    starts_at: datetime
    scope: Scope = Scope.ONE


async def reschedule(
    session: AsyncSession,
    *,
    new: NewTime,
    check: CheckVersion,
    by: Actor,
    now: datetime,
    vault: Vault,
    after: Sequence[MoveConsequence[AsyncSession]],
) -> tuple[Booking, ...]:
    """Move a client's appointment to another start, and give it, then what went with it; its own start changes nothing.

    after: what follows in the same transaction. Raises AppointmentNotFound, what `check` raises, NoSeries,
    TransitionNotAllowed, then in this order LicenseNotValidAtSession, SlotNotOffered, OwnTimeOverlaps, SlotTaken; with
    a scope of more than one SlotNotOffered and WeeksRefused in place of these.
    """
    policy.require(by, Action.APPOINTMENT_RESCHEDULE)
    await occupation_queries.lock_client(session, client_id=by.client_id)
    found = await queries.appointment(session, appointment_id=new.appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    check(found.version)
    meant = await series_service.sessions_meant(session, named=found, scope=new.scope, now=now)
    move_service.require_movable(found, now=now)
    if found.starts_at == new.starts_at:
        return (found,)
    wanted = wanted_at(found, starts_at=new.starts_at)
    if new.scope is not Scope.ONE:
        return await series_move_service.move(
            session, meant=meant, wanted=wanted, by=by, now=now, vault=vault, after=after
        )
    offer = await _offer(session, appointment=found, wanted=wanted, now=now)
    moves = (Move(appointment=found, offer=offer),)
    outcome = await move_service.move(session, moves=moves, by=by, now=now, vault=vault, after=after)
    if isinstance(outcome, Missed):
        raise await _refusal(session, missed=outcome, wanted=wanted, now=now)
    return outcome


def wanted_at(appointment: Booking, *, starts_at: datetime) -> Wanted:
    """Give the appointment as a wish for another start. ValueError for a group's own row."""
    if appointment.session_format is None or appointment.jurisdiction is None:
        raise ValueError("a group's own row is not moved")
    return Wanted(
        therapist_id=appointment.therapist_id,
        session_type=appointment.session_type,
        starts_at=starts_at.astimezone(UTC),
        session_format=appointment.session_format,
        jurisdiction=appointment.jurisdiction,
        match_id=None,
    )


async def _offer(session: AsyncSession, *, appointment: Booking, wanted: Wanted, now: datetime) -> Offer:
    """Give the offer of the new time, or raise why there is none."""
    client_id, place = appointment.client_id, wanted.jurisdiction
    if client_id is None or place is None:
        raise ValueError("a group's own row is not moved")
    try:
        offer = await verdict_service.why_not(
            session, wanted=wanted, place=place, client_id=client_id, besides=(appointment.id,), now=now
        )
    except TherapistNotFound:
        detail = NOT_BOOKABLE
    except (SessionTypeUnknown, FormatNotOffered):
        detail = TYPE_GONE
    else:
        if (offer.capacity > 1) == (appointment.group_id is not None):
            return offer
        detail = TYPE_CHANGED
    ways_on = await verdict_service.alternatives(session, instead_of=wanted, place=place, client_id=client_id, now=now)
    raise SlotNotOffered(detail, alternatives=ways_on)


async def _refusal(
    session: AsyncSession, *, missed: Missed, wanted: Wanted, now: datetime
) -> SlotNotOffered | OwnTimeOverlaps | SlotTaken:
    """Say to what the new time was lost after it was offered: the day's limit, the client's own, or a rival."""
    claim = missed.move.claim
    besides = (missed.move.appointment.id,)
    during = claim.offer.during
    if not missed.day_full and await _is_own(session, missed=missed, during=during):
        return await verdict_service.own_time(session, during=during, client_id=claim.client_id, besides=besides)
    ways_on = await verdict_service.alternatives(
        session, instead_of=wanted, place=claim.jurisdiction, client_id=claim.client_id, now=now
    )
    if missed.day_full:
        return SlotNotOffered(verdict_service.WORDS[WhyNot.DAILY_LIMIT], alternatives=ways_on)
    return SlotTaken(alternatives=ways_on)


async def _is_own(session: AsyncSession, *, missed: Missed, during: Interval) -> bool:
    own = await queries.own_overlap(
        session, client_id=missed.move.claim.client_id, during=during, besides=(missed.move.appointment.id,)
    )
    return own is not None
