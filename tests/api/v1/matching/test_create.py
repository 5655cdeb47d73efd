import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.matching.tables import MatchRow
from tests.build import accounts, therapists
from tests.build.accounts import Person
from tests.build.matching import NARRATIVE, describe


async def offered_in_ohio(session: AsyncSession) -> tuple[str, str]:
    """Store one therapist for the narrative and one for sleep."""
    on_topic = await therapists.listed_therapist(session, primary_concerns=("trauma.cptsd", "rejection.trauma"))
    await describe(session, on_topic, secondary_concerns=("attach.anxious",), approaches=("emdr", "stair"))
    off_topic = await therapists.listed_therapist(session, primary_concerns=("sleep.insomnia",))
    await describe(session, off_topic, approaches=("cbti",))
    await session.commit()
    return str(on_topic), str(off_topic)


async def stored(session: AsyncSession) -> int | None:
    return await session.scalar(select(func.count()).select_from(MatchRow))


async def test_a_match_has_the_shape_of_the_contract(
    http: httpx.AsyncClient, session: AsyncSession, client: Person
) -> None:
    on_topic, off_topic = await offered_in_ohio(session)
    texan = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await session.commit()
    body = {"narrative": NARRATIVE, "concerns": ["trauma.cptsd"], "jurisdiction": "US-OH", "limit": 10}

    answer = await http.post("/v1/matches", json=body, headers=client.headers)

    match = answer.json()
    assert answer.status_code == 201
    assert list(match) == [
        "id", "created_at", "scoring_version", "safety", "concerns", "results", "considered", "excluded",
        "relaxations", "next_steps",
    ]  # fmt: skip
    assert match["created_at"].endswith("Z")
    assert match["safety"] == {"level": "none", "resources": []}
    assert match["concerns"][0] == {"concept_id": "trauma.cptsd", "source": "stated", "confidence": 1.0}
    ids = [result["therapist"]["id"] for result in match["results"]]
    assert ids.index(on_topic) < ids.index(off_topic)
    assert str(texan) not in ids
    assert match["excluded"]["not_licensed_in_jurisdiction"] >= 1
    assert match["considered"] == len(ids) + sum(match["excluded"].values())
    assert list(match["excluded"]) == [
        "not_licensed_in_jurisdiction", "age_group", "not_accepting", "caseload_full", "requirement_not_met",
        "no_open_slot",
    ]  # fmt: skip
    assert match["next_steps"] == []


async def test_a_result_says_why_it_is_there(http: httpx.AsyncClient, session: AsyncSession, client: Person) -> None:
    on_topic, _ = await offered_in_ohio(session)
    body = {"narrative": NARRATIVE, "jurisdiction": "US-OH", "limit": 10}

    match = (await http.post("/v1/matches", json=body, headers=client.headers)).json()

    result = next(each for each in match["results"] if each["therapist"]["id"] == on_topic)
    assert set(result) == {"rank", "therapist", "score", "fee", "factors", "next_slots"}
    assert set(result["therapist"]) == {"id", "display_name"}
    assert result["fee"] == {"amount": 15000, "currency": "usd"}
    assert [factor["name"] for factor in result["factors"]] == [
        "concern_fit", "approach_evidence", "preferences", "soonest", "price",
    ]  # fmt: skip
    assert abs(result["score"] - sum(factor["contribution"] for factor in result["factors"])) < 1e-9
    assert all(factor["reason"].endswith(".") for factor in result["factors"])
    assert 1 <= len(result["next_slots"]) <= 3
    assert set(result["next_slots"][0]) == {"start", "end", "session_type"}


async def test_nobody_found_still_gives_ways_on(http: httpx.AsyncClient, session: AsyncSession, client: Person) -> None:
    await therapists.listed_therapist(session, jurisdiction="US-WY")
    await session.commit()
    body = {"jurisdiction": "US-WY", "requirements": {"max_fee": {"amount": 100, "currency": "usd"}}}

    answer = await http.post("/v1/matches", json=body, headers=client.headers)

    match = answer.json()
    assert answer.status_code == 201
    assert match["results"] == []
    assert match["relaxations"] == [{"drop": "requirements.max_fee", "gains": 1}]
    assert match["next_steps"][0] == {"action": "drop_a_requirement", "method": "POST", "path": "/v1/matches"}
    assert len(match["next_steps"]) > 1


