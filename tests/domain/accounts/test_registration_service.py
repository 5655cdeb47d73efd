from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.accounts import registration_service
from domain.accounts.registration_service import VALID_FOR, TokenUnusable, Wanted
from domain.accounts.tables import Account, Registration
from domain.database import Database
from domain.ids import uuid7
from domain.notices.message import NoticeKind
from domain.notices.tables import Notice
from domain.throttle.service import RateLimited
from tests.build import accounts
from tests.build.accounts import PASSWORD
from tests.build.notices import mailed_token, waiting_letters


def fresh_address() -> str:
    return f"{uuid7().hex}@example.org"


async def register(
    database: Database,
    parts: Parts,
    *,
    email: str,
    now: datetime,
    role: Role = Role.CLIENT,
    network_address: str = "192.0.2.1",
    rate_factor: float = 1000,
) -> None:
    await registration_service.register(
        database,
        wanted=Wanted(email=email, password=PASSWORD, role=role, time_zone="America/New_York"),
        network_address=network_address,
        rate_factor=rate_factor,
        vault=parts.vault,
        now=now,
    )


async def rows(session: AsyncSession) -> tuple[int, int]:
    registrations = await session.scalar(select(func.count()).select_from(Registration))
    notices = await session.scalar(select(func.count()).select_from(Notice))
    return registrations or 0, notices or 0


async def test_an_unknown_address_gets_a_token_and_no_account_yet(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()

    await register(test_database, parts, email=f" {address.upper()}", now=now)

    (letter,) = await waiting_letters(session, vault=parts.vault, to=address)
    assert letter.message.token is not None
    assert letter.message.token in letter.message.text
    assert await session.scalar(select(Account.id).where(Account.email == address)) is None


async def test_a_known_address_gets_a_letter_without_a_token(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    await accounts.account(session, role=Role.CLIENT, email=address)
    await session.commit()

    await register(test_database, parts, email=address, now=now)

    (letter,) = await waiting_letters(session, vault=parts.vault, to=address)
    assert letter.message.token is None
    assert (await session.get_one(Notice, letter.notice_id)).kind is NoticeKind.ALREADY_REGISTERED


async def test_known_and_unknown_addresses_leave_the_same_rows(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    known = fresh_address()
    await accounts.account(session, role=Role.CLIENT, email=known)
    await session.commit()
    before = await rows(session)

    await register(test_database, parts, email=known, now=now)
    after_known = await rows(session)
    await register(test_database, parts, email=fresh_address(), now=now)
    after_unknown = await rows(session)

    assert after_known == (before[0] + 1, before[1] + 1)
    assert after_unknown == (before[0] + 2, before[1] + 2)


async def test_neither_password_nor_token_is_stored_as_it_is(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()

    await register(test_database, parts, email=address, now=now)

    token = await mailed_token(session, vault=parts.vault, to=address)
    registration = (await session.scalars(select(Registration).where(Registration.email == address))).one()
    assert PASSWORD not in registration.password_hash
    assert token.encode() not in registration.token_digest


async def test_the_token_makes_the_account_that_was_asked_for(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    await register(test_database, parts, email=address, now=now, role=Role.THERAPIST)
    token = await mailed_token(session, vault=parts.vault, to=address)

    account = await registration_service.verify(session, token=token, now=now)

    assert (account.email, account.role, account.time_zone) == (address, Role.THERAPIST, "America/New_York")


async def test_the_same_token_gives_the_same_account_again(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    await register(test_database, parts, email=address, now=now)
    token = await mailed_token(session, vault=parts.vault, to=address)

    first = await registration_service.verify(session, token=token, now=now)
    again = await registration_service.verify(session, token=token, now=now + timedelta(hours=1))

    assert first.id == again.id


async def test_a_token_ends_with_its_time(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    await register(test_database, parts, email=address, now=now)
    token = await mailed_token(session, vault=parts.vault, to=address)

    with pytest.raises(TokenUnusable):
        await registration_service.verify(session, token=token, now=now + VALID_FOR)


async def test_of_two_registrations_of_an_address_the_first_answered_wins(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    for _ in range(2):
        await register(test_database, parts, email=address, now=now)
    one, other = [
        letter.message.token or "" for letter in await waiting_letters(session, vault=parts.vault, to=address)
    ]

    await registration_service.verify(session, token=other, now=now)

    with pytest.raises(TokenUnusable):
        await registration_service.verify(session, token=one, now=now)


async def test_an_unknown_token_is_refused_like_an_old_one(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(TokenUnusable) as refusal:
        await registration_service.verify(session, token="no such token", now=now)

    assert [flaw.pointer for flaw in refusal.value.flaws] == ["/token"]


async def test_an_address_is_written_to_five_times_an_hour(
    test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    for _ in range(5):
        await register(test_database, parts, email=address, now=now, rate_factor=1)

    with pytest.raises(RateLimited) as refusal:
        await register(test_database, parts, email=address, now=now, rate_factor=1)

    assert 0 < refusal.value.retry_after_seconds <= 3601


async def test_registrations_past_their_time_are_forgotten(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    address = fresh_address()
    await register(test_database, parts, email=address, now=now)

    assert await registration_service.forget_old(session, now=now + VALID_FOR) >= 1
    assert await session.scalar(select(Registration.id).where(Registration.email == address)) is None
