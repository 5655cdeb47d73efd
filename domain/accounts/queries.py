"""What accounts load."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.accounts.tables import Account, AccountSession, RefreshToken
from domain.database import DriverConnection
from domain.ids import AccountId, SessionId


async def actor(session: AsyncSession, *, account_id: AccountId, session_id: SessionId, now: datetime) -> Actor | None:
    """Load who acts under a sign-in that lives, in one statement; the role is the database's."""
    return await _one(session, _living(now).where(AccountSession.id == session_id, Account.id == account_id))


async def actor_directly(
    connection: DriverConnection, *, account_id: AccountId, session_id: SessionId, now: datetime
) -> Actor | None:
    """Load the same over the driver's own connection."""
    role: str | None = await connection.fetchval(
        "SELECT account.role FROM account_session JOIN account ON account.id = account_session.account_id "
        "WHERE account_session.id = $1 AND account.id = $2 AND account_session.ended_at IS NULL "
        "AND account_session.expires_at > $3",
        session_id,
        account_id,
        now,
    )
    return None if role is None else Actor(account_id=account_id, role=Role(role), session_id=session_id)


async def actor_by_refresh_token(session: AsyncSession, *, digest: bytes, now: datetime) -> Actor | None:
    """Load who acts under the sign-in of a refresh token, while that sign-in lives; the token itself may be spent."""
    of_token = _living(now).join(RefreshToken, RefreshToken.session_id == AccountSession.id)
    return await _one(session, of_token.where(RefreshToken.digest == digest))


async def by_email(session: AsyncSession, *, email: str) -> Account | None:
    """Load the account of a normalised address."""
    return await session.scalar(select(Account).where(Account.email == email))


async def is_known(session: AsyncSession, *, email: str) -> bool:
    """Tell whether a normalised address has an account, at the same cost either way."""
    return await session.scalar(select(Account.id).where(Account.email == email)) is not None


async def by_id(session: AsyncSession, *, account_id: AccountId) -> Account | None:
    """Load an account."""
    return await session.get(Account, account_id)


def _living(now: datetime) -> Select[AccountId, Role, SessionId]:
    """Ask for accounts with their sign-ins that live: not ended, and not past their time."""
    return (
        select(Account.id, Account.role, AccountSession.id)
        .join(AccountSession, AccountSession.account_id == Account.id)
        .where(AccountSession.ended_at.is_(None), AccountSession.expires_at > now)
    )


async def _one(session: AsyncSession, statement: Select[AccountId, Role, SessionId]) -> Actor | None:
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Actor(account_id=row[0], role=row[1], session_id=row[2])
