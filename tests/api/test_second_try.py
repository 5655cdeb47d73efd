"""What PostgreSQL gives up for another's sake is worked again, whole, and a bounded number of times."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy.exc import DBAPIError

from api import problems, second_try
from api.strict_json import StrictRoute


class Given(Exception):
    """What the driver raises."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("given up")
        self.sqlstate = sqlstate


class Attempts:
    """Fails as often as told, and counts what was begun and what was ended well."""

    def __init__(self, *, failures: int, sqlstate: str) -> None:
        self.failures, self.sqlstate = failures, sqlstate
        self.begun = self.committed = 0
        self.bodies: list[dict[str, str]] = []

    async def transaction(self) -> AsyncIterator[None]:
        self.begun += 1
        yield
        if self.begun <= self.failures:  # as a commit that fails: after the work, before the answer
            raise DBAPIError("COMMIT", None, Given(self.sqlstate))
        self.committed += 1


def client_of(attempts: Attempts) -> httpx.AsyncClient:
    inner, outer, app = APIRouter(prefix="/inner", route_class=StrictRoute), APIRouter(prefix="/v1"), FastAPI()

    @inner.post("", status_code=201)
    async def create(
        body: dict[str, str], _transaction: Annotated[None, Depends(attempts.transaction, scope="function")]
    ) -> dict[str, str]:
        attempts.bodies.append(body)
        return body

    outer.include_router(inner)
    app.include_router(outer)
    problems.install(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://attune.test")


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
async def test_a_deadlock_is_worked_again_with_the_same_body(sqlstate: str) -> None:
    attempts = Attempts(failures=2, sqlstate=sqlstate)

    async with client_of(attempts) as client:
        answer = await client.post("/v1/inner", json={"name": "value"})

    assert (answer.status_code, answer.json()) == (201, {"name": "value"})
    assert (attempts.begun, attempts.committed) == (3, 1)
    assert attempts.bodies == [{"name": "value"}] * 3


async def test_it_is_not_tried_for_ever_and_never_a_500() -> None:
    attempts = Attempts(failures=100, sqlstate="40P01")

    async with client_of(attempts) as client:
        answer = await client.post("/v1/inner", json={})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert (attempts.begun, attempts.committed) == (second_try.TRIES, 0)


async def test_what_a_second_try_would_not_mend_is_tried_once() -> None:
    attempts = Attempts(failures=1, sqlstate="57014")

    async with client_of(attempts) as client:
        answer = await client.post("/v1/inner", json={})

    assert (answer.status_code, attempts.begun) == (503, 1)


async def test_a_body_in_pieces_is_kept_whole() -> None:
    attempts = Attempts(failures=1, sqlstate="40P01")
    pieces: Callable[[], AsyncIterator[bytes]] = _pieces

    async with client_of(attempts) as client:
        answer = await client.post("/v1/inner", content=pieces(), headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (201, {"a": "b"})


async def _pieces() -> AsyncIterator[bytes]:
    for piece in (b'{"a":', b' "b"', b"}"):
        yield piece
