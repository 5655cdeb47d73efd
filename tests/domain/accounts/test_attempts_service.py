from datetime import datetime, timedelta

import pytest

from domain.accounts import attempts_service
from domain.accounts.attempts_service import Attempt
from domain.database import Database
from domain.ids import uuid7
from domain.throttle.service import Limit, RateLimited

FEW = Limit(name="few", attempts=1, window=timedelta(minutes=15))
SOME = Limit(name="some", attempts=3, window=timedelta(minutes=15))


async def counted(database: Database, *attempts: Attempt, now: datetime) -> bool:
    try:
        await attempts_service.count(database, attempts=attempts, factor=1, now=now)
    except RateLimited:
        return False
    return True


async def test_what_one_limit_refuses_the_other_has_counted(test_database: Database, now: datetime) -> None:
    somebody = uuid7().hex
    both = (Attempt(limit=FEW, of=somebody), Attempt(limit=SOME, of=somebody))

    let_pass = [await counted(test_database, *both, now=now) for _ in range(3)]

    assert let_pass == [True, False, False]
    assert not await counted(test_database, Attempt(limit=SOME, of=somebody), now=now)


async def test_a_limit_is_each_ones_own_and_ends_with_its_window(test_database: Database, now: datetime) -> None:
    somebody = Attempt(limit=FEW, of=uuid7().hex)
    await counted(test_database, somebody, now=now)

    assert not await counted(test_database, somebody, now=now + timedelta(minutes=14))
    assert await counted(test_database, Attempt(limit=FEW, of=uuid7().hex), now=now)
    assert await counted(test_database, somebody, now=now + timedelta(minutes=15))


async def test_a_factor_widens_every_limit(test_database: Database, now: datetime) -> None:
    attempts = (Attempt(limit=FEW, of=uuid7().hex),)

    for _ in range(10):
        await attempts_service.count(test_database, attempts=attempts, factor=10, now=now)
    with pytest.raises(RateLimited):
        await attempts_service.count(test_database, attempts=attempts, factor=10, now=now)
