"""What an automatic check of a therapist's statements says. Checks advise; an admin decides (`decisions.py`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CheckName(StrEnum):
    """What was checked."""

    NPI = "npi"
    PROVIDER_REGISTER = "provider_register"
    EXCLUSION_LIST = "exclusion_list"
    BOARD_STATUS = "board_status"
    DUPLICATE = "duplicate"
    EXPIRY = "expiry"


class CheckOutcome(StrEnum):
    """What came of it. Only a fail refuses a verification; review asks an admin to look; unavailable is no answer."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    REVIEW = "review"
    UNAVAILABLE = "unavailable"


class CheckMethod(StrEnum):
    """How it was checked: reckoned from what was stated, against our copy of a register, or by an admin's own look."""

    COMPUTED = "computed"
    REGISTER_COPY = "register_copy"
    BOARD_LOOKUP = "board_lookup"


class CheckTrigger(StrEnum):
    """Why it was checked at that time."""

    SUBMISSION = "submission"
    CORRECTION = "correction"
    IDENTITY_CHANGE = "identity_change"
    DECISION = "decision"
    MONITOR = "monitor"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check. detail: plain words for admins and therapists, never a name, a birth date or a number of a person.

    as_of: the instant of what the source says (aware), None where it is not known. evidence: digests or ids of the rows
    that were found, for whoever looks again.
    """

    name: CheckName
    outcome: CheckOutcome
    detail: str
    source: str
    source_url: str | None = None
    method: CheckMethod = CheckMethod.REGISTER_COPY
    as_of: datetime | None = None
    evidence: tuple[str, ...] = ()
