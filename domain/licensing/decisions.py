"""What an admin's decision does to a license.

1. The tables below say which decision follows which status; everything else is refused.
2. A failed check refuses a verification unless the admin gives a reason to override it.
3. An override and a reinstatement take two different admins. The first changes nothing and is remembered as pending;
   the second, deciding the same, makes it take effect. The same admin twice is still one admin.
4. What takes one admin acts at once and ends whatever was pending, so a second admin who disagrees rejects the license,
   or says again that it is suspended.
5. An override covers the checks that had failed when it was given. When another check has failed since, the second
   decision is not the same decision, and becomes a first one.
6. Decisions are about one person. When the therapist's identity changes, what was verified waits for an admin again,
   what was suspended stays so, and what was pending is ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from domain.errors import Conflict
from domain.ids import AccountId
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.licenses import LicenseStatus


class DecisionOutcome(StrEnum):
    """What an admin decides."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


class Awaiting(StrEnum):
    """What a decision still needs before it takes effect."""

    SECOND_ADMIN = "second_admin"


# A suspended license is not rejected: sent in again, it would come back by one admin, and that is a reinstatement.
_AFTER: Final = {
    (LicenseStatus.SUBMITTED, DecisionOutcome.VERIFIED): LicenseStatus.VERIFIED,
    (LicenseStatus.SUBMITTED, DecisionOutcome.REJECTED): LicenseStatus.REJECTED,
    (LicenseStatus.VERIFIED, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
    (LicenseStatus.SUSPENDED, DecisionOutcome.REINSTATED): LicenseStatus.VERIFIED,
}

# Follows only while a decision is pending: the way to withdraw a reinstatement.
_AFTER_WHILE_PENDING: Final = {
    (LicenseStatus.SUSPENDED, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
}

_AFTER_IDENTITY_CHANGE: Final = {
    LicenseStatus.SUBMITTED: LicenseStatus.SUBMITTED,
    LicenseStatus.NEEDS_INFO: LicenseStatus.NEEDS_INFO,
    LicenseStatus.VERIFIED: LicenseStatus.SUBMITTED,
    LicenseStatus.SUSPENDED: LicenseStatus.SUSPENDED,
}
RECHECKED: Final = frozenset(_AFTER_IDENTITY_CHANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A first admin's decision that waits for a second; failed_checks are those it overrides."""

    outcome: DecisionOutcome
    by: AccountId
    failed_checks: frozenset[CheckName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What holds after a decision; pending replaces whatever was pending before, None ends it.

    overrides: the failed checks that this decision overrides, for the audit trail. seconds: the first admin, where this
    decision lets theirs take effect.
    """

    status: LicenseStatus
    pending: Pending | None
    overrides: frozenset[CheckName]
    seconds: AccountId | None = None

    @property
    def awaiting(self) -> Awaiting | None:
        """What is still needed before the decision takes effect."""
        return None if self.pending is None else Awaiting.SECOND_ADMIN


class TransitionNotAllowed(Conflict):
    """The license's status or its checks do not allow this decision."""

    slug: ClassVar[str] = "transition-not-allowed"


def decide(
    *,
    status: LicenseStatus,
    outcome: DecisionOutcome,
    checks: Iterable[CheckResult],
    override_reason: str | None,
    by: AccountId,
    pending: Pending | None,
) -> Ruling:
    """Say what a decision by this admin changes.

    checks: the latest result of each check. override_reason: blank is none. Raises TransitionNotAllowed.
    """
    after = _status_after(status, outcome, pending=pending)
    overrides = _overrides(outcome, checks=checks, override_reason=override_reason)
    if not overrides and outcome is not DecisionOutcome.REINSTATED:
        return Ruling(status=after, pending=None, overrides=overrides)
    if pending is None or pending.outcome is not outcome or not overrides <= pending.failed_checks:
        first = Pending(outcome=outcome, by=by, failed_checks=overrides)
        return Ruling(status=status, pending=first, overrides=overrides)
    if pending.by == by:
        return Ruling(status=status, pending=pending, overrides=overrides)
    return Ruling(status=after, pending=None, overrides=overrides, seconds=pending.by)


def after_identity_change(status: LicenseStatus) -> LicenseStatus:
    """Say how a license stands once its therapist is somebody else to registers. status: one of RECHECKED."""
    return _AFTER_IDENTITY_CHANGE[status]


def _status_after(status: LicenseStatus, outcome: DecisionOutcome, *, pending: Pending | None) -> LicenseStatus:
    after = _AFTER.get((status, outcome))
    if after is None and pending is not None:
        after = _AFTER_WHILE_PENDING.get((status, outcome))
    if after is None:
        raise TransitionNotAllowed(f"A license that is {status} can't be {outcome}.")
    return after


def _overrides(
    outcome: DecisionOutcome,
    *,
    checks: Iterable[CheckResult],
    override_reason: str | None,
) -> frozenset[CheckName]:
    """Give the failed checks a verification would override: none where none failed. Raises TransitionNotAllowed."""
    if outcome is not DecisionOutcome.VERIFIED:
        return frozenset()
    failed = frozenset(check.name for check in checks if check.outcome is CheckOutcome.FAIL)
    if failed and not (override_reason or "").strip():
        names = ", ".join(sorted(failed))
        raise TransitionNotAllowed(f"A check failed ({names}); verifying all the same needs an override_reason.")
    return failed
