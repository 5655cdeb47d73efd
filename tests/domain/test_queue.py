"""The queue on real connections: a worker sees only what was committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from domain.database import Address, Database, DriverConnection, server_settings
from domain.ids import uuid7
from domain.job import JobName
from domain.queue import RETRY_DELAYS, Worker, enqueue

JOB = JobName.NOTICE_DELIVER
CANARY = "what ada@example.org told us"


@dataclass(slots=True)
class Handled:
    """A handler that notes what it was given, and fails a row as often as it was told to."""

    failures: dict[UUID, int] = field(default_factory=dict)
    rows: list[UUID] = field(default_factory=list)

    async def __call__(self, row_id: UUID) -> None:
        self.rows.append(row_id)
        left = self.failures.get(row_id, 0)
        if left:
            self.failures[row_id] = left - 1
            raise LookupError(CANARY)


@dataclass(slots=True)
class Connections:
    """Opens a worker's connections, as the service's role, and remembers their processes."""

    address: Address
    pids: list[int] = field(default_factory=list)

    async def open(self) -> DriverConnection:
        opened = await asyncpg.connect(
            self.address.dsn(), server_settings=server_settings(role="attune_service", clock_offset_seconds=0)
        )
        self.pids.append(opened.get_server_pid())
        return opened


@pytest.fixture
def connections(server_address: Address) -> Connections:
    return Connections(address=server_address)


@pytest.fixture
async def owner(server_address: Address) -> AsyncIterator[DriverConnection]:
    """The owner's connection; the queue is emptied before and after."""
    opened = await asyncpg.connect(server_address.dsn())
    await opened.execute("TRUNCATE pgqueuer, pgqueuer_log")
    yield opened
    await opened.execute("TRUNCATE pgqueuer, pgqueuer_log")
    await opened.close()


@asynccontextmanager
async def working(connections: Connections, handled: Handled) -> AsyncIterator[None]:
    worker = Worker(connect=connections.open, handlers={JOB: handled})
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait_for(running, 10)


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await met():  # noqa: ASYNC110 - the database says it to nobody
            await asyncio.sleep(0.05)


async def committed(database: Database, row_id: UUID) -> None:
    async with database.transaction() as session:
        await enqueue(session, job=JOB, row_id=row_id)


async def jobs_of(owner: DriverConnection, row_id: UUID) -> list[str]:
    rows = await owner.fetch("SELECT status::text FROM pgqueuer WHERE payload = $1", row_id.bytes)
    return [row["status"] for row in rows]


async def test_a_job_is_gone_with_the_transaction_that_enqueued_it(database: Database, owner: DriverConnection) -> None:
    row_id = uuid7()

    async with database.write() as session:
        await enqueue(session, job=JOB, row_id=row_id)
        seen_within = await session.scalar(
            text("SELECT count(*) FROM pgqueuer WHERE payload = :row"), {"row": row_id.bytes}
        )
        seen_outside = await jobs_of(owner, row_id)
        await session.rollback()

    assert seen_within == 1
    assert seen_outside == await jobs_of(owner, row_id) == []


async def test_a_job_is_there_when_its_transaction_has_committed(database: Database, owner: DriverConnection) -> None:
    row_id = uuid7()

    await committed(database, row_id)

    assert await jobs_of(owner, row_id) == ["queued"]


async def test_a_row_waits_once_however_often_it_is_enqueued(database: Database, owner: DriverConnection) -> None:
    row_id = uuid7()

    for _ in range(3):
        await committed(database, row_id)
    async with database.transaction() as session:
        await enqueue(session, job=JOB, row_id=row_id)
        await enqueue(session, job=JOB, row_id=row_id)

    assert await jobs_of(owner, row_id) == ["queued"]


async def test_a_job_holds_its_rows_id_and_nothing_else(database: Database, owner: DriverConnection) -> None:
    row_id = uuid7()

    await committed(database, row_id)

    job = await owner.fetchrow("SELECT entrypoint, payload, headers #>> '{}', dedupe_key FROM pgqueuer")
    assert job is not None
    assert tuple(job) == (JOB.value, row_id.bytes, None, f"{JOB.value}:{row_id}")


