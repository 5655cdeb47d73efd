"""Know who calls, show them their account, end their sign-ins; and make administrators."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.accounts import addresses, one_time_codes, passwords, passwords_service, queries, tokens
from domain.accounts.tables import Account, AccountSession
from domain.accounts.tokens import Claims, NotAuthenticated
from domain.audit import service as audit
from domain.database import DriverConnection
from domain.errors import Conflict
from domain.ids import AccountId, uuid7
from domain.vault.cipher import Place, Vault

ADMIN_TIME_ZONE: Final = "Etc/UTC"


class EmailTaken(Conflict):
    """Another account has this address. Told to operators only, never over HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdmin:
    """An administrator just made. totp_secret: base32, shown this once."""

    account_id: AccountId
    email: str
    totp_secret: str = field(repr=False)


async def actor_of(session: AsyncSession, *, access_token: str | None, signing_key: bytes, now: datetime) -> Actor:
    """Tell who calls, by their access token and the sign-in it belongs to. Raises NotAuthenticated."""
    return await actor_of_claims(session, claims=tokens.read(access_token, signing_key=signing_key, now=now), now=now)


async def actor_of_claims(session: AsyncSession, *, claims: Claims, now: datetime) -> Actor:
    """Tell who calls, by what a genuine token says. Raises NotAuthenticated where the sign-in has ended."""
    actor = await queries.actor(session, account_id=claims.account_id, session_id=claims.session_id, now=now)
    if actor is None:
        raise NotAuthenticated("This sign-in has ended; sign in again.")
    return actor


async def actor_directly(connection: DriverConnection, *, claims: Claims, now: datetime) -> Actor:
    """Tell the same over the driver's own connection. Raises NotAuthenticated."""
    actor = await queries.actor_directly(
        connection, account_id=claims.account_id, session_id=claims.session_id, now=now
    )
    if actor is None:
        raise NotAuthenticated("This sign-in has ended; sign in again.")
    return actor


async def own(session: AsyncSession, *, by: Actor) -> Account:
    """Give the actor's own account. Raises NotAuthenticated should it be gone."""
    account = await queries.by_id(session, account_id=by.account_id)
    if account is None:
        raise NotAuthenticated("This account is no more.")
    return account


async def end_session(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    """End the sign-in the actor acts under; what it opened is closed at once."""
    policy.require(by, Action.SESSION_END)
    await session.execute(
        update(AccountSession)
        .where(AccountSession.id == by.session_id, AccountSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    audit.record(session, by=by, action=Action.SESSION_END, subject_kind="session", subject_id=by.session_id, now=now)


async def end_all_sessions(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    """End every sign-in of the actor's account."""
    policy.require(by, Action.SESSION_END)
    ended = await session.scalars(
        update(AccountSession)
        .where(AccountSession.account_id == by.account_id, AccountSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(AccountSession.id)
    )
    for session_id in ended.all():
        audit.record(session, by=by, action=Action.SESSION_END, subject_kind="session", subject_id=session_id, now=now)


async def create_admin(session: AsyncSession, *, email: str, password: str, vault: Vault, now: datetime) -> NewAdmin:
    """Make an administrator, who signs in with a one-time code from the first time on.

    Raises AddressInvalid, PasswordWeak, EmailTaken.
    """
    address = addresses.normal(email)
    passwords.require_strong(password, email=address)
    password_hash = await passwords_service.hashed(password)
    account_id = AccountId(uuid7())
    secret = one_time_codes.secret()
    made = await session.scalar(
        insert(Account)
        .values(
            id=account_id,
            email=address,
            password_hash=password_hash,
            role=Role.ADMIN,
            time_zone=ADMIN_TIME_ZONE,
            totp_secret_sealed=vault.seal(secret, place=totp_place(account_id)),
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Account.id)
    )
    if made is None:
        raise EmailTaken("Another account has this address; an account has one role for good.")
    audit.record(session, by=None, action=Action.ADMIN_CREATE, subject_kind="account", subject_id=account_id, now=now)
    return NewAdmin(account_id=account_id, email=address, totp_secret=secret)


def totp_place(account_id: AccountId) -> Place:
    """Give the place an account's one-time-code secret is sealed for."""
    return Place(table="account", row=account_id, column="totp_secret_sealed")
