"""Accounts, the registrations they come from, sign-ins, and the refresh tokens of each sign-in."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.actor import Role
from domain.database import Base, stored_enum
from domain.ids import AccountId, RegistrationId, SessionId


class Account(Base):
    """Somebody who can sign in. It has one role for good; totp_last_step is the last one-time code's, spent."""

    __tablename__ = "account"

    id: Mapped[AccountId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    time_zone: Mapped[str]
    totp_secret_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Registration(Base):
    """An address that waits for its mail to be answered; the account it becomes bears its id."""

    __tablename__ = "registration"

    id: Mapped[RegistrationId] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    time_zone: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccountSession(Base):
    """One sign-in. What acts under it ends when it is ended, and at expires_at whatever happens."""

    __tablename__ = "account_session"

    id: Mapped[SessionId] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token that was given out, as its digest; rotated_at: when its successor was."""

    __tablename__ = "refresh_token"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("account_session.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
