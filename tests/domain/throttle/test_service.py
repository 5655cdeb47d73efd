import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import Database
from domain.ids import uuid7
from domain.throttle import service as throttle
from domain.throttle.service import Limit, RateLimited
from domain.throttle.tables import ThrottleCounter

LIMIT = Limit(name="tests", attempts=3, window=timedelta(minutes=15))


@pytest.fixture
def somebody() -> str:
    return f"{uuid7().hex}@example.org"


async def spend(session: AsyncSession, *, of: str, now: datetime, times: int = 1, limit: Limit = LIMIT) -> None:
    for _ in range(times):
        await throttle.spend(session, limit=limit, of=of, now=now)


async def test_the_attempt_after_the_last_is_refused_until_the_window_ends(
    session: AsyncSession, somebody: str, now: datetime
) -> None:
    await spend(session, of=somebody, now=now, times=3)

    with pytest.raises(RateLimited) as refused:
        await spend(session, of=somebody, now=now + timedelta(minutes=5))

    assert 600 <= refused.value.retry_after_seconds <= 601


async def test_who_waits_as_long_as_told_may_try_again(session: AsyncSession, somebody: str, now: datetime) -> None:
    await spend(session, of=somebody, now=now, times=3)
    late = now + LIMIT.window - timedelta(milliseconds=1)
    with pytest.raises(RateLimited) as refused:
        await spend(session, of=somebody, now=late)
    assert refused.value.retry_after_seconds == 1

    await spend(session, of=somebody, now=late + timedelta(seconds=1), times=3)

    with pytest.raises(RateLimited):
        await spend(session, of=somebody, now=late + timedelta(seconds=1))


async def test_a_window_is_over_at_its_end(session: AsyncSession, somebody: str, now: datetime) -> None:
    await spend(session, of=somebody, now=now, times=3)

    await spend(session, of=somebody, now=now + LIMIT.window)


async def test_refused_attempts_do_not_lengthen_the_wait(session: AsyncSession, somebody: str, now: datetime) -> None:
    await spend(session, of=somebody, now=now, times=3)
    for minute in range(15):
        with pytest.raises(RateLimited):
            await spend(session, of=somebody, now=now + timedelta(minutes=minute))

    await spend(session, of=somebody, now=now + LIMIT.window)


async def test_people_and_kinds_of_attempt_are_counted_apart(
    session: AsyncSession, somebody: str, now: datetime
) -> None:
    await spend(session, of=somebody, now=now, times=3)

    await spend(session, of=f"not {somebody}", now=now, times=3)
    await spend(session, of=somebody, now=now, times=3, limit=Limit(name="others", attempts=3, window=LIMIT.window))


async def test_forgotten_attempts_count_no_more(session: AsyncSession, somebody: str, now: datetime) -> None:
    await spend(session, of=somebody, now=now, times=3)

    await throttle.forget(session, limit=LIMIT, of=somebody)

    await spend(session, of=somebody, now=now, times=3)


@pytest.mark.parametrize(("factor", "attempts"), [(1.0, 3), (2.5, 7), (1000, 3000), (0.5, 1), (0.01, 1)])
def test_a_factor_multiplies_a_limit_and_leaves_one_attempt_at_least(factor: float, attempts: int) -> None:
    assert LIMIT.scaled(factor) == Limit(name="tests", attempts=attempts, window=LIMIT.window)


async def test_no_address_stands_in_the_table(session: AsyncSession, somebody: str, now: datetime) -> None:
    await spend(session, of=somebody, now=now)

    assert all(somebody.encode() not in bucket for bucket in await session.scalars(select(ThrottleCounter.bucket)))


async def test_only_counters_whose_window_has_ended_are_forgotten(
    session: AsyncSession, somebody: str, now: datetime
) -> None:
    long_ago = now - timedelta(days=3650)
    await spend(session, of=somebody, now=long_ago, times=3)

    assert await throttle.forget_old(session, now=long_ago + LIMIT.window) == 0
    with pytest.raises(RateLimited):
        await spend(session, of=somebody, now=long_ago)
    assert await throttle.forget_old(session, now=long_ago + LIMIT.window + timedelta(seconds=1)) == 1


@pytest.fixture
async def contested(database: Database, somebody: str) -> AsyncIterator[str]:
    """Somebody whose counter is committed by several connections, and removed afterwards."""
    yield somebody
    async with database.transaction() as session:
        await throttle.forget(session, limit=LIMIT, of=somebody)


async def test_attempts_at_once_are_counted_exactly(database: Database, contested: str, now: datetime) -> None:
    limit = Limit(name=LIMIT.name, attempts=10, window=LIMIT.window)

    async def attempt() -> bool:
        async with database.write() as session:
            try:
                await throttle.spend(session, limit=limit, of=contested, now=now)
            except RateLimited:
                return False
            finally:
                await session.commit()
        return True

    outcomes = await asyncio.gather(*(attempt() for _ in range(40)))

    assert outcomes.count(True) == 10
