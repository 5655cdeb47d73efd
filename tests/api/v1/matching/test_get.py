import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.ids import uuid7
from tests.build import accounts, clients, therapists
from tests.build.accounts import Person
from tests.build.matching import NARRATIVE


async def test_a_match_is_answered_again_byte_for_byte_whatever_changed_meanwhile(
    http: httpx.AsyncClient, session: AsyncSession, client: Person
) -> None:
    await therapists.listed_therapist(session)
    await session.commit()
    body = {"narrative": NARRATIVE, "jurisdiction": "US-OH", "limit": 10}
    made = await http.post("/v1/matches", json=body, headers=client.headers)
    await therapists.listed_therapist(session)
    await session.commit()

    read = await http.get(f"/v1/matches/{made.json()['id']}", headers=client.headers)

    assert read.status_code == 200
    assert read.content == made.content
    assert read.headers["content-type"] == "application/json"


async def test_a_strangers_match_is_answered_like_one_that_does_not_exist(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, client: Person
) -> None:
    made = await http.post("/v1/matches", json={"jurisdiction": "US-OH"}, headers=client.headers)
    other = await clients.client(session, vault=test_parts.vault)
    stranger = await accounts.signed_in(session, test_parts, role=Role.CLIENT, of=other.account_id)

    answers = [
        await http.get(f"/v1/matches/{match_id}", headers=stranger.headers) for match_id in (made.json()["id"], uuid7())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert all(answer.json()["next_steps"] for answer in answers)


async def test_only_clients_read_matches(http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts) -> None:
    therapist = await accounts.signed_in(session, test_parts, role=Role.THERAPIST)

    answer = await http.get(f"/v1/matches/{uuid7()}", headers=therapist.headers)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")


async def test_a_broken_id_is_a_clear_refusal(http: httpx.AsyncClient, client: Person) -> None:
    answer = await http.get("/v1/matches/nonsense", headers=client.headers)

    assert answer.status_code == 422