async def test_waiting_and_new_jobs_are_worked_once(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    before, after, handled = uuid7(), uuid7(), Handled()
    await committed(database, before)

    async def all_gone() -> bool:
        return not await jobs_of(owner, before) and not await jobs_of(owner, after) and len(handled.rows) > 1

    async with working(connections, handled):
        await until_handled(handled, before)
        await committed(database, after)
        await until(all_gone)

    assert handled.rows == [before, after]


async def test_a_row_can_be_enqueued_again_once_it_was_worked(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    row_id, handled = uuid7(), Handled()

    async def gone() -> bool:
        return not await jobs_of(owner, row_id)

    async with working(connections, handled):
        await committed(database, row_id)
        await until(gone)
        await committed(database, row_id)
        await until(gone)

    assert handled.rows == [row_id, row_id]


async def test_a_failed_job_is_tried_again_later(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    row_id = uuid7()
    handled = Handled(failures={row_id: 1})
    await committed(database, row_id)

    async def waits_again() -> bool:
        due = "SELECT count(*) FROM pgqueuer WHERE payload = $1 AND attempts = 1 AND execute_after > created"
        return bool(await owner.fetchval(due, row_id.bytes))

    async def tried_twice() -> bool:
        return len(handled.rows) == 2 and not await jobs_of(owner, row_id)

    async with working(connections, handled):
        await until(waits_again)
        await until(tried_twice)

    assert handled.rows == [row_id, row_id]


async def test_a_job_that_keeps_failing_is_held_for_a_person(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    row_id = uuid7()
    handled = Handled(failures={row_id: 99})
    await committed(database, row_id)
    await owner.execute("UPDATE pgqueuer SET attempts = $1", len(RETRY_DELAYS))

    async def held() -> bool:
        return await jobs_of(owner, row_id) == ["failed"]

    async with working(connections, handled):
        await until(held)

    assert handled.rows == [row_id]


async def test_what_a_failing_handler_says_is_kept_nowhere(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    retried, held = uuid7(), uuid7()
    handled = Handled(failures={retried: 1, held: 99})
    await committed(database, held)
    await owner.execute("UPDATE pgqueuer SET attempts = $1", len(RETRY_DELAYS))
    await committed(database, retried)

    async def done() -> bool:
        return await jobs_of(owner, held) == ["failed"] and not await jobs_of(owner, retried)

    async with working(connections, handled):
        await until(done)

    kept = "SELECT coalesce(string_agg(t::text, ' '), '') FROM {} t"
    log = await owner.fetchval(kept.format("pgqueuer_log"))
    assert "LookupError" in log  # what kind it was is told
    assert CANARY not in log
    assert CANARY not in await owner.fetchval(kept.format("pgqueuer"))


async def test_a_worker_outlives_its_connection(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    first, second, handled = uuid7(), uuid7(), Handled()

    async with working(connections, handled):
        await committed(database, first)
        await until_handled(handled, first)
        assert await owner.fetchval("SELECT pg_terminate_backend($1)", connections.pids[0])
        await committed(database, second)
        await until_handled(handled, second)

    assert len(connections.pids) == 2


async def test_a_worker_waits_for_a_database_that_is_away(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    row_id, handled, refusals = uuid7(), Handled(), [OSError("no route"), TimeoutError()]
    await committed(database, row_id)

    async def open_at_last() -> DriverConnection:
        if refusals:
            raise refusals.pop()
        return await connections.open()

    worker = Worker(connect=open_at_last, handlers={JOB: handled})
    running = asyncio.create_task(worker.run())
    await until_handled(handled, row_id)
    worker.stop()
    await asyncio.wait_for(running, 10)

    assert not refusals


async def test_a_job_in_hand_is_finished_when_the_worker_stops(
    database: Database, owner: DriverConnection, connections: Connections
) -> None:
    row_id, begun, finished = uuid7(), asyncio.Event(), asyncio.Event()
    await committed(database, row_id)

    async def slow(_row_id: UUID) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        finished.set()

    worker = Worker(connect=connections.open, handlers={JOB: slow})
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 10)
    worker.stop()
    await asyncio.wait_for(running, 10)

    assert finished.is_set()
    assert await jobs_of(owner, row_id) == []


async def until_handled(handled: Handled, row_id: UUID) -> None:
    async def seen() -> bool:
        return row_id in handled.rows

    await until(seen)
