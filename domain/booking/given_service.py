"""Holds the service gives, to somebody who waits or has lost a session, and their booking.

They shut the therapist's time and not the client's, so that a client may have something of their own there when they
book one: then the database refuses, and the client is told which of their own it is.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.booking import (
    claim_service,
    ending_queries,
    expiry_queries,
    occupation_queries,
    opened_service,
    queries,
    verdict_service,
    waiting,
    waitlist_queries,
)
from domain.booking.offer import Offer
from domain.booking.states import Status, WaitlistStatus
from domain.booking.tables import Booking
from domain.booking.wanted import Claim
from domain.ids import ClientId
from domain.job import JobName

EXCLUSION_VIOLATION: Final = "23P01"
OWN_AT_ONCE: Final = 50


async def give(
    session: AsyncSession, *, claim: Claim, kept_for: timedelta, patient: bool, now: datetime
) -> Booking | None:
    """Hold an offer for somebody, or give None when it is taken, or can't be kept long enough.

    patient: wait for others who count the therapist's day, where there is a daily limit. Who holds locks that come
    after that one does not wait: it is left to a job, which offers the time to those who wait for the therapist.
    """
    rules = await occupation_queries.rules(session, therapist_id=claim.offer.therapist_id)
    if rules is None:
        return None
    until = waiting.kept_until(claim.offer, notice_minutes=rules.minimum_notice_minutes, now=now, kept_for=kept_for)
    if until is None:
        return None
    if rules.daily_limit is not None and not await _has_room_in_day(
        session, offer=claim.offer, limit=rules.daily_limit, patient=patient
    ):
        return None
    place = await claim_service.place_of(session, wanted=claim.wanted(), home=claim.jurisdiction)
    given = await claim_service.take(
        session,
        claim=replace(claim, jurisdiction=place, provenance=replace(claim.provenance, until=until)),
        status=Status.HELD,
        hold_number=None,
        now=now,
    )
    if given is not None:
        audit.record(session, by=None, action=Action.HOLD_GIVE, subject_kind="booking", subject_id=given.id, now=now)
    return given


async def confirm(session: AsyncSession, *, hold: Booking, client_id: ClientId, now: datetime) -> Booking | None:
    """Book a hold that was given; None when it lives no more. The client is locked. Raises OwnTimeOverlaps.

    Whoever waited has what they waited for. The client's own holds that have run out stand in no way.
    """
    stale = await expiry_queries.expire(session, of=client_id, limit=OWN_AT_ONCE, now=now)
    await opened_service.offer_later(session, therapist_ids={each.therapist_id for each in stale})
    during = Interval(starts_at=hold.starts_at, ends_at=hold.ends_at)
    if await queries.own_overlap(session, client_id=client_id, during=during) is not None:
        raise await verdict_service.own_time(session, during=during, client_id=client_id)
    try:
        async with session.begin_nested():
            confirmed = await ending_queries.confirm(session, hold_id=hold.id, client_id=client_id, now=now)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != EXCLUSION_VIOLATION:
            raise
        raise await verdict_service.own_time(session, during=during, client_id=client_id) from None
    if confirmed is not None and confirmed.waitlist_entry_id is not None:
        await waitlist_queries.settle(
            session, entry_id=confirmed.waitlist_entry_id, status=WaitlistStatus.BOOKED, now=now
        )
    return confirmed


async def _has_room_in_day(session: AsyncSession, *, offer: Offer, limit: int, patient: bool) -> bool:
    if patient:
        await occupation_queries.lock_therapist_time(session, therapist_id=offer.therapist_id)
    elif not await occupation_queries.try_lock_therapist_time(session, therapist_id=offer.therapist_id):
        await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=offer.therapist_id)
        return False
    day = wall_clock.day(offer.wall_start.date(), zone=offer.zone)
    return day is None or not await occupation_queries.is_day_full(session, offer=offer, day=day, limit=limit)
