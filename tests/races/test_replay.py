"""One idempotency key used by several at once, over connections that really run side by side."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select

from api.parts import Parts
from domain.ids import AccountId, uuid7
from domain.replay import service as replay
from domain.replay.service import KeyInUse, Reply, Request
from domain.replay.tables import StoredReply

NOW = datetime.now(UTC)
REPLY = Reply(status=201, body='{"id":"1"}')


@pytest.fixture
async def request_(parts: Parts) -> AsyncIterator[Request]:
    asked = Request(account_id=AccountId(uuid7()), key="key-1", digest=b"d" * 32)
    yield asked
    async with parts.database.transaction() as session:
        await session.execute(delete(StoredReply).where(StoredReply.account_id == asked.account_id))


async def answered(parts: Parts, request: Request, *, working: asyncio.Event, finish: asyncio.Event) -> Reply:
    async with parts.database.transaction() as session:
        before = await replay.stored(session, request=request, vault=parts.vault)
        if before is None:
            working.set()
            await asyncio.wait_for(finish.wait(), 5)
            replay.store(session, request=request, reply=REPLY, vault=parts.vault, now=NOW)
        return before or REPLY


async def test_of_two_at_once_with_one_key_one_works_and_the_other_is_told(parts: Parts, request_: Request) -> None:
    working, finish = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(answered(parts, request_, working=working, finish=finish))
    await working.wait()

    with pytest.raises(KeyInUse):
        await answered(parts, request_, working=working, finish=finish)
    finish.set()

    assert await first == REPLY
    assert await answered(parts, request_, working=working, finish=finish) == REPLY


async def test_many_at_once_do_the_work_once(parts: Parts, request_: Request) -> None:
    working, finish = asyncio.Event(), asyncio.Event()
    finish.set()

    outcomes = await asyncio.gather(
        *(answered(parts, request_, working=working, finish=finish) for _ in range(12)), return_exceptions=True
    )

    assert all(isinstance(outcome, Reply | KeyInUse) for outcome in outcomes)
    assert any(isinstance(outcome, Reply) for outcome in outcomes)
    async with parts.database.read() as session:
        kept = select(func.count()).select_from(StoredReply).where(StoredReply.account_id == request_.account_id)
        assert await session.scalar(kept) == 1


async def test_a_crash_before_the_commit_leaves_nothing_and_frees_the_key(parts: Parts, request_: Request) -> None:
    session = parts.database.write()
    await replay.stored(session, request=request_, vault=parts.vault)
    replay.store(session, request=request_, reply=REPLY, vault=parts.vault, now=NOW)
    await session.flush()
    connection = await (await session.connection()).get_raw_connection()
    assert connection.driver_connection is not None
    connection.driver_connection.terminate()  # the process is gone, as far as PostgreSQL can tell
    await session.invalidate()

    async with asyncio.timeout(5):
        while True:
            try:
                async with parts.database.transaction() as another:
                    assert await replay.stored(another, request=request_, vault=parts.vault) is None
                break
            except KeyInUse:  # until PostgreSQL has noticed
                await asyncio.sleep(0.05)
