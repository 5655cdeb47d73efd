from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.clients.tables import Client
from tests.build import accounts
from tests.build.accounts import Person

PROFILE = {
    "preferred_name": "Sam",
    "birth_date": "1990-05-17",
    "jurisdiction": "US-OH",
    "time_zone": "America/New_York",
    "languages": ["en", "es-MX"],
}


@pytest.fixture
async def client(session: AsyncSession, parts: Parts) -> Person:
    return await accounts.signed_in(session, parts, role=Role.CLIENT)


async def put(
    http: httpx.AsyncClient, client: Person, *, if_match: str | None = None, **changes: object
) -> httpx.Response:
    headers = {**client.headers, **({"If-Match": if_match} if if_match else {})}
    return await http.put("/v1/clients/me", json={**PROFILE, **changes}, headers=headers)


async def test_a_profile_is_answered_and_read_as_it_was_told(http: httpx.AsyncClient, client: Person) -> None:
    told = await put(http, client)
    read = await http.get("/v1/clients/me", headers=client.headers)

    assert told.status_code == read.status_code == 200
    assert told.json() == read.json() == {"id": str(client.actor.account_id), **PROFILE}
    assert told.headers["ETag"] == read.headers["ETag"] == '"1"'


async def test_a_profile_that_was_never_told_is_not_found(http: httpx.AsyncClient, client: Person) -> None:
    read = await http.get("/v1/clients/me", headers=client.headers)

    assert (read.status_code, read.json()["type"]) == (404, "/problems/not-found")


async def test_telling_twice_is_telling_once(http: httpx.AsyncClient, client: Person) -> None:
    first, second = await put(http, client), await put(http, client)

    assert first.json() == second.json()
    assert second.headers["ETag"] == '"2"'


async def test_a_change_meant_for_an_older_version_is_refused(http: httpx.AsyncClient, client: Person) -> None:
    await put(http, client)
    await put(http, client, if_match='"1"')

    stale = await put(http, client, if_match='"1"', preferred_name="Late")

    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")
    assert (await http.get("/v1/clients/me", headers=client.headers)).json()["preferred_name"] == "Sam"


async def test_under_18_is_refused_kindly_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, client: Person
) -> None:
    born_on = date(datetime.now(UTC).year - 17, 1, 1).isoformat()

    refused = await put(http, client, birth_date=born_on)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == ["/birth_date"]
    assert problem["resources"]
    assert all("young_people" in resource["needs"] for resource in problem["resources"])
    assert all(resource["channels"] and resource["last_checked"] for resource in problem["resources"])
    assert problem["next_steps"]
    assert born_on not in refused.text
    assert await session.get(Client, client.actor.client_id) is None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"preferred_name": "  "}, "/preferred_name"),
        ({"preferred_name": "x" * 101}, "/preferred_name"),
        ({"preferred_name": "Sam\u202edrawkcab"}, "/preferred_name"),
        ({"preferred_name": "two\nlines"}, "/preferred_name"),
        ({"birth_date": "2990-01-01"}, "/birth_date"),
        ({"birth_date": "1890-01-01"}, "/birth_date"),
        ({"birth_date": "1990-02-30"}, "/birth_date"),
        ({"birth_date": "1990-05-17T00:00:00Z"}, "/birth_date"),
        ({"birth_date": 642902400}, "/birth_date"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"jurisdiction": "ohio"}, "/jurisdiction"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"languages": []}, "/languages"),
        ({"languages": ["english, please"]}, "/languages/0"),
        ({"version": 7}, "/version"),
    ],
)
async def test_a_bad_body_is_refused_at_its_place_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, client: Person, changes: dict[str, object], pointer: str
) -> None:
    refused = await http.put("/v1/clients/me", json={**PROFILE, **changes}, headers=client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert await session.get(Client, client.actor.client_id) is None


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMIN])
async def test_only_clients_have_a_client_profile(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, role: Role
) -> None:
    person = await accounts.signed_in(session, parts, role=role)

    told = await put(http, person)
    read = await http.get("/v1/clients/me", headers=person.headers)

    assert told.status_code == read.status_code == 403
    assert told.json()["type"] == read.json()["type"] == "/problems/not-permitted"


async def test_a_null_character_in_the_address_is_refused(http: httpx.AsyncClient, client: Person) -> None:
    refused = await http.get("/v1/clients/me?x=%00", headers=client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


async def test_who_is_not_signed_in_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.put("/v1/clients/me", json=PROFILE)).status_code == 401
    assert (await http.get("/v1/clients/me")).status_code == 401


async def test_one_client_never_sees_another(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, client: Person
) -> None:
    await put(http, client)
    stranger = await accounts.signed_in(session, parts, role=Role.CLIENT)

    assert (await http.get("/v1/clients/me", headers=stranger.headers)).status_code == 404
