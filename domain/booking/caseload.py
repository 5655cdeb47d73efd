"""Whether a therapist takes a client on.

Somebody is a client of a therapist while they have an appointment ahead with them, or had one within the last 90 days
that was not cancelled or missed. A therapist's own clients may always book again; everybody else is new, and is not
taken on by a therapist who does not accept clients or whose caseload is full.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

CLIENT_FOR: Final = timedelta(days=90)


class Standing(StrEnum):
    """How a therapist stands to somebody who wants to book."""

    OPEN = "open"
    NOT_ACCEPTING = "not_accepting"
    CASELOAD_FULL = "caseload_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """How many clients a therapist has, and whether the one who asks is among them."""

    clients: int
    has_this_client: bool


NO_CLIENTS: Final = Caseload(clients=0, has_this_client=False)


def standing(caseload: Caseload, *, accepting_clients: bool, caseload_limit: int) -> Standing:
    """Say whether the therapist takes the one who asks on."""
    if caseload.has_this_client:
        return Standing.OPEN
    if not accepting_clients:
        return Standing.NOT_ACCEPTING
    return Standing.CASELOAD_FULL if caseload.clients >= caseload_limit else Standing.OPEN
