"""Match a client with therapists, keep the answer, and give it again.

The number of statements does not grow with the number of therapists: conditions that are cheap to tell go first, and
sessions are looked for only with those they leave.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import service as availability
from domain.availability import weekly_times
from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, SessionType
from domain.booking import offers_queries, offers_service
from domain.booking.caseload import NO_CLIENTS
from domain.booking.offer import Offer
from domain.clients import service as clients
from domain.clients.profile import ClientFacts
from domain.concepts import text, vocabulary
from domain.concepts.text import ConcernReading
from domain.errors import NotFound
from domain.ids import ClientId, MatchId, TherapistId, uuid7
from domain.intake import danger
from domain.licensing import permission_queries as licensing
from domain.licensing import permissions
from domain.matching import conditions, openings, queries, wish
from domain.matching.answer import KeptAnswer, Match, wish_to_json
from domain.matching.conditions import Candidate, Exclusion
from domain.matching.criteria import TherapistFacts, session_types_for
from domain.matching.ranking import Eligible, ranked
from domain.matching.relaxations import LeftOut, Relaxation, gains_are_settled, misses_one, relaxations
from domain.matching.tables import MatchRow
from domain.matching.weights import SCORING_VERSION
from domain.matching.wish import Wish
from domain.safety import triage
from domain.safety.reading_service import in_turn
from domain.safety.triage import SAFE, Safety
from domain.vault.cipher import Place, Vault

# A start at the very end of the horizon is offered too; windows are half-open.
_LAST_START: Final = timedelta(minutes=1)


class MatchNotFound(NotFound):
    """There is no such match of this client."""

    def __init__(self) -> None:
        super().__init__("There is no such match of yours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What one search asks with. free_time: when the client can; None for always."""

    wish: Wish
    client_id: ClientId
    window: Interval
    free_time: tuple[Interval, ...] | None
    now: datetime


@dataclass(slots=True, kw_only=True)
class _Sifted:
    """Listed therapists, sorted out as far as can be told without looking for sessions."""

    passed: list[TherapistFacts] = field(default_factory=list)
    near_misses: list[TherapistFacts] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    horizon_days: int = 1


async def create(
    session: AsyncSession,
    *,
    wish: Wish,
    written: Callable[[Match], str],
    by: Actor,
    vault: Vault,
    now: datetime,
) -> Match:
    """Match a client with therapists and keep the answer.

    written: gives the text the client is answered, which is kept to the letter. Raises WrongRole; AnswersRefused, with
    what the narrative says of danger, for WishImpossible and ClientProfileMissing.
    """
    policy.require(by, Action.MATCH_CREATE)
    match = await _match(session, wish_=wish, client_id=by.client_id, now=now)
    request = vault.seal(wish_to_json(wish), place=_place(match.match_id, column="request_sealed"))
    kept = KeptAnswer(text=written(match), therapist_ids=match.therapist_ids)
    session.add(
        MatchRow(
            id=match.match_id,
            client_id=by.client_id,
            scoring_version=match.scoring_version,
            request_sealed=request,
            result_sealed=vault.seal(kept.to_json(), place=_place(match.match_id, column="result_sealed")),
            created_at=now,
        )
    )
    await session.flush()
    audit.record(session, by=by, action=Action.MATCH_CREATE, subject_kind="match", subject_id=match.match_id, now=now)
    return match


async def answered(session: AsyncSession, *, match_id: MatchId, by: Actor, vault: Vault, now: datetime) -> str:
    """Give the text a match was answered with, to the letter. Raises WrongRole, MatchNotFound."""
    return (await _own(session, match_id=match_id, action=Action.MATCH_READ, by=by, vault=vault, now=now)).text


async def therapists_of(
    session: AsyncSession, *, match_id: MatchId, by: Actor, vault: Vault, now: datetime
) -> tuple[TherapistId, ...]:
    """Give the therapists a match answered with, the best first. Raises WrongRole, MatchNotFound."""
    kept = await _own(session, match_id=match_id, action=Action.SLOTS_OF_MATCH, by=by, vault=vault, now=now)
    return kept.therapist_ids


