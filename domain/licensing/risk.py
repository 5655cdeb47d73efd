"""How much is at stake with a license that waits, so that admins begin with what matters."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.licensing.checks import CheckOutcome
from domain.licensing.compacts import Compact
from domain.licensing.licenses import ASSOCIATES, LicenseType


class Risk(StrEnum):
    """From what is likely wrong to what is likely plain."""

    HIGH = "high"
    ELEVATED = "elevated"
    LOW = "low"


_UNSURE: Final = frozenset({CheckOutcome.REVIEW, CheckOutcome.UNAVAILABLE})


def of(
    *,
    outcomes: Iterable[CheckOutcome],
    encumbered: bool,
    has_title_suspended: bool,
    license_type: LicenseType,
    compact: Compact | None,
) -> Risk:
    """Judge a license: high where something is wrong, elevated where one can't say, or where it rests on others.

    outcomes: of the latest checks. Conditions of the board are wrong, and so is a title that its holder has suspended
    in the same place; privileges and supervised titles rest on others.
    """
    found = frozenset(outcomes)
    if CheckOutcome.FAIL in found or encumbered or has_title_suspended:
        return Risk.HIGH
    if found & _UNSURE or compact is not None or license_type in ASSOCIATES:
        return Risk.ELEVATED
    return Risk.LOW
