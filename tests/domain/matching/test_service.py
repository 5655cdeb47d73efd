from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.availability.schedule import SessionFormat, Weekday
from domain.clients.service import ClientProfileMissing
from domain.errors import Invalid
from domain.intake.danger import AnswersRefused
from domain.licensing.licenses import LicenseStatus
from domain.matching import service
from domain.matching.answer import Match
from domain.matching.conditions import Exclusion
from domain.matching.criteria import Criteria
from domain.matching.service import MatchNotFound
from domain.matching.tables import MatchRow
from domain.matching.wish import Wish
from domain.money import Money
from domain.safety.levels import Level
from domain.therapists.profile import Gender
from domain.vault.cipher import Place
from tests.build import accounts, clients, statements, therapists
from tests.build.availability import hours, schedule, session_type
from tests.build.matching import NARRATIVE, describe, wish


def words(match: Match) -> str:
    return f"answered {match.match_id}"


async def matched(session: AsyncSession, parts: Parts, asked: Wish, *, by: Actor, now: datetime) -> Match:
    return await service.create(session, wish=asked, written=words, by=by, vault=parts.vault, now=now)


@pytest.fixture
async def client(session: AsyncSession, parts: Parts) -> Actor:
    """A client in Ohio."""
    return await clients.client(session, vault=parts.vault)


