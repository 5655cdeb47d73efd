"""Hostile input: a clear 4xx, no echo of what was sent, nothing stored."""

import json

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MARKER = "m4rk3r-of-what-was-sent"
REGISTER = {
    "email": f"{MARKER}@example.org",
    "password": "correct horse battery staple 42!",
    "role": "client",
    "time_zone": "America/New_York",
}


def registered_with(**changes: object) -> bytes:
    return json.dumps({**REGISTER, **changes}).encode()


HOSTILE = {
    "null byte in a value": registered_with(email=f"{MARKER}\x00@example.org"),
    "null byte in a key": registered_with(**{f"{MARKER}\x00": 1}),
    "lone surrogate": registered_with(email="\ud800@example.org"),
    "NaN": registered_with(email=1).replace(b": 1,", b": NaN,"),
    "Infinity": registered_with(email=1).replace(b": 1,", b": Infinity,"),
    "1e999": registered_with(email=1).replace(b": 1,", b": 1e999,"),
    "5000 digits": registered_with(email=1).replace(b": 1,", b": " + b"9" * 5000 + b","),
    "nested 300 deep": b'{"email":' + b"[" * 300 + b"]" * 300 + b"}",
    "nested 100000 deep": b"[" * 100_000 + b"]" * 100_000,
    "byte order mark": b"\xef\xbb\xbf" + registered_with(),
    "UTF-16": json.dumps(REGISTER).encode("utf-16"),
    "bad UTF-8": registered_with().replace(b"@", b"\xff@"),
    "overlong UTF-8": registered_with().replace(b"@", b"\xc0\x80@"),
    "a list": b"[]",
    "a string": b'"x"',
    "nothing": b"",
    "null": b"null",
    "cut short": registered_with()[:-5],
    "unknown key": registered_with(**{MARKER: "x"}),
    "unknown zone": registered_with(time_zone="Mars/Olympus"),
    "a path as zone": registered_with(time_zone="../../etc/passwd"),
    "unknown role": registered_with(role="admin"),
    "wrong type": registered_with(email=[MARKER]),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_json_is_refused_without_an_echo(
    http: httpx.AsyncClient, session: AsyncSession, body: bytes
) -> None:
    response = await http.post("/v1/accounts", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "/problems/validation-failed"
    assert problem["errors"]
    assert problem["next_steps"]
    values = json.dumps([error["detail"] for error in problem["errors"]]) + problem["detail"]
    assert MARKER not in values
    assert await session.scalar(text("SELECT count(*) FROM registration")) == 0


async def test_a_body_of_five_megabytes_is_too_large(http: httpx.AsyncClient) -> None:
    body = json.dumps({"text": "x" * 5_000_000}).encode()

    response = await http.post("/v1/interpretations", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 413
    assert response.json()["type"] == "/problems/too-large"
    assert response.json()["next_steps"]


async def test_a_large_body_without_a_length_is_too_large_too(http: httpx.AsyncClient) -> None:
    async def chunks() -> object:
        for _ in range(80):
            yield b"x" * 65_536

    response = await http.post(
        "/v1/interpretations",
        content=chunks(),  # type: ignore[arg-type]  # an async generator is what httpx takes for chunks
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 413
    assert response.json()["type"] == "/problems/too-large"


@pytest.mark.parametrize("path", ["/v1/therapists/%00", "/v1/concepts?kind=%00", "/v1/therapists/not-a-uuid"])
async def test_a_null_byte_or_nonsense_in_the_address_is_refused(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/validation-failed"


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u00ff", "x" * 5000])
async def test_a_broken_token_is_not_authenticated(http: httpx.AsyncClient, token: str) -> None:
    response = await http.get("/v1/accounts/me", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])

    assert response.status_code == 401
    assert response.json()["type"] == "/problems/not-authenticated"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_body_that_can_t_be_read_is_told_why(http: httpx.AsyncClient) -> None:
    too_many = await http.post("/v1/accounts", json=[0] * 5001)
    broken = await http.post("/v1/accounts", content=b"{", headers={"Content-Type": "application/json"})

    assert too_many.json()["errors"] == [{"pointer": "", "detail": "The body holds too many values."}]
    assert broken.json()["errors"] == [{"pointer": "", "detail": "The body is not JSON that can be read."}]


async def test_no_more_flaws_are_named_than_anybody_reads(http: httpx.AsyncClient) -> None:
    refused = await http.post("/v1/accounts", json={str(number): 0 for number in range(4000)})

    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 100
