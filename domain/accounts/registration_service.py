"""Register an address and verify it, without telling anybody which addresses are known.

A known and an unknown address are treated alike to the last row: both leave a registration and a message, in the same
time and with the same answer. Only the message differs, and it goes to the address alone. What a registration asked
for becomes an account when the token of its mail comes back; until then nobody holds the address, so whoever registers
with an address of somebody else gets in nobody's way.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Role
from domain.access.policy import Action
from domain.accounts import addresses, attempts_service, passwords, passwords_service, queries, tokens
from domain.accounts.attempts_service import REGISTRATION_BY_ADDRESS, REGISTRATION_BY_NETWORK, Attempt
from domain.accounts.tables import Account, Registration
from domain.audit import service as audit
from domain.database import Database
from domain.errors import Flaw, Invalid
from domain.ids import AccountId, RegistrationId, uuid7
from domain.notices import service as notices
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.vault.cipher import Vault

VALID_FOR: Final = timedelta(hours=24)


class TokenUnusable(Invalid):
    """The token is unknown, too old, or its address has become another account: which one is not told."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/token", detail="This token is not valid, or no longer. Register again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The account somebody asks for. email: as it was typed; role: client or therapist, never admin."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    role: Role
    time_zone: str


async def register(
    database: Database, *, wanted: Wanted, network_address: str, rate_factor: float, vault: Vault, now: datetime
) -> None:
    """Take a registration and write to its address; known and unknown addresses can't be told apart.

    Hashing waits outside the transaction. Raises AddressInvalid, PasswordWeak, RateLimited.
    """
    email = addresses.normal(wanted.email)
    passwords.require_strong(wanted.password, email=email)
    await attempts_service.count(
        database,
        attempts=(
            Attempt(limit=REGISTRATION_BY_ADDRESS, of=email),
            Attempt(limit=REGISTRATION_BY_NETWORK, of=network_address),
        ),
        factor=rate_factor,
        now=now,
    )
    password_hash = await passwords_service.hashed(wanted.password)
    token = tokens.opaque()
    registration = Registration(
        id=RegistrationId(uuid7()),
        email=email,
        password_hash=password_hash,
        role=wanted.role,
        time_zone=wanted.time_zone,
        token_digest=tokens.digest(token),
        created_at=now,
        expires_at=now + VALID_FOR,
        used_at=None,
    )
    async with database.transaction() as session:
        known = await queries.is_known(session, email=email)
        session.add(registration)
        audit.record(
            session,
            by=None,
            action=Action.ACCOUNT_REGISTER,
            subject_kind="registration",
            subject_id=registration.id,
            now=now,
        )
        await notices.post(
            session,
            kind=NoticeKind.ALREADY_REGISTERED if known else NoticeKind.VERIFICATION,
            to=email,
            message=wording.already_registered() if known else wording.verification(token=token, valid_for=VALID_FOR),
            vault=vault,
            now=now,
        )


async def verify(session: AsyncSession, *, token: str, now: datetime) -> Account:
    """Make the account a token stands for; the same token again, while it lasts, gives the same account.

    Raises TokenUnusable, in the same words for every cause.
    """
    registration = await session.scalar(
        select(Registration)
        .where(Registration.token_digest == tokens.digest(token), Registration.expires_at > now)
        .with_for_update()
    )
    if registration is None:
        raise TokenUnusable
    account_id = AccountId(registration.id)
    made = await session.scalar(
        insert(Account)
        .values(
            id=account_id,
            email=registration.email,
            password_hash=registration.password_hash,
            role=registration.role,
            time_zone=registration.time_zone,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Account.id)
    )
    if made is not None:
        registration.used_at = now
        audit.record(
            session, by=None, action=Action.ACCOUNT_VERIFY, subject_kind="account", subject_id=account_id, now=now
        )
    account = await queries.by_id(session, account_id=account_id)
    if account is None:
        raise TokenUnusable  # the address became an account by another registration
    return account


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Delete registrations whose token is past its time, answered or not, and give how many went."""
    gone = await session.scalars(delete(Registration).where(Registration.expires_at <= now).returning(Registration.id))
    return len(gone.all())
