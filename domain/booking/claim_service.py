"""Take time for a client: ask whether it is offered, clear what has run out, and let the database decide the race."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.availability import wall_clock
from domain.availability.slots import WhyNot
from domain.booking import occupation_queries, offers_service, queries
from domain.booking.offer import Offer
from domain.booking.refusals import OwnTimeOverlaps, SlotNotOffered, SlotTaken
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.wanted import Claim, Wanted
from domain.clients import service as clients
from domain.errors import Flaw, Invalid
from domain.licensing import places


class PlaceUnknown(Invalid):
    """The jurisdiction is none we know."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH."))


class MatchUnknown(Invalid):
    """The match does not exist, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/match_id", detail="There is no such match of yours."))


async def claim(session: AsyncSession, *, wanted: Wanted, status: Status, by: Actor, now: datetime) -> Booking:
    """Take what a client wants, as held or as confirmed.

    Raises ClientProfileMissing, PlaceUnknown, MatchUnknown, what `offers_service.why_not` raises, OwnTimeOverlaps,
    SlotTaken.
    """
    facts = await clients.facts(session, client_id=by.client_id)
    place = wanted.jurisdiction or facts.jurisdiction
    if not places.is_known(place):
        raise PlaceUnknown
    if wanted.match_id is not None and not await queries.owns_match(
        session, match_id=wanted.match_id, client_id=by.client_id
    ):
        raise MatchUnknown
    offer = await offers_service.why_not(
        session,
        therapist_id=wanted.therapist_id,
        session_type=wanted.session_type,
        starts_at=wanted.starts_at,
        session_format=wanted.session_format,
        place=place,
        client_id=by.client_id,
        now=now,
    )
    claimed = Claim(
        client_id=by.client_id,
        offer=offer,
        session_format=wanted.session_format,
        jurisdiction=place,
        terms=DEFAULT_TERMS,
        match_id=wanted.match_id,
    )
    await _require_room_in_day(session, claim=claimed, now=now)
    row = await _take(session, claim=claimed, status=status, now=now)
    if row is None:
        raise await _lost(session, claim=claimed, now=now)
    return row


async def _require_room_in_day(session: AsyncSession, *, claim: Claim, now: datetime) -> None:
    """Count the therapist's day again, alone, where there is a daily limit.

    The lock is held until the commit when there is room; a refusal lets go of it before it looks for alternatives.
    """
    limit = await occupation_queries.daily_limit(session, therapist_id=claim.offer.therapist_id)
    day = wall_clock.day(claim.offer.wall_start.date(), zone=claim.offer.zone)
    if limit is None or day is None:
        return
    async with session.begin_nested() as savepoint:
        await occupation_queries.lock_daily_count(session, therapist_id=claim.offer.therapist_id)
        full = await occupation_queries.is_day_full(session, offer=claim.offer, day=day, limit=limit)
        if full:
            await savepoint.rollback()
    if full:
        raise SlotNotOffered(
            offers_service.WORDS[WhyNot.DAILY_LIMIT], alternatives=await _alternatives(session, claim=claim, now=now)
        )


async def _take(session: AsyncSession, *, claim: Claim, status: Status, now: datetime) -> Booking | None:
    """Write the row, or give None when a rival or the client's own session stands there.

    Who lost lets go of every lock before anything else is looked for: many may wait behind it.
    """
    stale = await occupation_queries.stale(session, claim=claim)
    if not stale and claim.offer.capacity == 1:
        return await occupation_queries.insert_individual(session, claim=claim, status=status, now=now)
    async with session.begin_nested() as savepoint:
        if stale:
            await occupation_queries.clear_expired(session, claim=claim, stale=stale, now=now)
        if claim.offer.capacity == 1:
            row = await occupation_queries.insert_individual(session, claim=claim, status=status, now=now)
        else:
            row = await _take_seat(session, claim=claim, status=status, now=now)
        if row is None:
            await savepoint.rollback()
    return row


async def _take_seat(session: AsyncSession, *, claim: Claim, status: Status, now: datetime) -> Booking | None:
    group = await occupation_queries.lock_group(session, claim=claim, now=now)
    seat = await occupation_queries.free_seat(session, group=group) if group is not None else None
    if seat is None:
        return None
    return await occupation_queries.insert_seat(session, claim=claim, seat=seat, status=status, now=now)


async def _lost(session: AsyncSession, *, claim: Claim, now: datetime) -> OwnTimeOverlaps | SlotTaken:
    """Say to whom the race was lost: to the client's own session, or to somebody else."""
    own = await queries.own_overlap(session, client_id=claim.client_id, during=claim.offer.during)
    if own is not None:
        held = own.status is Status.HELD
        return OwnTimeOverlaps(hold_id=own.id) if held else OwnTimeOverlaps(appointment_id=own.id)
    return SlotTaken(alternatives=await _alternatives(session, claim=claim, now=now))


async def _alternatives(session: AsyncSession, *, claim: Claim, now: datetime) -> tuple[Offer, ...]:
    return await offers_service.alternatives(
        session,
        therapist_id=claim.offer.therapist_id,
        session_type=claim.offer.session_type,
        starts_at=claim.offer.starts_at,
        session_format=claim.session_format,
        place=claim.jurisdiction,
        client_id=claim.client_id,
        now=now,
    )
