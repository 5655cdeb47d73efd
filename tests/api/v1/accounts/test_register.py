import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.accounts.tables import Registration
from domain.ids import uuid7
from tests.build import accounts
from tests.build.accounts import PASSWORD
from tests.build.notices import mailed_token


def body(email: str, **changes: object) -> dict[str, object]:
    return {"email": email, "password": PASSWORD, "role": "client", "time_zone": "America/Chicago", **changes}


def fresh_address() -> str:
    return f"{uuid7().hex}@example.org"


async def registrations(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Registration)) or 0


async def test_registering_and_answering_the_mail_makes_an_account(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    address = fresh_address()
    taken = await http.post("/v1/accounts", json=body(address, role="therapist"))
    token = await mailed_token(session, vault=parts.vault, to=address)

    verified = await http.post("/v1/accounts/verification", json={"token": token})
    again = await http.post("/v1/accounts/verification", json={"token": token})

    assert (taken.status_code, taken.json()) == (202, {"status": "verification_sent"})
    assert verified.status_code == 200
    assert verified.json() == {
        "id": verified.json()["id"],
        "email": address,
        "role": "therapist",
        "time_zone": "America/Chicago",
    }
    assert again.json() == verified.json()


async def test_known_and_unknown_addresses_get_the_same_answer(http: httpx.AsyncClient, session: AsyncSession) -> None:
    address = fresh_address()
    await accounts.account(session, role=Role.CLIENT, email=address)
    await session.commit()

    known = await http.post("/v1/accounts", json=body(address))
    unknown = await http.post("/v1/accounts", json=body(fresh_address()))

    assert known.status_code == unknown.status_code
    assert known.content == unknown.content
    assert {**known.headers, "x-request-id": ""} == {**unknown.headers, "x-request-id": ""}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"email": "no address"}, "/email"),
        ({"email": "ada@example.org\r\nBcc: eve@example.org"}, "/email"),
        ({"email": 7}, "/email"),
        ({"password": "too short"}, "/password"),
        ({"password": "p" * 5000}, "/password"),
        ({"role": "admin"}, "/role"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"is_admin": True}, "/is_admin"),
        ({"id": "0190b2c0-0000-7000-8000-000000000000"}, "/id"),
    ],
)
async def test_a_bad_body_is_refused_at_its_place_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, changes: dict[str, object], pointer: str
) -> None:
    before = await registrations(session)

    refused = await http.post("/v1/accounts", json=body(fresh_address()) | changes)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["next_steps"]
    assert "too short" not in refused.text
    assert await registrations(session) == before


@pytest.mark.parametrize(
    "content",
    [
        b'{"email": "a\\u0000@example.org"}',
        b'{"email": "\\ud800"}',
        b'{"email": NaN}',
        b"[" * 10_000,
        b"\xff\xfe{}",
        b"",
        b"null",
        b"[]",
    ],
)
async def test_hostile_json_is_refused_and_breaks_nothing(http: httpx.AsyncClient, content: bytes) -> None:
    refused = await http.post("/v1/accounts", content=content, headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


async def test_a_null_character_is_refused_wherever_it_stands(http: httpx.AsyncClient) -> None:
    refused = await http.post("/v1/accounts", json=body(fresh_address(), password=f"{PASSWORD}\u0000"))

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


@pytest.mark.parametrize("token", ["no such token", "x" * 200, "ünbekannt"])
async def test_a_token_that_is_none_is_refused_at_its_place(http: httpx.AsyncClient, token: str) -> None:
    refused = await http.post("/v1/accounts/verification", json={"token": token})

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/token"]
    assert token not in refused.text
