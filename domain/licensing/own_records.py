"""What our own records say of a license: whether its days go on, and whether another account has the same one.

1. Days are the jurisdiction's own. Where it spans zones, today is the day of the zone that is ahead: a license ends as
   soon as its last day is over in any of them.
2. One license is one person's. Where another account has it verified, this is a fail; where another account sent it in
   or lost it, somebody looks. The detail never says whose it is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.ids import LicenseId
from domain.licensing.checks import CheckMethod, CheckName, CheckOutcome, CheckResult
from domain.licensing.licenses import LicenseStatus

OWN_SOURCE: Final = "Attune's own records"
SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The same license as another account has it."""

    license_id: LicenseId
    status: LicenseStatus


def expiry(*, last_day: date, today: date) -> CheckResult:
    """Say whether a license goes on. last_day: by everything that is known; today: the jurisdiction's day."""
    if last_day < today:
        finding = CheckOutcome.FAIL, f"Its last day, {last_day}, is over."
    elif last_day - today <= SOON:
        finding = CheckOutcome.REVIEW, f"It ends soon: its last day is {last_day}."
    else:
        finding = CheckOutcome.PASS, f"Its last day is {last_day}."
    return _result(CheckName.EXPIRY, *finding)


def duplicate(twins: Collection[Twin]) -> CheckResult:
    """Say whether another account has the same license. twins: what other accounts have that is not rejected."""
    evidence = tuple(sorted(str(each.license_id) for each in twins))
    if any(each.status is LicenseStatus.VERIFIED for each in twins):
        finding = CheckOutcome.FAIL, "Another account has this very license, and it is verified there."
    elif twins:
        finding = CheckOutcome.REVIEW, "Another account has this very license; look which of them holds it."
    else:
        finding = CheckOutcome.PASS, "No other account has this license."
    return _result(CheckName.DUPLICATE, *finding, evidence=evidence)


def _result(name: CheckName, outcome: CheckOutcome, detail: str, evidence: tuple[str, ...] = ()) -> CheckResult:
    return CheckResult(
        name=name, outcome=outcome, detail=detail, source=OWN_SOURCE, method=CheckMethod.COMPUTED, evidence=evidence
    )