async def _own(
    session: AsyncSession, *, match_id: MatchId, action: Action, by: Actor, vault: Vault, now: datetime
) -> KeptAnswer:
    policy.require(by, action)
    row = await queries.own_match(session, match_id=match_id, client_id=by.client_id)
    if row is None:
        raise MatchNotFound
    audit.record(session, by=by, action=action, subject_kind="match", subject_id=row.id, now=now)
    return KeptAnswer.from_json(vault.open(row.result_sealed, place=_place(row.id, column="result_sealed")))


def _place(match_id: MatchId, *, column: str) -> Place:
    return Place(table="match", row=match_id, column=column)


async def _match(session: AsyncSession, *, wish_: Wish, client_id: ClientId, now: datetime) -> Match:
    known = vocabulary.load()
    readings, safety = await _understood(wish_)
    with danger.help_first(safety):
        client = await clients.facts(session, client_id=client_id)
        wish.check(wish_, vocabulary=known)
    concerns = wish.sought(wish_.concerns, readings)
    sifted = await _sift(session, wish_=wish_, client_id=client.client_id, now=now)
    search = _search(wish_, client=client, horizon_days=sifted.horizon_days, now=now)
    offers = await _offers(
        session,
        sifted.passed,
        search=search,
        enough=lambda facts, own: openings.is_settled(
            session_types_for(wish_.requirements, facts),
            offers=own,
            free_time=search.free_time,
            formats=wish_.requirements.session_formats,
        ),
    )
    eligible, left_out = _with_openings(sifted.passed, offers=offers, search=search)
    exclusions = [*sifted.exclusions, *(Exclusion.NO_OPEN_SLOT for _ in left_out)]
    order = ranked(eligible, sought=concerns, preferences=wish_.preferences, vocabulary=known, now=now)
    return Match(
        match_id=MatchId(uuid7()),
        created_at=now,
        scoring_version=SCORING_VERSION,
        safety=safety,
        concerns=concerns,
        results=order[: wish_.limit],
        considered=len(eligible) + len(exclusions),
        excluded=conditions.counts(exclusions),
        relaxations=await _ways_to_more(
            session, eligible=len(eligible), left_out=left_out, near_misses=sifted.near_misses, search=search
        ),
    )


async def _understood(wish: Wish) -> tuple[tuple[ConcernReading, ...], Safety]:
    """Read the client's own words, in a thread: a long text takes tens of milliseconds."""
    words = wish.narrative
    if words is None:
        return (), SAFE
    return await in_turn(lambda: (text.read(words), triage.of_text(words, country=wish.country)))


async def _sift(session: AsyncSession, *, wish_: Wish, client_id: ClientId, now: datetime) -> _Sifted:
    """Sort out the listed therapists by what can be told without looking for sessions."""
    listed = await queries.listed(session, now=now)
    permits = await licensing.bookable_in(session, therapist_ids=listed.keys(), place=wish_.jurisdiction, now=now)
    permitted = {
        therapist_id: permissions.windows(held, place=wish_.jurisdiction, in_person=False)
        for therapist_id, held in permits.items()
    }
    here = list(permitted)
    schedules = await availability.schedules_of(session, therapist_ids=here)
    caseloads = await offers_queries.caseloads(session, therapist_ids=here, client_id=client_id, now=now)
    sifted = _Sifted()
    for therapist_id, row in listed.items():
        schedule = schedules.get(therapist_id)
        candidate = Candidate(
            facts=row.facts(_individual(schedule)),
            licensed=conditions.licensed_in_time(permitted.get(therapist_id, ()), schedule=schedule, now=now),
            caseload=caseloads.get(therapist_id, NO_CLIENTS),
        )
        against = conditions.first_against(candidate, requirements=wish_.requirements)
        if against is None:
            sifted.passed.append(candidate.facts)
        else:
            sifted.exclusions.append(against)
        if against is Exclusion.REQUIREMENT_NOT_MET and misses_one(wish_.requirements, candidate.facts):
            sifted.near_misses.append(candidate.facts)
        if candidate.licensed and schedule is not None:
            sifted.horizon_days = max(sifted.horizon_days, schedule.horizon_days)
    return sifted


