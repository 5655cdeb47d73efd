from datetime import UTC, datetime

import httpx
import pyotp
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.accounts import service
from domain.ids import uuid7
from tests.build import accounts
from tests.build.accounts import PASSWORD


@pytest.fixture
async def address(session: AsyncSession) -> str:
    email = f"{uuid7().hex}@example.org"
    await accounts.account(session, role=Role.CLIENT, email=email)
    await session.commit()
    return email


async def sign_in(http: httpx.AsyncClient, email: str, **changes: str) -> httpx.Response:
    return await http.post("/v1/sessions", json={"email": email, "password": PASSWORD, **changes})


def bearer(response: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


async def me(http: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await http.get("/v1/accounts/me", headers=headers)).status_code


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["type"]


async def test_signing_in_opens_ones_own_account(http: httpx.AsyncClient, address: str) -> None:
    signed_in = await sign_in(http, address)
    account = await http.get("/v1/accounts/me", headers=bearer(signed_in))

    assert signed_in.status_code == 201
    assert set(signed_in.json()) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (signed_in.json()["token_type"], signed_in.json()["expires_in"]) == ("bearer", 600)
    assert signed_in.headers["Cache-Control"] == "no-store"
    assert account.status_code == 200
    assert set(account.json()) == {"id", "email", "role", "time_zone", "created_at"}
    assert (account.json()["email"], account.json()["role"]) == (address, "client")
    assert account.json()["created_at"].endswith("Z")


async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(
    http: httpx.AsyncClient, address: str
) -> None:
    wrong = await sign_in(http, address, password="wrong horse battery staple")
    unknown = await sign_in(http, "nobody@example.org")

    assert refusal(wrong) == refusal(unknown) == (401, "/problems/not-authenticated")
    assert wrong.content == unknown.content
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


async def test_an_admin_signs_in_with_a_code_and_each_code_once(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, now: datetime
) -> None:
    email = f"{uuid7().hex}@example.org"
    admin = await service.create_admin(session, email=email, password=PASSWORD, vault=parts.vault, now=now)
    await session.commit()
    code = pyotp.TOTP(admin.totp_secret).at(datetime.now(UTC))

    without = await sign_in(http, email)
    guessed = await sign_in(http, email, password="wrong horse battery staple")
    signed_in = await sign_in(http, email, otp=code)
    replayed = await sign_in(http, email, otp=code)

    assert refusal(without) == (401, "/problems/otp-required")
    assert refusal(guessed) == (401, "/problems/not-authenticated")
    assert signed_in.status_code == 201
    assert refusal(replayed) == (401, "/problems/not-authenticated")


async def test_a_refresh_token_rotates_and_repeats_its_answer(http: httpx.AsyncClient, address: str) -> None:
    first = (await sign_in(http, address)).json()["refresh_token"]

    second = await http.post("/v1/sessions/refresh", json={"refresh_token": first})
    repeated = await http.post("/v1/sessions/refresh", json={"refresh_token": first})

    assert second.status_code == repeated.status_code == 200
    assert set(second.json()) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert first != second.json()["refresh_token"] == repeated.json()["refresh_token"]
    assert await me(http, bearer(second)) == 200


async def test_an_invented_refresh_token_is_refused(http: httpx.AsyncClient) -> None:
    refused = await http.post("/v1/sessions/refresh", json={"refresh_token": "invented"})

    assert refusal(refused) == (401, "/problems/not-authenticated")


async def test_signing_out_here_ends_access_at_once_and_nowhere_else(http: httpx.AsyncClient, address: str) -> None:
    here, elsewhere = await sign_in(http, address), await sign_in(http, address)

    ended = await http.delete("/v1/sessions/current", headers=bearer(here))

    assert (ended.status_code, ended.content) == (204, b"")
    assert await me(http, bearer(here)) == 401
    assert await me(http, bearer(elsewhere)) == 200
    refreshed = await http.post("/v1/sessions/refresh", json={"refresh_token": here.json()["refresh_token"]})
    assert refreshed.status_code == 401
    again = await http.delete("/v1/sessions/current", headers=bearer(here))
    assert again.status_code == 401


async def test_signing_out_everywhere_ends_every_access(http: httpx.AsyncClient, address: str) -> None:
    here, elsewhere = await sign_in(http, address), await sign_in(http, address)

    ended = await http.delete("/v1/sessions", headers=bearer(here))

    assert ended.status_code == 204
    assert [await me(http, bearer(each)) for each in (here, elsewhere)] == [401, 401]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Basic YWRhOmFkYQ=="},
        {"Authorization": "Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/accounts/me"), ("DELETE", "/v1/sessions/current"), ("DELETE", "/v1/sessions")],
)
async def test_a_broken_token_is_nobodys(
    http: httpx.AsyncClient, headers: dict[str, str], method: str, path: str
) -> None:
    refused = await http.request(method, path, headers=headers)

    assert refusal(refused) == (401, "/problems/not-authenticated")
    assert refused.json()["next_steps"]


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_sees_its_own_account(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, role: Role
) -> None:
    person = await accounts.signed_in(session, parts, role=role)

    account = (await http.get("/v1/accounts/me", headers=person.headers)).json()

    assert (account["id"], account["role"]) == (str(person.actor.account_id), role.value)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.org"},
        {"email": "ada@example.org", "password": PASSWORD, "role": "admin"},
        {"email": "ada@example.org", "password": "x" * 1001},
        {"email": ["ada@example.org"], "password": PASSWORD},
        {"email": "ada@example.org", "password": PASSWORD, "otp": 123456},
    ],
)
async def test_a_bad_body_is_refused_without_repeating_it(http: httpx.AsyncClient, body: dict[str, object]) -> None:
    refused = await http.post("/v1/sessions", json=body)

    assert refusal(refused) == (422, "/problems/validation-failed")
    assert "x" * 20 not in refused.text
    assert PASSWORD not in refused.text
