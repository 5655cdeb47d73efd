"""Book a standing series, all of it or the rest as asked, and read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import (
    book_service,
    claim_service,
    clearing_queries,
    occupation_queries,
    opened_service,
    queries,
    series,
    series_queries,
    verdict_service,
)
from domain.booking.caseload import Standing
from domain.booking.consequences import Consequence
from domain.booking.offer import Offer
from domain.booking.refusals import LicenseNotValidAtSession, SeriesNotFound, SlotNotOffered, WeeksRefused
from domain.booking.series import Decided, OnConflict, Reason, Scope, WeekRefused
from domain.booking.states import Status
from domain.booking.tables import Booking, Series
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.wanted import Claim, Provenance, Wanted
from domain.clients import service as clients
from domain.errors import Flaw, Invalid
from domain.ids import SeriesId, uuid7


class NoSeries(Invalid):
    """More than one session is meant, and the one named belongs to no series."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/scope", detail="This appointment belongs to no series; leave scope out."))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesWanted:
    """The first session of a series, how many weeks, and what to do about those that can't be had."""

    first: Wanted
    weeks: int
    on_conflict: OnConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSeries:
    """A series and its appointments by start. skipped: the weeks that could not be had when it was booked."""

    series: Series
    appointments: tuple[Booking, ...]
    skipped: tuple[WeekRefused, ...]


async def create(
    session: AsyncSession,
    *,
    wanted: SeriesWanted,
    by: Actor,
    now: datetime,
    after: Sequence[Consequence],
) -> BookedSeries:
    """Book the same wall time of the therapist's zone for every week.

    after: what follows from each booking in the same transaction. Raises ClientProfileMissing, PlaceUnknown,
    TherapistNotFound, SessionTypeUnknown, FormatNotOffered, LicenseNotValidAtSession or SlotNotOffered where the
    therapist takes no new client on, and WeeksRefused, which leaves nothing.
    """
    policy.require(by, Action.SERIES_CREATE)
    await occupation_queries.lock_client(session, client_id=by.client_id)
    home = (await clients.facts(session, client_id=by.client_id)).jurisdiction
    place = await claim_service.place_of(session, wanted=wanted.first, home=home)
    first = wanted.first.starts_at.astimezone(UTC)
    facts = await verdict_service.rely_on(
        session,
        therapist_id=wanted.first.therapist_id,
        window=Interval(starts_at=first, ends_at=first + wanted.weeks * series.WEEK + timedelta(days=1)),
        place=place,
        client_id=by.client_id,
        now=now,
    )
    kind = verdict_service.kind_of(facts.practice, wanted.first)
    asked = series.weeks(first, count=wanted.weeks, zone=facts.practice.schedule.zone)
    in_person = wanted.first.session_format is SessionFormat.IN_PERSON
    decided = series.decided(facts.practice, kind, asked, own=facts.own, in_person=in_person, now=now)
    if facts.standing is not Standing.OPEN:
        raise await _not_taken_on(session, wanted=wanted.first, decided=decided, place=place, by=by, now=now)
    known = await queries.has_session_with(session, client_id=by.client_id, therapist_id=wanted.first.therapist_id)
    row = _row(wanted, by=by, zone=facts.practice.schedule.zone, now=now)
    outcome = await _book(session, row=row, wanted=wanted, decided=decided, place=place, now=now)
    if isinstance(outcome, BookedSeries):
        audit.record(session, by=by, action=Action.SERIES_CREATE, subject_kind="series", subject_id=row.id, now=now)
        for number, appointment in enumerate(outcome.appointments):
            first_with_therapist = number == 0 and not known
            await book_service.follow(
                session,
                appointment=appointment,
                first_with_therapist=first_with_therapist,
                by=by,
                now=now,
                after=after,
            )
        return outcome
    raise await weeks_refused(session, wanted=wanted.first, place=place, conflicts=outcome, by=by, now=now)


async def read(session: AsyncSession, *, series_id: SeriesId, by: Actor) -> BookedSeries:
    """Give a series to its client or its therapist, with its appointments of every status. Raises SeriesNotFound."""
    policy.require(by, Action.SERIES_READ)
    found = await series_queries.series(session, series_id=series_id, of=by)
    if found is None:
        raise SeriesNotFound
    sessions = await series_queries.sessions(session, series_id=series_id)
    return BookedSeries(series=found, appointments=tuple(sessions), skipped=())


async def sessions_meant(session: AsyncSession, *, named: Booking, scope: Scope, now: datetime) -> list[Booking]:
    """Give the confirmed sessions still ahead that a change to one of them means: the named first, the others by start.

    Raises NoSeries where more is meant than the one, and it belongs to no series.
    """
    if scope is Scope.ONE:
        return [named]
    if named.series_id is None:
        raise NoSeries
    found = await series_queries.sessions(
        session,
        series_id=named.series_id,
        statuses=(Status.CONFIRMED,),
        starts_from=named.starts_at if scope is Scope.THIS_AND_LATER else None,
    )
    return [named, *(each for each in found if each.id != named.id and each.starts_at > now)]


