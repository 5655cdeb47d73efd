"""Refresh tokens and one-time codes under rivals that really run side by side."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import delete, func, select

from api.parts import Parts
from domain.access.actor import Role
from domain.accounts import service, sign_in_service
from domain.accounts.service import NewAdmin
from domain.accounts.sign_in_service import Credentials, Grant, Keys
from domain.accounts.tables import Account, AccountSession, RefreshToken
from domain.accounts.tokens import NotAuthenticated
from domain.ids import uuid7
from tests.build import accounts
from tests.build.accounts import PASSWORD

NOW = datetime.now(UTC)
RIVALS = 10


@pytest.fixture
def keys(parts: Parts) -> Keys:
    return Keys(signing=parts.signing_key, digest=parts.digest_key)


@pytest.fixture
async def admin(parts: Parts) -> AsyncIterator[NewAdmin]:
    """An administrator whom every connection sees; gone again afterwards."""
    async with parts.database.transaction() as session:
        made = await service.create_admin(
            session, email=f"{uuid7().hex}@example.org", password=PASSWORD, vault=parts.vault, now=NOW
        )
    yield made
    async with parts.database.transaction() as session:
        await session.execute(delete(Account).where(Account.id == made.account_id))


@pytest.fixture
async def address(parts: Parts) -> AsyncIterator[str]:
    email = f"{uuid7().hex}@example.org"
    async with parts.database.transaction() as session:
        account_id = await accounts.account(session, role=Role.CLIENT, email=email)
    yield email
    async with parts.database.transaction() as session:
        await session.execute(delete(Account).where(Account.id == account_id))


async def sign_in(parts: Parts, keys: Keys, *, email: str, otp: str | None = None) -> Grant:
    return await sign_in_service.sign_in(
        parts.database,
        credentials=Credentials(email=email, password=PASSWORD, otp=otp),
        network_address="192.0.2.1",
        rate_factor=1000,
        keys=keys,
        vault=parts.vault,
        now=NOW,
        machine_now=NOW,
    )


async def test_ten_at_once_with_one_token_get_one_successor(parts: Parts, keys: Keys, address: str) -> None:
    for _ in range(20):
        presented = (await sign_in(parts, keys, email=address)).refresh_token

        grants = await asyncio.gather(
            *(
                sign_in_service.refresh(parts.database, refresh_token=presented, keys=keys, now=NOW)
                for _ in range(RIVALS)
            )
        )

        assert len({grant.refresh_token for grant in grants}) == 1
        following = await sign_in_service.refresh(
            parts.database, refresh_token=grants[0].refresh_token, keys=keys, now=NOW
        )
        assert following.refresh_token not in {presented, grants[0].refresh_token}


async def test_each_token_of_a_family_is_stored_once(parts: Parts, keys: Keys, address: str) -> None:
    presented = (await sign_in(parts, keys, email=address)).refresh_token

    await asyncio.gather(
        *(sign_in_service.refresh(parts.database, refresh_token=presented, keys=keys, now=NOW) for _ in range(RIVALS))
    )

    async with parts.database.read() as session:
        stored = await session.scalar(
            select(func.count())
            .select_from(RefreshToken)
            .join(AccountSession, AccountSession.id == RefreshToken.session_id)
            .join(Account, Account.id == AccountSession.account_id)
            .where(Account.email == address)
        )
    assert stored == 2


async def test_reuse_ends_the_sign_in_even_while_its_owner_refreshes(parts: Parts, keys: Keys, address: str) -> None:
    first = await sign_in(parts, keys, email=address)
    second = await sign_in_service.refresh(parts.database, refresh_token=first.refresh_token, keys=keys, now=NOW)
    later = NOW + timedelta(minutes=5)

    stolen, owned = await asyncio.gather(
        sign_in_service.refresh(parts.database, refresh_token=first.refresh_token, keys=keys, now=later),
        sign_in_service.refresh(parts.database, refresh_token=second.refresh_token, keys=keys, now=later),
        return_exceptions=True,
    )

    assert isinstance(stolen, NotAuthenticated)
    survivor = owned.refresh_token if isinstance(owned, Grant) else second.refresh_token
    with pytest.raises(NotAuthenticated):
        await sign_in_service.refresh(parts.database, refresh_token=survivor, keys=keys, now=later)


async def test_of_many_at_once_with_one_code_one_gets_in(parts: Parts, keys: Keys, admin: NewAdmin) -> None:
    code = pyotp.TOTP(admin.totp_secret).at(NOW)

    outcomes = await asyncio.gather(
        *(sign_in(parts, keys, email=admin.email, otp=code) for _ in range(RIVALS)), return_exceptions=True
    )

    assert len([outcome for outcome in outcomes if isinstance(outcome, Grant)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, NotAuthenticated)]) == RIVALS - 1
