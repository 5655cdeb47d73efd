from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import AccountId, uuid7
from domain.replay import service as replay
from domain.replay.service import KeyReused, Reply, Request
from domain.replay.tables import StoredReply

REPLY = Reply(status=201, body='{"id":"1","narrative":"my own words, ü"}')


@pytest.fixture
def request_() -> Request:
    return Request(account_id=AccountId(uuid7()), key="key-1", digest=b"d" * 32)


async def keep(session: AsyncSession, parts: Parts, request: Request, *, now: datetime) -> None:
    assert await replay.stored(session, request=request, vault=parts.vault) is None
    replay.store(session, request=request, reply=REPLY, vault=parts.vault, now=now)
    await session.flush()
    session.expunge_all()


async def test_a_repeat_is_answered_as_the_first_was(
    session: AsyncSession, parts: Parts, request_: Request, now: datetime
) -> None:
    await keep(session, parts, request_, now=now)

    assert await replay.stored(session, request=request_, vault=parts.vault) == REPLY


async def test_a_key_used_for_another_request_is_refused(
    session: AsyncSession, parts: Parts, request_: Request, now: datetime
) -> None:
    await keep(session, parts, request_, now=now)

    with pytest.raises(KeyReused):
        await replay.stored(session, request=replace(request_, digest=b"e" * 32), vault=parts.vault)


async def test_a_key_is_each_accounts_own(
    session: AsyncSession, parts: Parts, request_: Request, now: datetime
) -> None:
    await keep(session, parts, request_, now=now)
    somebody_else = replace(request_, account_id=AccountId(uuid7()))

    assert await replay.stored(session, request=somebody_else, vault=parts.vault) is None


async def test_neither_the_key_nor_the_reply_stands_in_the_table(
    session: AsyncSession, parts: Parts, request_: Request, now: datetime
) -> None:
    await keep(session, parts, request_, now=now)

    row = (await session.scalars(select(StoredReply).where(StoredReply.account_id == request_.account_id))).one()
    assert b"narrative" not in row.body_sealed
    assert request_.key.encode() not in row.key_digest


@pytest.mark.parametrize(("hours", "gone"), [(24, 0), (48, 0), (49, 1)])
async def test_a_reply_is_kept_for_two_days(
    session: AsyncSession, parts: Parts, request_: Request, now: datetime, hours: int, gone: int
) -> None:
    long_ago = now - timedelta(days=3650)
    await keep(session, parts, request_, now=long_ago)

    assert await replay.forget_old(session, now=long_ago + timedelta(hours=hours)) == gone
