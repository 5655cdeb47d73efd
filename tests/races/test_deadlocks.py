"""A transaction that PostgreSQL gives up is worked again: here a trigger gives it up, as often as it is told.

Two transactions that really wait for each other are in `real_deadlocks.py`, which `make races` runs: they need time to
come about, which a busy machine does not always give.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select

from api import second_try
from api.app import create_app
from api.parts import Parts
from domain.booking.tables import Booking
from domain.database import Address
from tests.build import booked
from tests.build.booked import Scene

GivingUp = Callable[[int, str], Awaitable[None]]


@pytest.fixture
async def giving_up(server_address: Address) -> AsyncIterator[GivingUp]:
    """Let the next so many bookings be given up with a state; what a sequence counts is not rolled back with them."""
    owner = await asyncpg.connect(server_address.dsn())

    async def give_up(times: int, state: str) -> None:
        await owner.execute("CREATE SEQUENCE tried; GRANT USAGE ON SEQUENCE tried TO attune_service")
        await owner.execute(
            "CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF nextval('tried') <= {times} THEN RAISE EXCEPTION 'given up' USING ERRCODE = '{state}'; END IF; "
            "RETURN NEW; END $$"
        )
        await owner.execute("CREATE TRIGGER give_up BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION give_up()")

    try:
        yield give_up
    finally:
        await owner.execute("DROP TRIGGER IF EXISTS give_up ON booking")
        await owner.execute("DROP FUNCTION IF EXISTS give_up()")
        await owner.execute("DROP SEQUENCE IF EXISTS tried")
        await owner.close()


@pytest.fixture
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app over connections that commit."""
    transport = httpx.ASGITransport(app=create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        yield client


@pytest.fixture
async def scene(parts: Parts) -> Scene:
    async with parts.database.write() as session:
        return await booked.scene(session, parts)


async def hold(http: httpx.AsyncClient, scene: Scene) -> httpx.Response:
    return await http.post(
        "/v1/holds",
        json=booked.body(scene.therapist_id),
        headers=scene.client.headers | {"Idempotency-Key": "given up"},
    )


async def holds(parts: Parts, scene: Scene) -> int:
    async with parts.database.read() as session:
        own = select(func.count()).where(Booking.client_id == scene.client.actor.client_id)
        return await session.scalar(own) or 0


def tried_again() -> float:
    [metric] = second_try.TRIED_AGAIN.collect()
    return next(sample.value for sample in metric.samples if sample.name.endswith("_total"))


@pytest.mark.parametrize("state", sorted(second_try.STATES))
@pytest.mark.parametrize("times", [1, second_try.TRIES - 1])
async def test_what_is_given_up_is_tried_again_and_ends_well(
    parts: Parts, http: httpx.AsyncClient, scene: Scene, giving_up: GivingUp, times: int, state: str
) -> None:
    await giving_up(times, state)
    before = tried_again()

    answer = await hold(http, scene)

    assert answer.status_code == 201, answer.text
    assert tried_again() - before == times
    assert await holds(parts, scene) == 1
    again = await hold(http, scene)
    assert (again.text, again.headers["Idempotent-Replayed"]) == (answer.text, "true")


async def test_without_end_it_is_answered_by_a_call_to_come_again(
    parts: Parts, http: httpx.AsyncClient, scene: Scene, giving_up: GivingUp
) -> None:
    await giving_up(second_try.TRIES, "40P01")

    answer = await hold(http, scene)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["Retry-After"]
    assert answer.json()["next_steps"]
    assert await holds(parts, scene) == 0
    assert (await hold(http, scene)).status_code == 201
