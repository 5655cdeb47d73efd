"""Sign in and stay signed in.

Doors: attempts are counted first and the password is compared whether or not the address is known, so that neither the
answer nor its time tells. That an admin's account needs a one-time code is told only to who has the password.
Staying: refresh tokens rotate. The one before answers with the same successor for 30 seconds, for an answer that was
lost on its way; after that it can only be a copy in other hands, and the whole sign-in ends. That end is committed
although the request is refused.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.access.policy import Action
from domain.accounts import addresses, attempts_service, one_time_codes, passwords_service, queries, tokens
from domain.accounts.attempts_service import ONE_TIME_CODE, SIGN_IN_BY_ADDRESS, SIGN_IN_BY_NETWORK, Attempt
from domain.accounts.service import totp_place
from domain.accounts.tables import Account, AccountSession, RefreshToken
from domain.accounts.tokens import NotAuthenticated
from domain.audit import service as audit
from domain.database import Database
from domain.errors import DomainError
from domain.ids import SessionId, uuid7
from domain.throttle import service as throttle
from domain.vault.cipher import Vault

SESSION_LIFETIME: Final = timedelta(days=30)
GRACE: Final = timedelta(seconds=30)


class OtpRequired(DomainError):
    """The password is right, and this account needs a one-time code as well."""

    slug: ClassVar[str] = "otp-required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody signs in with. email: as it was typed."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    otp: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of tokens. signing: an Ed25519 seed; digest: derives a refresh token from the one before."""

    signing: bytes = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Tokens to go on with. expires_in_seconds: of the access token."""

    access_token: str = field(repr=False)
    expires_in_seconds: int
    refresh_token: str = field(repr=False)


async def sign_in(
    database: Database,
    *,
    credentials: Credentials,
    network_address: str,
    rate_factor: float,
    keys: Keys,
    vault: Vault,
    now: datetime,
    machine_now: datetime,
) -> Grant:
    """Begin a sign-in of 30 days. machine_now: the machine's own time, for one-time codes.

    Raises RateLimited, NotAuthenticated in the same words for every cause, OtpRequired.
    """
    email = addresses.folded(credentials.email)
    by_address = Attempt(limit=SIGN_IN_BY_ADDRESS, of=email)
    by_network = Attempt(limit=SIGN_IN_BY_NETWORK, of=network_address)
    await attempts_service.count(database, attempts=(by_address, by_network), factor=rate_factor, now=now)
    async with database.read() as session:
        account = await queries.by_email(session, email=email)
    password_hash = None if account is None else account.password_hash
    matched = await passwords_service.matches(credentials.password, password_hash=password_hash)
    if account is None or not matched:
        raise _refusal()
    step = None
    if account.totp_secret_sealed is not None:
        if credentials.otp is None:
            raise OtpRequired("This account needs the current code of its authenticator as well.")
        by_code = Attempt(limit=ONE_TIME_CODE, of=str(account.id))
        await attempts_service.count(database, attempts=(by_code,), factor=rate_factor, now=now)
        step = _step(account, sealed=account.totp_secret_sealed, otp=credentials.otp, vault=vault, now=machine_now)
    async with database.transaction() as session:
        if step is not None:
            await _spend_step(session, account=account, step=step)
        await throttle.forget(session, limit=SIGN_IN_BY_ADDRESS, of=email)
        await throttle.forget(session, limit=ONE_TIME_CODE, of=str(account.id))
        return await _begin(session, account=account, keys=keys, now=now)


async def refresh(database: Database, *, refresh_token: str, keys: Keys, now: datetime) -> Grant:
    """Go on with a sign-in: a fresh access token and the next refresh token. Raises NotAuthenticated.

    Of many at once with one token all get the same successor. A token used again after its grace ends the sign-in.
    """
    async with database.transaction() as session:
        grant = await _rotate(session, refresh_token=refresh_token, keys=keys, now=now)
    if grant is None:  # raised out here, so that the end of a sign-in stays
        raise NotAuthenticated("This refresh token is not valid, or no longer; sign in again.")
    return grant


def _refusal() -> NotAuthenticated:
    return NotAuthenticated("The address, the password or the one-time code is wrong.")


def _step(account: Account, *, sealed: bytes, otp: str, vault: Vault, now: datetime) -> int:
    """Give the time step of a right code. Raises NotAuthenticated."""
    secret = vault.open(sealed, place=totp_place(account.id))
    step = one_time_codes.step_of(otp, secret=secret, machine_now=now)
    if step is None:
        raise _refusal()
    return step


async def _spend_step(session: AsyncSession, *, account: Account, step: int) -> None:
    """Use up the code of a time step: it and all before it open nothing any more. Raises NotAuthenticated."""
    spent = await session.scalar(
        update(Account)
        .where(Account.id == account.id, (Account.totp_last_step.is_(None)) | (Account.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Account.id)
    )
    if spent is None:
        raise _refusal()


async def _begin(session: AsyncSession, *, account: Account, keys: Keys, now: datetime) -> Grant:
    actor = Actor(account_id=account.id, role=account.role, session_id=SessionId(uuid7()))
    session.add(
        AccountSession(
            id=actor.session_id,
            account_id=account.id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
            ended_at=None,
        )
    )
    await session.flush()
    first = tokens.opaque()
    session.add(RefreshToken(digest=tokens.digest(first), session_id=actor.session_id, created_at=now, rotated_at=None))
    audit.record(
        session,
        by=actor,
        action=Action.SESSION_START,
        subject_kind="session",
        subject_id=actor.session_id,
        now=now,
    )
    return _grant(actor, refresh_token=first, keys=keys, now=now)


async def _rotate(session: AsyncSession, *, refresh_token: str, keys: Keys, now: datetime) -> Grant | None:
    """Give the next tokens, or None where there are none to give. Of rivals one rotates, and the rest find it done."""
    presented = tokens.digest(refresh_token)
    actor = await queries.actor_by_refresh_token(session, digest=presented, now=now)
    if actor is None:
        return None
    following = tokens.successor(refresh_token, digest_key=keys.digest)
    rotated = await session.scalar(
        update(RefreshToken)
        .where(RefreshToken.digest == presented, RefreshToken.rotated_at.is_(None))
        .values(rotated_at=now)
        .returning(RefreshToken.digest)
    )
    if rotated is not None:
        await session.execute(
            insert(RefreshToken)
            .values(digest=tokens.digest(following), session_id=actor.session_id, created_at=now)
            .on_conflict_do_nothing()
        )
        audit.record(
            session,
            by=actor,
            action=Action.SESSION_REFRESH,
            subject_kind="session",
            subject_id=actor.session_id,
            now=now,
        )
    elif await _is_reuse(session, digest=presented, now=now):
        await session.execute(
            update(AccountSession)
            .where(AccountSession.id == actor.session_id, AccountSession.ended_at.is_(None))
            .values(ended_at=now)
        )
        audit.record(
            session,
            by=None,
            action=Action.SESSION_FAMILY_REVOKE,
            subject_kind="session",
            subject_id=actor.session_id,
            now=now,
        )
        return None
    return _grant(actor, refresh_token=following, keys=keys, now=now)


async def _is_reuse(session: AsyncSession, *, digest: bytes, now: datetime) -> bool:
    """Tell whether a rotated token comes back after its grace."""
    rotated_at = await session.scalar(select(RefreshToken.rotated_at).where(RefreshToken.digest == digest))
    return rotated_at is None or now - rotated_at > GRACE


def _grant(actor: Actor, *, refresh_token: str, keys: Keys, now: datetime) -> Grant:
    access_token = tokens.issue(
        account_id=actor.account_id, session_id=actor.session_id, role=actor.role, signing_key=keys.signing, now=now
    )
    seconds = int(tokens.ACCESS_LIFETIME.total_seconds())
    return Grant(access_token=access_token, expires_in_seconds=seconds, refresh_token=refresh_token)