async def test_who_works_with_what_is_told_is_offered_first_with_sessions_and_a_fee(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    off_topic = await therapists.listed_therapist(session, primary_concerns=("sleep.insomnia",))
    await describe(session, off_topic, approaches=("cbti",))
    on_topic = await therapists.listed_therapist(session, primary_concerns=("trauma.cptsd", "rejection.trauma"))
    await describe(session, on_topic, secondary_concerns=("attach.anxious",), approaches=("emdr", "stair"))

    match = await matched(session, parts, wish(narrative=NARRATIVE, limit=10), by=client, now=now)

    order = match.therapist_ids
    assert order.index(on_topic) < order.index(off_topic)
    first = match.results[order.index(on_topic)].therapist.opening
    assert first.session_type.fee == Money(amount=15_000, currency="usd")
    assert [offer.session_type for offer in first.next_offers] == ["individual_50"] * 3
    assert all(now <= offer.starts_at for offer in first.next_offers)
    assert {"trauma.cptsd", "attach.anxious"} <= {each.concept_id for each in match.concerns}


async def test_each_listed_therapist_is_eligible_or_counted_once_under_the_first_reason(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    only_french = wish(requirements=Criteria(languages=("fr",)), limit=10)
    before = await matched(session, parts, only_french, by=client, now=now)
    texan = await therapists.listed_therapist(session, jurisdiction="US-TX", accepting_clients=False)
    for_children = await therapists.listed_therapist(session, accepting_clients=False)
    await describe(session, for_children, populations=("children",))
    closed = await therapists.listed_therapist(session, accepting_clients=False, caseload_limit=0)
    full = await therapists.listed_therapist(session, caseload_limit=0)
    english = await therapists.listed_therapist(session)
    shut = await therapists.listed_therapist(session, schedule=schedule(notice=30 * 24 * 60, horizon_days=1))
    await describe(session, shut, languages=("fr",))
    found = await therapists.listed_therapist(session)
    await describe(session, found, languages=("fr",))

    match = await matched(session, parts, only_french, by=client, now=now)

    assert match.considered - before.considered == len({texan, for_children, closed, full, english, shut, found})
    assert {each: count - before.excluded[each] for each, count in match.excluded.items()} == dict.fromkeys(
        Exclusion, 1
    )
    assert found in match.therapist_ids
    assert match.considered == sum(match.excluded.values()) + len(match.results)


async def test_slots_are_offered_only_while_the_license_holds(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    until = (now + timedelta(days=2)).date()
    expiring = await therapists.listed_therapist(
        session, expires_on=until, schedule=schedule(weekly_hours=hours("09:00", "10:00"))
    )

    match = await matched(session, parts, wish(limit=10), by=client, now=now)

    opening = match.results[match.therapist_ids.index(expiring)].therapist.opening
    assert all(offer.ends_at.date() <= until + timedelta(days=1) for offer in opening.next_offers)
    assert len(opening.next_offers) <= 3


@pytest.mark.parametrize("status", [LicenseStatus.SUBMITTED, LicenseStatus.SUSPENDED])
async def test_an_unverified_license_for_the_place_permits_nothing(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime, status: LicenseStatus
) -> None:
    texan = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await therapists.license_of(session, therapist_id=texan, jurisdiction="US-OH", status=status)

    match = await matched(session, parts, wish(limit=10), by=client, now=now)

    assert texan not in match.therapist_ids
    assert match.excluded[Exclusion.NOT_LICENSED] >= 1


async def test_the_session_shown_is_the_cheapest_that_meets_the_requirements(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    phone = session_type(
        code="phone_30", minutes=30, fee=Money(amount=7_000, currency="usd"), session_formats=(SessionFormat.PHONE,)
    )
    group = session_type(code="group_90", minutes=90, fee=Money(amount=3_000, currency="usd"), capacity=8)
    both = await therapists.listed_therapist(session, schedule=schedule(session_types=(group, session_type(), phone)))
    by_video = wish(requirements=Criteria(session_formats=(SessionFormat.VIDEO,)), limit=10)

    anyhow = await matched(session, parts, wish(limit=10), by=client, now=now)
    on_video = await matched(session, parts, by_video, by=client, now=now)

    codes = [
        match.results[match.therapist_ids.index(both)].therapist.opening.session_type.code
        for match in (anyhow, on_video)
    ]
    assert codes == ["phone_30", "individual_50"]


async def test_only_sessions_within_the_clients_times_are_offered(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    mornings = await therapists.listed_therapist(session, schedule=schedule(weekly_hours=hours("09:00", "12:00")))
    whole_days = await therapists.listed_therapist(session)
    # 13 to 17 in Ohio is 10 to 14 in California
    asked = wish(times=hours("10:00", "14:00", Weekday.TUESDAY), zone="America/Los_Angeles", limit=10)

    match = await matched(session, parts, asked, by=client, now=now)

    assert mornings not in match.therapist_ids
    opening = match.results[match.therapist_ids.index(whole_days)].therapist.opening
    assert {offer.wall_start.weekday() for offer in opening.next_offers} == {1}
    assert {offer.wall_start.hour for offer in opening.next_offers} <= {13, 14, 15, 16}
    assert "times" in {each.drop for each in match.relaxations}


async def test_somebody_whose_first_session_is_weeks_away_is_offered_with_it(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    booked_out = await therapists.listed_therapist(session, schedule=schedule(notice=30 * 24 * 60, horizon_days=40))
    dear = Criteria(max_fee=Money(amount=1, currency="usd"))

    match = await matched(session, parts, wish(limit=10), by=client, now=now)
    too_dear = await matched(session, parts, wish(requirements=dear, limit=10), by=client, now=now)

    opening = match.results[match.therapist_ids.index(booked_out)].therapist.opening
    assert len(opening.next_offers) == 3
    assert opening.next_offers[0].starts_at >= now + timedelta(days=30)
    assert [(each.drop, each.gains) for each in too_dear.relaxations] == [("requirements.max_fee", len(match.results))]


async def test_too_few_results_name_what_to_let_go_of(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    asked = wish(requirements=Criteria(therapist_genders=(Gender.NON_BINARY,), languages=("cy",)), jurisdiction="US-WY")
    for language in ("en", "en", "cy"):
        therapist = await therapists.listed_therapist(session, jurisdiction="US-WY")
        gender = Gender.NON_BINARY if language == "en" else Gender.FEMALE
        await describe(session, therapist, gender=gender, languages=(language,))

    match = await matched(session, parts, asked, by=client, now=now)

    assert match.results == ()
    assert [(each.drop, each.gains) for each in match.relaxations] == [
        ("requirements.languages", 2),
        ("requirements.therapist_genders", 1),
    ]


async def test_danger_in_the_words_comes_back_with_whom_to_turn_to(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    asked = wish(narrative="I want to kill myself tonight and I have the pills here.", concerns=("mood.dep",))

    match = await matched(session, parts, asked, by=client, now=now)

    assert match.safety.level is Level.URGENT
    assert match.safety.resources
    assert "safety.si" in {each.concept_id for each in match.concerns}


async def test_the_same_wish_on_the_same_data_gives_the_same_answer(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    for _ in range(4):
        await therapists.listed_therapist(session)

    first, second = [await matched(session, parts, wish(narrative=NARRATIVE), by=client, now=now) for _ in range(2)]

    assert first.match_id != second.match_id
    assert (first.results, first.excluded) == (second.results, second.excluded)


async def test_words_and_answer_are_sealed_and_open_only_in_their_place(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    match = await matched(session, parts, wish(narrative=NARRATIVE), by=client, now=now)

    row = (await session.scalars(select(MatchRow).where(MatchRow.id == match.match_id))).one()
    assert b"father" not in row.request_sealed
    assert str(match.match_id).encode() not in row.result_sealed
    opened = parts.vault.open(
        row.request_sealed, place=Place(table="match", row=match.match_id, column="request_sealed")
    )
    assert NARRATIVE in opened


async def test_a_match_is_answered_again_to_the_letter_and_both_are_audited(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    therapist = await therapists.listed_therapist(session)
    match = await matched(session, parts, wish(), by=client, now=now)
    await therapists.listed_therapist(session)

    later = datetime.now(UTC)
    text = await service.answered(session, match_id=match.match_id, by=client, vault=parts.vault, now=later)
    offered = await service.therapists_of(session, match_id=match.match_id, by=client, vault=parts.vault, now=later)

    await session.flush()
    audited = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == match.match_id))
    assert text == words(match)
    assert offered == match.therapist_ids
    assert therapist in offered
    assert set(audited) == {Action.MATCH_CREATE, Action.MATCH_READ, Action.SLOTS_OF_MATCH}


async def test_another_clients_match_is_not_there(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    match = await matched(session, parts, wish(), by=client, now=now)
    stranger = await clients.client(session, vault=parts.vault)

    for read in (service.answered, service.therapists_of):
        with pytest.raises(MatchNotFound):
            await read(session, match_id=match.match_id, by=stranger, vault=parts.vault, now=now)


async def test_only_clients_match_and_only_with_a_profile(session: AsyncSession, parts: Parts, now: datetime) -> None:
    therapist = await accounts.actor(session, role=Role.THERAPIST)
    without_profile = await accounts.actor(session, role=Role.CLIENT)

    with pytest.raises(WrongRole):
        await matched(session, parts, wish(), by=therapist, now=now)
    with pytest.raises(AnswersRefused) as refused:
        await matched(session, parts, wish(), by=without_profile, now=now)

    assert isinstance(refused.value.refusal, ClientProfileMissing)


async def test_what_does_not_exist_is_named_with_its_place(
    session: AsyncSession, parts: Parts, client: Actor, now: datetime
) -> None:
    asked = wish(concerns=("trauma.cptsd", "emdr", "nothing"), jurisdiction="US-ZZ")

    with pytest.raises(AnswersRefused) as refused:
        await matched(session, parts, asked, by=client, now=now)

    assert isinstance(refused.value.refusal, Invalid)
    assert [flaw.pointer for flaw in refused.value.refusal.flaws] == ["/concerns/1", "/concerns/2", "/jurisdiction"]


async def test_the_number_of_statements_does_not_grow_with_therapists(
    session: AsyncSession, connection: AsyncConnection, parts: Parts, client: Actor, now: datetime
) -> None:
    asked = wish(requirements=Criteria(languages=("en",)), limit=10)
    counts = []
    for _ in range(3):
        therapist = await therapists.listed_therapist(session)
        near_miss = await therapists.listed_therapist(session)
        await describe(session, near_miss, languages=("fr",))
        seen = statements.reads(connection)
        match = await matched(session, parts, asked, by=client, now=now)
        counts.append(len(seen))
        assert therapist in match.therapist_ids

    assert len(set(counts)) == 1
