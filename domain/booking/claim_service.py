"""Take time for a client: ask whether it is offered, clear what has run out, and let the database decide the race."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.availability import wall_clock
from domain.availability.schedule import SessionFormat
from domain.availability.slots import WhyNot
from domain.booking import occupation_queries, offers_queries, opened_service, queries, verdict_service
from domain.booking.offer import Offer
from domain.booking.refusals import Held, OwnTimeOverlaps, SlotNotOffered, SlotTaken, TooManyHolds
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.wanted import Claim, Wanted
from domain.clients import service as clients
from domain.errors import Flaw, Invalid, NotFound
from domain.ids import ClientId, TherapistId
from domain.licensing import places


class PlaceUnknown(Invalid):
    """The jurisdiction is none we know."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH."))


class MatchUnknown(NotFound):
    """The match does not exist, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such match of yours.")


async def claim(session: AsyncSession, *, wanted: Wanted, status: Status, by: Actor, now: datetime) -> Booking:
    """Take what a client wants, as held or as confirmed.

    Raises ClientProfileMissing, PlaceUnknown, MatchUnknown, what `verdict_service.why_not` raises, TooManyHolds,
    OwnTimeOverlaps, SlotTaken.
    """
    if status is Status.HELD:
        await occupation_queries.lock_client(session, client_id=by.client_id)
    facts = await clients.facts(session, client_id=by.client_id)
    place = await place_of(session, wanted=wanted, home=facts.jurisdiction)
    if wanted.match_id is not None and not await queries.owns_match(
        session, match_id=wanted.match_id, client_id=by.client_id
    ):
        raise MatchUnknown
    offer = await verdict_service.why_not(session, wanted=wanted, place=place, client_id=by.client_id, now=now)
    claimed = Claim(
        client_id=by.client_id,
        offer=offer,
        session_format=wanted.session_format,
        jurisdiction=place,
        terms=DEFAULT_TERMS,
        match_id=wanted.match_id,
    )
    hold_number = await _hold_number(session, client_id=by.client_id) if status is Status.HELD else None
    await _require_room_in_day(session, claim=claimed, now=now)
    row = await take(session, claim=claimed, status=status, hold_number=hold_number, now=now)
    if row is None:
        raise await _lost(session, claim=claimed, now=now)
    return row


async def place_of(session: AsyncSession, *, wanted: Wanted, home: str) -> str:
    """Give where the client will be: as they say or at home, and in person at the therapist's rooms. home: ISO 3166-2.

    Raises PlaceUnknown.
    """
    place = wanted.jurisdiction or home
    if not places.is_known(place):
        raise PlaceUnknown
    if wanted.session_format is not SessionFormat.IN_PERSON:
        return place
    return await offers_queries.rooms(session, therapist_id=wanted.therapist_id) or place


async def _hold_number(session: AsyncSession, *, client_id: ClientId) -> int:
    """Give the lowest number that none of the client's live holds has; the client is locked. Raises TooManyHolds."""
    holds = await occupation_queries.own_holds(session, client_id=client_id)
    taken = {hold.hold_number for hold in holds}
    free = [number for number in range(1, occupation_queries.HOLDS_MAX + 1) if number not in taken]
    if not free:
        raise TooManyHolds(holds=tuple(held(hold) for hold in holds))
    return free[0]


def held(hold: Booking) -> Held:
    """Give a hold as a refusal tells of it. ValueError for a row that is no client's hold."""
    if hold.session_format is None or hold.jurisdiction is None or hold.expires_at is None:
        raise ValueError("not a hold of a client")
    return Held(
        hold_id=hold.id,
        therapist_id=hold.therapist_id,
        session_type=hold.session_type,
        session_format=hold.session_format,
        jurisdiction=hold.jurisdiction,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        expires_at=hold.expires_at,
    )


async def _require_room_in_day(session: AsyncSession, *, claim: Claim, now: datetime) -> None:
    """Count the therapist's day again, alone, where there is a daily limit.

    The lock is held until the commit when there is room; a refusal lets go of it before it looks for alternatives.
    """
    limit = await occupation_queries.daily_limit(session, therapist_id=claim.offer.therapist_id)
    day = wall_clock.day(claim.offer.wall_start.date(), zone=claim.offer.zone)
    if limit is None or day is None:
        return
    async with session.begin_nested() as savepoint:
        await occupation_queries.lock_therapist_time(session, therapist_id=claim.offer.therapist_id)
        full = await occupation_queries.is_day_full(session, offer=claim.offer, day=day, limit=limit)
        if full:
            await savepoint.rollback()
    if full:
        raise SlotNotOffered(
            verdict_service.WORDS[WhyNot.DAILY_LIMIT], alternatives=await _alternatives(session, claim=claim, now=now)
        )


async def take(
    session: AsyncSession, *, claim: Claim, status: Status, hold_number: int | None, now: datetime
) -> Booking | None:
    """Write the row, or give None when a rival or the client's own session stands there.

    Who lost lets go of every lock before anything else is looked for: many may wait behind it.
    """
    stale = await occupation_queries.stale(session, claim=claim)
    if not stale and claim.offer.capacity == 1:
        return await occupation_queries.insert(
            session, claim=claim, status=status, seat=None, hold_number=hold_number, now=now
        )
    async with session.begin_nested() as savepoint:
        have_time: frozenset[TherapistId] = frozenset()
        if stale:
            have_time = await occupation_queries.clear_expired(session, claim=claim, stale=stale, now=now)
        group = await occupation_queries.lock_group(session, claim=claim, now=now) if claim.offer.capacity > 1 else None
        seat = await occupation_queries.free_seat(session, group=group) if group is not None else None
        full = claim.offer.capacity > 1 and seat is None
        row = None
        if not full:
            row = await occupation_queries.insert(
                session, claim=claim, status=status, seat=seat, hold_number=hold_number, now=now
            )
        if row is None:
            await savepoint.rollback()
        else:
            await opened_service.offer_later(session, therapist_ids=have_time)
    return row


async def _lost(session: AsyncSession, *, claim: Claim, now: datetime) -> OwnTimeOverlaps | SlotTaken:
    """Say to whom the race was lost: to the client's own session, or to somebody else."""
    if await queries.own_overlap(session, client_id=claim.client_id, during=claim.offer.during) is not None:
        return await verdict_service.own_time(session, during=claim.offer.during, client_id=claim.client_id)
    return SlotTaken(alternatives=await _alternatives(session, claim=claim, now=now))


async def _alternatives(session: AsyncSession, *, claim: Claim, now: datetime) -> tuple[Offer, ...]:
    return await verdict_service.alternatives(
        session, instead_of=claim.wanted(), place=claim.jurisdiction, client_id=claim.client_id, now=now
    )
