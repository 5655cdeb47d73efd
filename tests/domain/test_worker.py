import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import QueuePool

from domain import worker
from domain.access.actor import Role
from domain.accounts.tables import Registration
from domain.database import Database
from domain.ids import AccountId, RegistrationId, uuid7
from domain.replay.tables import StoredReply
from domain.settings import Settings
from domain.throttle.tables import ThrottleCounter
from domain.worker import SWEEP_LOCK, Working

NOW = datetime.now(UTC)
MARK = b"test-of-the-worker"


def rows_of(*, at: datetime) -> tuple[Registration, StoredReply, ThrottleCounter]:
    """Give one row each of what is forgotten after a while, as of an instant."""
    return (
        Registration(
            id=RegistrationId(uuid7()), email="ada@example.org", password_hash="x", role=Role.CLIENT,
            time_zone="UTC", token_digest=uuid7().bytes + MARK, created_at=at, expires_at=at + timedelta(hours=24),
            used_at=None,
        ),
        StoredReply(
            id=uuid7(), account_id=AccountId(uuid7()), key_digest=MARK, request_digest=MARK, status=201,
            body_sealed=b"", created_at=at,
        ),
        ThrottleCounter(bucket=MARK, window_ends_at=at + timedelta(minutes=15), spent=1),
    )  # fmt: skip


async def counts(session: AsyncSession) -> tuple[int, ...]:
    """Give how many registrations, replies and counters of these tests are there."""
    found = [
        await session.scalar(select(func.count()).where(Registration.email == "ada@example.org")),
        await session.scalar(select(func.count()).where(StoredReply.key_digest == MARK)),
        await session.scalar(select(func.count()).where(ThrottleCounter.bucket == MARK)),
    ]
    return tuple(each or 0 for each in found)


@pytest.fixture
async def working(service_settings: Settings, database: Database) -> AsyncIterator[Working]:
    made = worker.create(service_settings)
    yield made
    await made.database.close()
    async with database.transaction() as session:
        await session.execute(delete(Registration).where(Registration.email == "ada@example.org"))
        await session.execute(delete(StoredReply).where(StoredReply.key_digest == MARK))


async def test_what_is_past_its_time_is_swept_and_nothing_else(working: Working, database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(rows_of(at=NOW - timedelta(days=3)))
        session.add_all(rows_of(at=NOW)[:1])
        before = await counts(session)

    await working.sweep()

    async with database.read() as session:
        after = await counts(session)
    assert (before, after) == ((2, 1, 1), (1, 0, 0))


async def test_a_sweep_that_fails_leaves_the_others_alone(working: Working) -> None:
    swept = []

    async def breaks(session: AsyncSession, *, now: datetime) -> int:
        await session.execute(select(func.no_such_function()))
        return 0

    async def works(session: AsyncSession, *, now: datetime) -> int:
        swept.append("works")
        return 1

    await replace(working, sweeps=(("breaks", breaks), ("works", works))).sweep()

    assert swept == ["works"]


async def test_a_sweep_runs_in_one_process_at_a_time(working: Working, database: Database) -> None:
    swept = []

    async def first(session: AsyncSession, *, now: datetime) -> int:
        swept.append("first")
        return 0

    async def second(session: AsyncSession, *, now: datetime) -> int:
        swept.append("second")
        return 0

    async with database.write() as another_process:
        await another_process.scalar(select(func.pg_advisory_xact_lock(SWEEP_LOCK)))
        await replace(working, sweeps=(("first", first), ("second", second))).sweep()
        await another_process.rollback()

    assert swept == ["second"]


async def test_every_table_that_is_to_be_forgotten_has_its_sweep(working: Working) -> None:
    names = [name for name, _ in working.sweeps]
    assert names == [
        "notices",
        "notices_given_up",
        "stored_replies",
        "counters",
        "registrations",
        "waits_past",
        "licenses_lost",
        "sessions_without_a_word",
        "holds_run_out",
        "licenses_ending",
        "licenses_watched",
        "busy_calendars",
    ]


async def test_a_worker_told_to_stop_ends_and_closes_its_connections(service_settings: Settings) -> None:
    made = worker.create(service_settings)
    running = asyncio.create_task(made.run())
    await asyncio.sleep(0.3)

    made.stop()
    await asyncio.wait_for(running, 10)

    assert isinstance(made.database.engine.pool, QueuePool)
    assert made.database.engine.pool.checkedin() == made.database.engine.pool.checkedout() == 0


def test_a_worker_needs_a_database() -> None:
    with pytest.raises(ValueError, match="database URL"):
        worker.create(Settings.model_validate({"database_url": None}))