async def test_danger_is_answered_with_help(http: httpx.AsyncClient, client: Person) -> None:
    body = {"narrative": "I want to kill myself.", "jurisdiction": "US-OH"}

    match = (await http.post("/v1/matches", json=body, headers=client.headers)).json()

    assert match["safety"]["level"] == "urgent"
    assert match["safety"]["resources"]


@pytest.mark.parametrize(
    "flaw",
    [{"limit": 11}, {"sort": "fee"}, {"jurisdiction": "US-ZZ"}, {"concerns": ["nothing"]}],
)
async def test_help_comes_although_the_request_is_refused(
    http: httpx.AsyncClient, client: Person, flaw: dict[str, object]
) -> None:
    body = {"narrative": "I want to kill myself.", "jurisdiction": "US-OH"}

    refused = await http.post("/v1/matches", json=body | flaw, headers=client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert refused.json()["errors"]
    assert refused.json()["safety"]["level"] == "urgent"
    assert refused.json()["safety"]["resources"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/jurisdiction"),
        ({"jurisdiction": "Ohio"}, "/jurisdiction"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"jurisdiction": "US-OH", "concerns": ["nothing"]}, "/concerns/0"),
        ({"jurisdiction": "US-OH", "concerns": ["emdr"]}, "/concerns/0"),
        ({"jurisdiction": "US-OH", "narrative": "a" * 8001}, "/narrative"),
        ({"jurisdiction": "US-OH", "limit": 11}, "/limit"),
        ({"jurisdiction": "US-OH", "time_zone": "Ohio"}, "/time_zone"),
        ({"jurisdiction": "US-OH", "sort": "fee"}, "/sort"),
        ({"jurisdiction": "US-OH", "requirements": {"approaches": ["x"]}}, "/requirements/approaches/0"),
        ({"jurisdiction": "US-OH", "preferences": {"stars": 5}}, "/preferences/stars"),
        (
            {"jurisdiction": "US-OH", "times": [{"weekday": "monday", "start": "9", "end": "10:00"}]},
            "/times/0/start",
        ),
    ],
)
async def test_a_bad_body_is_refused_with_its_place_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, client: Person, body: dict[str, object], pointer: str
) -> None:
    before = await stored(session)

    answer = await http.post("/v1/matches", json=body, headers=client.headers)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/validation-failed"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert answer.json()["next_steps"]
    assert await stored(session) == before


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMIN])
async def test_only_clients_match(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, role: Role
) -> None:
    other = await accounts.signed_in(session, test_parts, role=role)

    answer = await http.post("/v1/matches", json={"jurisdiction": "US-OH"}, headers=other.headers)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")
    assert answer.json()["next_steps"]


async def test_nobody_matches_without_signing_in(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/matches", json={"jurisdiction": "US-OH"})

    assert answer.status_code == 401


async def test_a_client_without_a_profile_is_led_to_it(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    new = await accounts.signed_in(session, test_parts, role=Role.CLIENT)
    body = {"narrative": "I want to kill myself.", "jurisdiction": "US-OH"}

    answer = await http.post("/v1/matches", json=body, headers=new.headers)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert answer.json()["next_steps"][0]["path"] == "/v1/clients/me"
    assert answer.json()["safety"]["resources"]


async def test_a_repeat_with_the_same_key_makes_no_second_match(
    http: httpx.AsyncClient, session: AsyncSession, client: Person
) -> None:
    await offered_in_ohio(session)
    before = await stored(session) or 0
    headers = {**client.headers, "Idempotency-Key": "twice"}
    body = {"narrative": NARRATIVE, "jurisdiction": "US-OH"}

    first = await http.post("/v1/matches", json=body, headers=headers)
    again = await http.post("/v1/matches", json=body, headers=headers)
    other = await http.post("/v1/matches", json={"jurisdiction": "US-TX"}, headers=headers)

    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await stored(session) == before + 1
