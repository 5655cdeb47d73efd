"""Who acts: the account behind a request, or the service itself."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import AccountId, ClientId, SessionId, TherapistId


class Role(StrEnum):
    """The one role an account has for good."""

    CLIENT = "client"
    THERAPIST = "therapist"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in account. session_id: the sign-in it acts under."""

    account_id: AccountId
    role: Role
    session_id: SessionId

    @property
    def client_id(self) -> ClientId:
        """Give the id of the client this account is."""
        return ClientId(self.account_id)

    @property
    def therapist_id(self) -> TherapistId:
        """Give the id of the therapist this account is."""
        return TherapistId(self.account_id)