def _individual(schedule: Schedule | None) -> tuple[SessionType, ...]:
    return () if schedule is None else tuple(kind for kind in schedule.session_types if kind.capacity == 1)


def _search(wish: Wish, *, client: ClientFacts, horizon_days: int, now: datetime) -> _Search:
    starts_at = now.astimezone(UTC)
    window = Interval(starts_at=starts_at, ends_at=starts_at + timedelta(days=horizon_days) + _LAST_START)
    zone = wish.zone or client.zone
    return _Search(
        wish=wish,
        client_id=client.client_id,
        window=window,
        free_time=weekly_times.stretches(wish.times, zone=zone, during=window) if wish.times else None,
        now=now,
    )


async def _offers(
    session: AsyncSession,
    therapists: Collection[TherapistFacts],
    *,
    search: _Search,
    enough: Callable[[TherapistFacts, tuple[Offer, ...]], bool],
) -> Mapping[TherapistId, tuple[Offer, ...]]:
    """Find the individual sessions these therapists offer: the near ones, and all for whom those are not enough."""
    near, far = openings.near_and_far(search.window)
    found = dict(await _free(session, therapists, window=near, search=search))
    unsettled = [each for each in therapists if not enough(each, found.get(each.therapist_id, ()))]
    if far is not None:
        later = await _free(session, unsettled, window=far, search=search)
        for therapist_id, offers in later.items():
            found[therapist_id] = (*found.get(therapist_id, ()), *offers)
    return found


async def _free(
    session: AsyncSession, therapists: Collection[TherapistFacts], *, window: Interval, search: _Search
) -> Mapping[TherapistId, tuple[Offer, ...]]:
    if not therapists:
        return {}
    return await offers_service.free(
        session,
        therapist_ids=[each.therapist_id for each in therapists],
        session_type=None,
        window=window,
        place=search.wish.jurisdiction,
        client_id=search.client_id,
        now=search.now,
    )


def _with_openings(
    therapists: Collection[TherapistFacts], *, offers: Mapping[TherapistId, tuple[Offer, ...]], search: _Search
) -> tuple[list[Eligible], list[LeftOut]]:
    """Part those who have a session that fits from those who have none."""
    eligible: list[Eligible] = []
    left_out: list[LeftOut] = []
    for facts in therapists:
        own = offers.get(facts.therapist_id, ())
        kinds = session_types_for(search.wish.requirements, facts)
        formats = search.wish.requirements.session_formats
        opening = openings.cheapest(kinds, offers=own, free_time=search.free_time, formats=formats)
        if opening is None:
            left_out.append(LeftOut(facts=facts, offers=own))
        else:
            eligible.append(Eligible(facts=facts, opening=opening))
    return eligible, left_out


async def _ways_to_more(
    session: AsyncSession,
    *,
    eligible: int,
    left_out: list[LeftOut],
    near_misses: list[TherapistFacts],
    search: _Search,
) -> tuple[Relaxation, ...]:
    """Say what to let go of, where fewer were found than asked for."""
    if eligible >= search.wish.limit:
        return ()
    offers = await _offers(
        session,
        near_misses,
        search=search,
        enough=lambda facts, own: gains_are_settled(
            LeftOut(facts=facts, offers=own), requirements=search.wish.requirements, free_time=search.free_time
        ),
    )
    missing = [LeftOut(facts=each, offers=offers.get(each.therapist_id, ())) for each in near_misses]
    return relaxations([*left_out, *missing], requirements=search.wish.requirements, free_time=search.free_time)
