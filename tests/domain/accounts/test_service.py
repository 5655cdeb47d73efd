from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.accounts import passwords, service, tokens
from domain.accounts.passwords import PasswordWeak
from domain.accounts.service import EmailTaken
from domain.accounts.tables import Account, AccountSession
from domain.accounts.tokens import NotAuthenticated
from domain.audit.tables import AuditEntry
from domain.ids import uuid7
from tests.build import accounts
from tests.build.accounts import PASSWORD

KEY = b"a signing key of thirty-two byte"


def access_token(actor: Actor, *, now: datetime, role: Role | None = None) -> str:
    return tokens.issue(
        account_id=actor.account_id,
        session_id=actor.session_id,
        role=role or actor.role,
        signing_key=KEY,
        now=now,
    )


async def known(session: AsyncSession, actor: Actor, *, now: datetime) -> bool:
    try:
        await service.actor_of(session, access_token=access_token(actor, now=now), signing_key=KEY, now=now)
    except NotAuthenticated:
        return False
    return True


@pytest.mark.parametrize("role", list(Role))
async def test_the_caller_is_known_by_their_token(session: AsyncSession, now: datetime, role: Role) -> None:
    actor = await accounts.actor(session, role=role)

    found = await service.actor_of(session, access_token=access_token(actor, now=now), signing_key=KEY, now=now)

    assert found == actor


async def test_the_role_is_the_accounts_and_not_the_tokens(session: AsyncSession, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    boasting = access_token(actor, now=now, role=Role.ADMIN)

    found = await service.actor_of(session, access_token=boasting, signing_key=KEY, now=now)

    assert found.role is Role.CLIENT


async def test_a_sign_in_of_another_account_opens_nothing(session: AsyncSession, now: datetime) -> None:
    one, other = await accounts.actor(session, role=Role.CLIENT), await accounts.actor(session, role=Role.CLIENT)
    mixed = Actor(account_id=one.account_id, role=one.role, session_id=other.session_id)

    assert not await known(session, mixed, now=now)


async def test_access_ends_at_once_with_the_sign_in(session: AsyncSession, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    elsewhere = await accounts.actor(session, role=Role.CLIENT, of=actor.account_id)

    await service.end_session(session, by=actor, now=now)

    assert not await known(session, actor, now=now)
    assert await known(session, elsewhere, now=now)


async def test_all_sign_ins_end_together_and_each_is_audited(session: AsyncSession, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.THERAPIST)
    elsewhere = await accounts.actor(session, role=Role.THERAPIST, of=actor.account_id)
    stranger = await accounts.actor(session, role=Role.THERAPIST)

    await service.end_all_sessions(session, by=actor, now=now)
    await session.flush()

    assert [await known(session, each, now=now) for each in (actor, elsewhere, stranger)] == [False, False, True]
    audited = await session.scalars(
        select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == actor.account_id, AuditEntry.action == Action.SESSION_END
        )
    )
    assert set(audited) == {actor.session_id, elsewhere.session_id}


async def test_a_sign_in_ends_when_its_time_is_over(session: AsyncSession, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    row = await session.get_one(AccountSession, actor.session_id)

    assert await known(session, actor, now=row.expires_at - timedelta(seconds=1))
    assert not await known(session, actor, now=row.expires_at)


async def test_an_account_that_is_gone_is_nobodys(session: AsyncSession, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    await session.delete(await session.get_one(Account, actor.account_id))
    await session.flush()

    assert not await known(session, actor, now=now)
    with pytest.raises(NotAuthenticated):
        await service.own(session, by=actor)


async def test_an_admin_is_made_with_a_sealed_secret(session: AsyncSession, parts: Parts, now: datetime) -> None:
    made = await service.create_admin(session, email=" Root@Example.org", password=PASSWORD, vault=parts.vault, now=now)

    account = await session.get_one(Account, made.account_id)
    assert (account.email, account.role) == ("root@example.org", Role.ADMIN)
    assert passwords.matches(PASSWORD, password_hash=account.password_hash)
    assert account.totp_secret_sealed is not None
    assert made.totp_secret.encode() not in account.totp_secret_sealed
    assert parts.vault.open(account.totp_secret_sealed, place=service.totp_place(account.id)) == made.totp_secret
    assert made.totp_secret not in repr(made)


async def test_an_address_has_one_account(session: AsyncSession, parts: Parts, now: datetime) -> None:
    await accounts.account(session, role=Role.CLIENT, email="taken@example.org")

    with pytest.raises(EmailTaken):
        await service.create_admin(session, email="Taken@example.org", password=PASSWORD, vault=parts.vault, now=now)


async def test_an_admins_password_is_strong(session: AsyncSession, parts: Parts, now: datetime) -> None:
    with pytest.raises(PasswordWeak):
        await service.create_admin(
            session, email=f"{uuid7()}@example.org", password="short", vault=parts.vault, now=now
        )
