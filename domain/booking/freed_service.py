"""Offer time to those who wait for it: the first come is the first asked.

- It is called in the transaction that freed the time, so that nobody else comes between.
- An entry is locked before something is offered to it, and looked at anew: it never has two live offers.
- How many are looked at within one request is bounded; where more may want the time, a job goes on.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.availability.interval import Interval
from domain.availability.schedule import HORIZON_DAYS, MINUTES
from domain.booking import given_service, occupation_queries, offers_service, telling_service, waiting, waitlist_queries
from domain.booking.states import Origin
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.waiting import BUFFER_MAX, Entry
from domain.booking.wanted import Claim, Provenance
from domain.ids import ClientId, TherapistId, WaitlistEntryId
from domain.job import JobName
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.vault.cipher import Vault

LOADED_AT_ONCE: Final = 50
LOOKED_AT_ONCE: Final = 20
TRIED_AT_ONCE: Final = 3
SESSION_MAX: Final = timedelta(minutes=MINUTES.stop - 1)
NEAR: Final = timedelta(days=14)
FARTHEST: Final = timedelta(days=HORIZON_DAYS.stop)


async def freed(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    during: Interval,
    left_by: ClientId | None,
    vault: Vault,
    now: datetime,
) -> None:
    """Offer time that was just freed to the first who waits for it and can come.

    during: the time the therapist has back, buffers included. left_by: whose it was; they are not asked again. One
    statement where nobody waits for the therapist.
    """
    if during.ends_at <= now:
        return
    window = during.widened(before=SESSION_MAX + BUFFER_MAX, after=BUFFER_MAX)
    looked_at = 0
    after: tuple[datetime, WaitlistEntryId] | None = None
    while True:
        entries = await waitlist_queries.waiting_for(
            session, therapist_id=therapist_id, after=after, limit=LOADED_AT_ONCE, now=now
        )
        for entry in entries:
            if entry.client_id == left_by or not waiting.may_fit(entry.wait, freed=during):
                continue
            if looked_at == LOOKED_AT_ONCE:
                await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=therapist_id)
                return
            looked_at += 1
            if await _offer(
                session, entry=entry, therapist_id=therapist_id, window=window, freed=during, vault=vault, now=now
            ):
                return
        if len(entries) < LOADED_AT_ONCE:
            return
        after = entries[-1].created_at, entries[-1].entry_id


async def offer_any(
    session: AsyncSession, *, entry: Entry, therapist_id: TherapistId, vault: Vault, now: datetime
) -> bool:
    """Offer somebody who waits the first time of a therapist's that fits them, until when they wait, and say whether.

    For a transaction of its own, which holds no locks yet.
    """
    rules = await occupation_queries.rules(session, therapist_id=therapist_id)
    if rules is not None and rules.daily_limit is not None:
        await occupation_queries.lock_therapist_time(session, therapist_id=therapist_id)
    begins = now.astimezone(UTC)
    ends = min(entry.wait.until.astimezone(UTC), begins + FARTHEST)
    cut = min(begins + NEAR, ends)
    for window in (Interval.or_none(starts_at=begins, ends_at=cut), Interval.or_none(starts_at=cut, ends_at=ends)):
        if window is not None and await _offer(
            session, entry=entry, therapist_id=therapist_id, window=window, freed=None, vault=vault, now=now
        ):
            return True
    return False


async def _offer(
    session: AsyncSession,
    *,
    entry: Entry,
    therapist_id: TherapistId,
    window: Interval,
    freed: Interval | None,
    vault: Vault,
    now: datetime,
) -> bool:
    """Keep the first time within the window that fits for somebody who waits, and write to them."""
    wait = entry.wait
    found = await offers_service.free(
        session,
        therapist_ids=(therapist_id,),
        session_type=wait.session_type,
        window=window,
        place=wait.jurisdiction,
        client_id=entry.client_id,
        now=now,
    )
    offers = waiting.fitting(wait, found.get(therapist_id, ()), window=window, freed=freed, offered=())
    if not offers or not await waitlist_queries.lock_unoffered(session, entry_id=entry.entry_id):
        return False
    before = await waitlist_queries.offered_times(session, entry_id=entry.entry_id, therapist_id=therapist_id)
    offers = waiting.fitting(wait, offers, window=window, freed=freed, offered=before)
    for offer in offers[:TRIED_AT_ONCE]:
        session_format = waiting.format_of(wait, offer)
        if session_format is None:
            continue
        claim = Claim(
            client_id=entry.client_id,
            offer=offer,
            session_format=session_format,
            jurisdiction=wait.jurisdiction,
            terms=DEFAULT_TERMS,
            match_id=wait.match_id,
            provenance=Provenance(origin=Origin.WAITLIST, waitlist_entry_id=entry.entry_id),
        )
        given = await given_service.give(
            session, claim=claim, kept_for=waiting.KEPT_FOR, patient=freed is None, now=now
        )
        if given is not None:
            await telling_service.tell(
                session,
                whom=entry.client_id,
                about=given.id,
                kind=NoticeKind.SESSION_OFFERED,
                message=wording.session_offered(),
                vault=vault,
                now=now,
            )
            return True
    return False
