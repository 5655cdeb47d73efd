"""What an automatic check of a therapist's statements says. Checks advise; an admin decides (`decisions.py`)."""

from dataclasses import dataclass
from enum import StrEnum


class CheckName(StrEnum):
    """What was checked."""

    NPI = "npi"
    PROVIDER_REGISTER = "provider_register"
    EXCLUSION_LIST = "exclusion_list"


class CheckOutcome(StrEnum):
    """What came of it. Only a fail refuses a verification; review asks an admin to look; unavailable is no answer."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    REVIEW = "review"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check. detail: plain words for admins and therapists, never a name, a birth date or a number of a person."""

    name: CheckName
    outcome: CheckOutcome
    detail: str
    source: str