async def weeks_refused(
    session: AsyncSession,
    *,
    wanted: Wanted,
    place: str,
    conflicts: tuple[WeekRefused, ...],
    by: Actor,
    now: datetime,
) -> WeeksRefused:
    """Give the refusal that names every week that can't be had, with ways on for the first of them."""
    ways_on = await verdict_service.alternatives(
        session,
        instead_of=Wanted(
            therapist_id=wanted.therapist_id,
            session_type=wanted.session_type,
            starts_at=conflicts[0].starts_at,
            session_format=wanted.session_format,
            jurisdiction=place,
            match_id=None,
        ),
        place=place,
        client_id=by.client_id,
        now=now,
    )
    return WeeksRefused(conflicts=conflicts, alternatives=ways_on)


async def _not_taken_on(
    session: AsyncSession, *, wanted: Wanted, decided: Sequence[Decided], place: str, by: Actor, now: datetime
) -> SlotNotOffered | LicenseNotValidAtSession:
    """Give the refusal of somebody new whom the therapist does not take on; the license is named first."""
    ways_on = await verdict_service.alternatives(
        session, instead_of=wanted, place=place, client_id=by.client_id, now=now
    )
    if isinstance(decided[0], WeekRefused) and decided[0].reason is Reason.LICENSE:
        return LicenseNotValidAtSession(
            "No verified license of the therapist covers the first session where you will be.", alternatives=ways_on
        )
    return SlotNotOffered("This therapist takes no new clients at present.", alternatives=ways_on)


def _row(wanted: SeriesWanted, *, by: Actor, zone: str, now: datetime) -> Series:
    return Series(
        id=SeriesId(uuid7()),
        client_id=by.client_id,
        therapist_id=wanted.first.therapist_id,
        session_type=wanted.first.session_type,
        session_format=wanted.first.session_format,
        weeks=wanted.weeks,
        wall_start=wall_clock.local(wanted.first.starts_at, zone),
        zone=zone,
        created_at=now,
    )


async def _book(
    session: AsyncSession, *, row: Series, wanted: SeriesWanted, decided: Sequence[Decided], place: str, now: datetime
) -> BookedSeries | tuple[WeekRefused, ...]:
    """Book what was decided, or leave nothing and give every week that can't be had."""
    against = series.refused(decided)
    offers = [each for each in decided if isinstance(each, Offer)]
    all_or_none = wanted.on_conflict is OnConflict.ABORT
    if not offers or (against and all_or_none):
        return against
    claims = [
        Claim(
            client_id=row.client_id,
            offer=each,
            session_format=row.session_format,
            jurisdiction=place,
            terms=DEFAULT_TERMS,
            match_id=None,
            provenance=Provenance(series_id=row.id),
        )
        for each in offers
    ]
    booked: list[Booking] = []
    async with session.begin_nested() as savepoint:
        session.add(row)
        await session.flush()
        taken = await _take(session, claims=claims, now=now)
        booked = [each for each in taken if isinstance(each, Booking)]
        lost = [each for each in taken if isinstance(each, WeekRefused)]
        against = tuple(sorted((*against, *lost), key=lambda week: week.starts_at))
        kept = bool(booked) and not (lost and all_or_none)
        if not kept:
            await savepoint.rollback()
    return BookedSeries(series=row, appointments=tuple(booked), skipped=against) if kept else against


async def _take(session: AsyncSession, *, claims: Sequence[Claim], now: datetime) -> list[Booking | WeekRefused]:
    """Take one week after the other; a rival who was faster costs that week, and the next is tried."""
    therapist_id = claims[0].offer.therapist_id
    await occupation_queries.lock_therapist_time(session, therapist_id=therapist_id)
    have_time = await clearing_queries.clear(session, claims=claims, now=now)
    limit = await occupation_queries.daily_limit(session, therapist_id=therapist_id)
    found: list[Booking | WeekRefused] = []
    for claim in claims:
        if limit is not None and await _is_day_full(session, offer=claim.offer, limit=limit):
            found.append(WeekRefused(starts_at=claim.offer.starts_at, reason=Reason.NOT_OFFERED))
            continue
        row = await claim_service.take(session, claim=claim, status=Status.CONFIRMED, hold_number=None, now=now)
        found.append(row if row is not None else await _lost(session, claim=claim))
    await opened_service.offer_later(session, therapist_ids=have_time)
    return found


async def _is_day_full(session: AsyncSession, *, offer: Offer, limit: int) -> bool:
    day = wall_clock.day(offer.wall_start.date(), zone=offer.zone)
    return day is not None and await occupation_queries.is_day_full(session, offer=offer, day=day, limit=limit)


async def _lost(session: AsyncSession, *, claim: Claim) -> WeekRefused:
    """Say to whom a week was lost: to the client's own session, or to somebody else."""
    own = await queries.own_overlap(session, client_id=claim.client_id, during=claim.offer.during)
    return WeekRefused(starts_at=claim.offer.starts_at, reason=Reason.TAKEN if own is None else Reason.OWN_TIME)
