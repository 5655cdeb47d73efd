"""Real deadlocks: another connection takes the same locks in the opposite order, and PostgreSQL gives up the request's.

The other one waits long before it looks for deadlocks, so that it is always the request's transaction that goes. It
keeps the lock that the request waits for, and gives back the one it got, so that each try meets the same again.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select

from api import second_try
from api.app import create_app
from api.parts import Parts
from domain.booking.tables import Booking
from domain.database import Address, DriverConnection
from tests.build import booked
from tests.build.booked import Scene

ANSWER_WITHIN_SECONDS = 20
# of the locks, not of pg_stat_activity, which shows a transaction no backend that came later
A_BACKEND_WAITS_FOR = "SELECT count(*) FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))"


@pytest.fixture
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app over connections that commit."""
    transport = httpx.ASGITransport(app=create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        yield client


@pytest.fixture
async def other(server_address: Address) -> AsyncIterator[DriverConnection]:
    """A connection that never gives up; the request's looks for deadlocks once, when this one has had time to come."""
    opened = await asyncpg.connect(server_address.dsn())
    await opened.execute("ALTER SYSTEM SET deadlock_timeout = '900ms'")
    await opened.execute("SELECT pg_reload_conf()")
    await opened.execute("SET deadlock_timeout = '1min'")
    yield opened
    await opened.execute("ALTER SYSTEM RESET deadlock_timeout")
    await opened.execute("SELECT pg_reload_conf()")
    await opened.close()


@pytest.fixture
async def scene(parts: Parts) -> Scene:
    async with parts.database.write() as session:
        return await booked.scene(session, parts)


async def hold(http: httpx.AsyncClient, scene: Scene, *, key: str) -> httpx.Response:
    return await http.post(
        "/v1/holds",
        json=booked.body(scene.therapist_id),
        headers=scene.client.headers | {"Idempotency-Key": key},
    )


async def in_each_others_way(other: DriverConnection, scene: Scene, *, times: int) -> None:
    """Take the license, which a request locks second, and so many times the client, whom it locks first."""
    license_, client = scene.therapist_id, scene.client.actor.client_id
    transaction = other.transaction()
    await transaction.start()
    await other.execute("SELECT FROM license WHERE therapist_id = $1 FOR UPDATE", license_)
    for _ in range(times):
        await somebody_waits_for(other)
        savepoint = other.transaction()
        await savepoint.start()
        await other.execute("SELECT FROM client WHERE id = $1 FOR UPDATE", UUID(str(client)))
        await savepoint.rollback()
    await transaction.rollback()


async def somebody_waits_for(other: DriverConnection) -> None:
    pid = other.get_server_pid()
    while not await other.fetchval(A_BACKEND_WAITS_FOR, pid):  # noqa: ASYNC110 - PostgreSQL tells nobody
        await asyncio.sleep(0.005)


async def tried_again() -> float:
    [metric] = second_try.TRIED_AGAIN.collect()
    return next(sample.value for sample in metric.samples if sample.name.endswith("_total"))


async def holds(parts: Parts, scene: Scene) -> int:
    async with parts.database.read() as session:
        own = select(func.count()).where(Booking.client_id == scene.client.actor.client_id)
        return await session.scalar(own) or 0


@pytest.mark.parametrize("times", [1, second_try.TRIES - 1])
async def test_a_deadlock_is_tried_again_and_ends_well(
    parts: Parts, http: httpx.AsyncClient, other: DriverConnection, scene: Scene, times: int
) -> None:
    before = await tried_again()

    async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
        _, answer = await asyncio.gather(
            in_each_others_way(other, scene, times=times), hold(http, scene, key="deadlocked")
        )

    assert answer.status_code == 201, answer.text
    assert await tried_again() - before == times
    assert await holds(parts, scene) == 1
    again = await hold(http, scene, key="deadlocked")
    assert (again.text, again.headers["Idempotent-Replayed"]) == (answer.text, "true")


async def test_deadlocks_without_end_are_answered_by_a_call_to_come_again(
    parts: Parts, http: httpx.AsyncClient, other: DriverConnection, scene: Scene
) -> None:
    before = await tried_again()

    async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
        _, answer = await asyncio.gather(
            in_each_others_way(other, scene, times=second_try.TRIES), hold(http, scene, key="deadlocked")
        )

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["Retry-After"]
    assert answer.json()["next_steps"]
    assert await tried_again() - before == second_try.TRIES - 1
    assert await holds(parts, scene) == 0
    assert (await hold(http, scene, key="deadlocked")).status_code == 201
