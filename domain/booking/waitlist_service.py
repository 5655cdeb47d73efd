"""Wait for a time: join, look, leave. Nobody is told their place against another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import service as availability
from domain.availability.schedule import SessionFormat, WeeklyHours
from domain.booking import ending_queries, freed_service, occupation_queries, queries, waitlist_queries
from domain.booking.claim_service import MatchUnknown, PlaceUnknown
from domain.booking.offers_service import SessionTypeUnknown
from domain.booking.states import WaitlistStatus
from domain.booking.tables import Booking
from domain.booking.waiting import Entry, Wait
from domain.booking.waitlist_queries import WAITING_MAX
from domain.clients import service as clients
from domain.directory import service as directory
from domain.errors import Conflict, Flaw, Invalid, NotFound
from domain.ids import MatchId, TherapistId, WaitlistEntryId, uuid7
from domain.licensing import places
from domain.therapists.service import TherapistNotFound
from domain.vault.cipher import Vault

WAIT_MAX: Final = timedelta(days=366)
ENDED_AT_ONCE: Final = 500


class EntryNotFound(NotFound):
    """There is no such entry of this client."""

    def __init__(self) -> None:
        super().__init__("There is no such waitlist entry of yours.")


class WaitImpossible(Invalid):
    """Nothing can be waited for like this; every flaw is named."""


class TooManyWaits(Conflict):
    """The client waits for as many things as one client may."""

    def __init__(self) -> None:
        super().__init__(f"You wait for {WAITING_MAX} things already; end one of them, and then wait for another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks to wait for. jurisdiction, zone: None for those of their profile. until: aware.

    therapist_ids: one therapist, or those of the match.
    """

    therapist_ids: tuple[TherapistId, ...]
    match_id: MatchId | None
    session_type: str | None
    session_formats: tuple[SessionFormat, ...]
    times: tuple[WeeklyHours, ...]
    zone: str | None
    jurisdiction: str | None
    until: datetime


async def join(session: AsyncSession, *, asked: Asked, by: Actor, now: datetime) -> Entry:
    """Let a client wait for a time with a therapist, or with those of a match.

    Raises ClientProfileMissing, WaitImpossible, PlaceUnknown, MatchUnknown, TherapistNotFound, SessionTypeUnknown,
    TooManyWaits.
    """
    policy.require(by, Action.WAITLIST_JOIN)
    await occupation_queries.lock_client(session, client_id=by.client_id)
    facts = await clients.facts(session, client_id=by.client_id)
    _require_possible(asked, now=now)
    place = asked.jurisdiction or facts.jurisdiction
    if not places.is_known(place):
        raise PlaceUnknown
    if asked.match_id is not None and not await queries.owns_match(
        session, match_id=asked.match_id, client_id=by.client_id
    ):
        raise MatchUnknown
    await _require_therapists(session, asked=asked, now=now)
    if await waitlist_queries.count_waiting(session, client_id=by.client_id, now=now) >= WAITING_MAX:
        raise TooManyWaits
    joined = Entry(
        entry_id=WaitlistEntryId(uuid7()),
        client_id=by.client_id,
        wait=Wait(
            therapist_ids=asked.therapist_ids,
            match_id=asked.match_id,
            session_type=asked.session_type,
            session_formats=asked.session_formats,
            jurisdiction=place,
            times=asked.times,
            zone=asked.zone or facts.zone,
            until=asked.until,
        ),
        status=WaitlistStatus.WAITING,
        created_at=now,
        offered=None,
    )
    await waitlist_queries.add(session, entry=joined)
    audit.record(
        session, by=by, action=Action.WAITLIST_JOIN, subject_kind="waitlist_entry", subject_id=joined.entry_id, now=now
    )
    return joined


async def entry(session: AsyncSession, *, entry_id: WaitlistEntryId, by: Actor) -> Entry:
    """Give an entry of the client's own, whatever became of it. Raises EntryNotFound."""
    policy.require(by, Action.WAITLIST_READ)
    found = await waitlist_queries.own(session, entry_id=entry_id, client_id=by.client_id)
    if found is None:
        raise EntryNotFound
    return found


async def entries(
    session: AsyncSession, *, after: tuple[datetime, WaitlistEntryId] | None, limit: int, by: Actor
) -> Sequence[Entry]:
    """Give the client's own entries, the oldest first. after: when the last one seen was made, and its id."""
    policy.require(by, Action.WAITLIST_READ)
    return await waitlist_queries.of_client(session, client_id=by.client_id, after=after, limit=limit)


async def leave(session: AsyncSession, *, entry_id: WaitlistEntryId, vault: Vault, by: Actor, now: datetime) -> None:
    """End an entry of the client's own; what was kept for them goes to the next. One that is over stays as it is.

    Raises EntryNotFound.
    """
    policy.require(by, Action.WAITLIST_LEAVE)
    await occupation_queries.lock_client(session, client_id=by.client_id)
    freed = await _let_go(session, entry_id=entry_id, by=by, now=now)
    if not await waitlist_queries.settle(session, entry_id=entry_id, status=WaitlistStatus.ENDED, now=now):
        return
    freed += await _let_go(session, entry_id=entry_id, by=by, now=now)  # what was offered until the entry was locked
    audit.record(
        session, by=by, action=Action.WAITLIST_LEAVE, subject_kind="waitlist_entry", subject_id=entry_id, now=now
    )
    for hold in freed:
        await freed_service.freed(
            session,
            therapist_id=hold.therapist_id,
            during=hold.occupied_time,
            left_by=by.client_id,
            vault=vault,
            now=now,
        )


async def end_past(session: AsyncSession, *, now: datetime) -> int:
    """End a batch of entries whose time is over, the oldest first, and give how many those were."""
    return await waitlist_queries.end_past(session, limit=ENDED_AT_ONCE, now=now)


async def _let_go(session: AsyncSession, *, entry_id: WaitlistEntryId, by: Actor, now: datetime) -> list[Booking]:
    """Release what is kept for an entry, and give what was. Raises EntryNotFound."""
    found = await waitlist_queries.own(session, entry_id=entry_id, client_id=by.client_id)
    if found is None:
        raise EntryNotFound
    if found.offered is None:
        return []
    hold = await queries.own_hold(session, hold_id=found.offered.hold_id, client_id=by.client_id)
    if hold is None or not await ending_queries.release(session, hold=hold, now=now):
        return []
    audit.record(session, by=by, action=Action.HOLD_RELEASE, subject_kind="booking", subject_id=hold.id, now=now)
    return [hold]


def _require_possible(asked: Asked, *, now: datetime) -> None:
    flaws = []
    if not asked.therapist_ids:
        flaws.append(Flaw(pointer="/match_id", detail="This match found nobody; there is nobody to wait for."))
    if asked.until <= now:
        flaws.append(Flaw(pointer="/until", detail="This is past; say until when you would wait."))
    elif asked.until - now > WAIT_MAX:
        flaws.append(Flaw(pointer="/until", detail=f"At most {WAIT_MAX.days} days from now."))
    if flaws:
        raise WaitImpossible(*flaws)


async def _require_therapists(session: AsyncSession, *, asked: Asked, now: datetime) -> None:
    """Refuse a therapist who is not listed, and a session type that none of them has."""
    listed = await directory.listed(session, therapist_ids=asked.therapist_ids, now=now)
    if not listed:
        raise TherapistNotFound
    if asked.session_type is None:
        return
    schedules = await availability.schedules_of(session, therapist_ids=asked.therapist_ids)
    codes = {kind.code for schedule in schedules.values() for kind in schedule.session_types}
    if asked.session_type not in codes:
        raise SessionTypeUnknown
