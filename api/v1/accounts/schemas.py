"""Bodies and views of accounts and sign-ins."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from api.wire import Body, Instant, View, Zone
from domain.access.actor import Role
from domain.accounts import passwords
from domain.accounts.addresses import LENGTH_MAX
from domain.accounts.registration_service import Wanted
from domain.accounts.sign_in_service import Credentials, Grant
from domain.accounts.tables import Account
from domain.accounts.tokens import OPAQUE_LENGTH_MAX

# Space around an address is taken off later, so a little more than an address may come.
Email = Annotated[str, StringConstraints(min_length=1, max_length=LENGTH_MAX + 20)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=passwords.LENGTH_MAX)]
OpaqueToken = Annotated[SecretStr, Field(min_length=1, max_length=OPAQUE_LENGTH_MAX)]


class RegistrationRole(StrEnum):
    """The roles one can register with; the role is for good."""

    CLIENT = "client"
    THERAPIST = "therapist"


class CreateAccount(
    Body,
    json_schema_extra={
        "examples": [
            {
                "email": "sam@example.org",
                "password": "a sentence only I would think of",
                "role": "client",
                "time_zone": "America/New_York",
            }
        ]
    },
):
    """Ask for an account. password: at least 15 characters; any will do."""

    email: Email
    password: Password
    role: RegistrationRole
    time_zone: Zone

    def wanted(self) -> Wanted:
        """Give the domain's value."""
        return Wanted(
            email=self.email,
            password=self.password.get_secret_value(),
            role=Role(self.role),
            time_zone=self.time_zone,
        )


class RegistrationTaken(View):
    """The same answer for every address."""

    status: Literal["verification_sent"] = "verification_sent"


class VerifyAccount(Body):
    """The token of the mail."""

    token: OpaqueToken


class VerifiedAccountView(View):
    """An account that can sign in now."""

    id: UUID
    email: str
    role: Role
    time_zone: str


class AccountView(VerifiedAccountView):
    """One's own account."""

    created_at: Instant


class CreateSession(
    Body, json_schema_extra={"examples": [{"email": "sam@example.org", "password": "a sentence only I would think of"}]}
):
    """Sign in. otp: the current six digits of the authenticator, for accounts that have one."""

    email: Email
    password: Password
    otp: Annotated[SecretStr, Field(min_length=1, max_length=20)] | None = None

    def credentials(self) -> Credentials:
        """Give the domain's value."""
        return Credentials(
            email=self.email,
            password=self.password.get_secret_value(),
            otp=None if self.otp is None else self.otp.get_secret_value(),
        )


class RefreshSession(Body):
    """The refresh token of the last answer."""

    refresh_token: OpaqueToken


class SessionView(View):
    """Tokens. The access token lasts `expires_in` seconds; the refresh token gives the next pair, once."""

    access_token: str = Field(repr=False)
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme (RFC 6750)
    expires_in: int
    refresh_token: str = Field(repr=False)


def session_view(grant: Grant) -> SessionView:
    """Present tokens."""
    return SessionView(
        access_token=grant.access_token, expires_in=grant.expires_in_seconds, refresh_token=grant.refresh_token
    )


def account_view(account: Account) -> AccountView:
    """Present an account to its owner."""
    return AccountView(
        id=account.id,
        email=account.email,
        role=account.role,
        time_zone=account.time_zone,
        created_at=account.created_at,
    )


def verified_account_view(account: Account) -> VerifiedAccountView:
    """Present an account that has just been verified."""
    return VerifiedAccountView(id=account.id, email=account.email, role=account.role, time_zone=account.time_zone)
