"""Accounts as tests need them, and people who are signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.accounts import tokens
from domain.accounts.tables import Account, AccountSession
from domain.ids import AccountId, SessionId, uuid7

# argon2id of PASSWORD, with the costs of the product
PASSWORD = "correct horse battery staple 42!"
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$tZwbvBTk2OUUpl95mQHDmg$5pHlKCPKBq9C8p6OmxeUv+GmYjZQUsSjt5oyQ1DtLaw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody signed in: whom the service takes them for, and the headers that say so."""

    actor: Actor
    headers: dict[str, str]


async def account(
    session: AsyncSession, *, role: Role, email: str | None = None, time_zone: str = "America/New_York"
) -> AccountId:
    """Store an account whose password is PASSWORD; an admin's one-time-code secret opens nowhere."""
    account_id = AccountId(uuid7())
    session.add(
        Account(
            id=account_id,
            email=email or f"{role.value}-{account_id.hex}@example.org",
            password_hash=PASSWORD_HASH,
            role=role,
            time_zone=time_zone,
            totp_secret_sealed=b"sealed nowhere" if role is Role.ADMIN else None,
            totp_last_step=None,
            created_at=datetime.now(UTC),
        )
    )
    await session.flush()
    return account_id


async def actor(session: AsyncSession, *, role: Role, of: AccountId | None = None) -> Actor:
    """Store an account (unless one is given) and a sign-in of it that lasts a day."""
    account_id = of or await account(session, role=role)
    session_id = SessionId(uuid7())
    begun_at = datetime.now(UTC) - timedelta(minutes=1)
    session.add(
        AccountSession(
            id=session_id,
            account_id=account_id,
            created_at=begun_at,
            expires_at=begun_at + timedelta(days=1),
            ended_at=None,
        )
    )
    await session.flush()
    return Actor(account_id=account_id, role=role, session_id=session_id)


async def signed_in(session: AsyncSession, parts: Parts, *, role: Role, of: AccountId | None = None) -> Person:
    """Store an account and a sign-in that the app can see, and sign a real access token for it."""
    acting = await actor(session, role=role, of=of)
    await session.commit()  # over a test's one connection this ends a savepoint only
    token = tokens.issue(
        account_id=acting.account_id,
        session_id=acting.session_id,
        role=role,
        signing_key=parts.signing_key,
        now=parts.clock.now(),
    )
    return Person(actor=acting, headers={"Authorization": f"Bearer {token}"})
