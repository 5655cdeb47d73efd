"""What an admin's decision does to a license.

1. The tables below say which decision follows which status; everything else is refused. What is verified may be
   verified again: an admin looked once more. What was verified once and is looked at again may be suspended.
2. A failed check refuses a verification unless the admin gives a reason to override it; so does, where it must have an
   answer, one that has none.
3. What the board calls lapsed, inactive, surrendered, suspended, revoked or pending is never verified.
4. Two different admins are needed for an override, for a reinstatement, for whatever is encumbered (by the board's word
   or by the admin's), and for a title of which another one is suspended. The first changes nothing and is
   remembered as pending; the second, deciding the same, makes it take effect. The same admin twice is still one admin.
5. What takes one admin acts at once and ends whatever was pending, so a second admin who disagrees rejects the license,
   or says again that it is suspended.
6. An override covers the checks that had failed when it was given. When another check has failed since, the second
   decision is not the same decision, and becomes a first one.
7. Decisions are about one person. When the therapist's identity changes, what was verified waits for an admin again,
   what was suspended stays so, and what was pending is ended.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from domain.errors import Conflict
from domain.ids import AccountId
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import IN_FORCE, Standing


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
    (LicenseStatus.NEEDS_INFO, DecisionOutcome.VERIFIED): LicenseStatus.VERIFIED,
    (LicenseStatus.NEEDS_INFO, DecisionOutcome.REJECTED): LicenseStatus.REJECTED,
    (LicenseStatus.VERIFIED, DecisionOutcome.VERIFIED): LicenseStatus.VERIFIED,
    (LicenseStatus.VERIFIED, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
    (LicenseStatus.SUSPENDED, DecisionOutcome.REINSTATED): LicenseStatus.VERIFIED,
}

# Follows only while a decision is pending: the way to withdraw a reinstatement.
_AFTER_WHILE_PENDING: Final = {
    (LicenseStatus.SUSPENDED, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
}

# Follows only for what was verified before: sessions may rest on it.
_AFTER_VERIFIED: Final = {
    (LicenseStatus.SUBMITTED, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
    (LicenseStatus.NEEDS_INFO, DecisionOutcome.SUSPENDED): LicenseStatus.SUSPENDED,
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
    standing: Standing = Standing.VALID
    encumbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A license as it lies before an admin.

    was_verified: whether sessions may rest on it. encumbered: by our file or by the board's. has_suspended_twin:
    whether the therapist has a license of this title and place suspended, whatever its number. checks: the latest
    result of each. must_answer: checks that have to say something.
    """

    status: LicenseStatus
    was_verified: bool
    encumbered: bool
    has_suspended_twin: bool
    checks: tuple[CheckResult, ...]
    must_answer: frozenset[CheckName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What an admin decides. standing, encumbered: what they read at the board. override_reason: blank is none."""

    outcome: DecisionOutcome
    standing: Standing
    encumbered: bool
    override_reason: str | None
    by: AccountId


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


def decide(case: Case, meant: Meant, *, pending: Pending | None) -> Ruling:
    """Say what a decision by this admin changes. Raises TransitionNotAllowed."""
    after = _status_after(case, meant.outcome, pending=pending)
    if after is LicenseStatus.VERIFIED and meant.standing not in IN_FORCE:
        raise TransitionNotAllowed(f"What the board calls {meant.standing} permits no practice.")
    overrides = _overrides(case, meant)
    if not overrides and not _takes_two(case, meant):
        return Ruling(status=after, pending=None, overrides=overrides)
    if pending is None or not _is_the_same(meant, pending) or not overrides <= pending.failed_checks:
        first = Pending(
            outcome=meant.outcome,
            by=meant.by,
            failed_checks=overrides,
            standing=meant.standing,
            encumbered=is_encumbered(meant),
        )
        return Ruling(status=case.status, pending=first, overrides=overrides)
    if pending.by == meant.by:
        return Ruling(status=case.status, pending=pending, overrides=overrides)
    return Ruling(status=after, pending=None, overrides=overrides, seconds=pending.by)


def is_encumbered(meant: Meant) -> bool:
    """Tell whether an admin read of conditions on a license."""
    return meant.encumbered or meant.standing is Standing.VALID_CONDITIONS


def _takes_two(case: Case, meant: Meant) -> bool:
    if meant.outcome is DecisionOutcome.REINSTATED:
        return True
    hard = case.encumbered or is_encumbered(meant) or case.has_suspended_twin
    return meant.outcome is DecisionOutcome.VERIFIED and hard


def _is_the_same(meant: Meant, pending: Pending) -> bool:
    return (meant.outcome, meant.standing, is_encumbered(meant)) == (
        pending.outcome,
        pending.standing,
        pending.encumbered,
    )


def after_identity_change(status: LicenseStatus) -> LicenseStatus:
    """Say how a license stands once its therapist is somebody else to registers. status: one of RECHECKED."""
    return _AFTER_IDENTITY_CHANGE[status]


def _status_after(case: Case, outcome: DecisionOutcome, *, pending: Pending | None) -> LicenseStatus:
    after = _AFTER.get((case.status, outcome))
    if after is None and pending is not None:
        after = _AFTER_WHILE_PENDING.get((case.status, outcome))
    if after is None and case.was_verified:
        after = _AFTER_VERIFIED.get((case.status, outcome))
    if after is None:
        raise TransitionNotAllowed(f"A license that is {case.status} can't be {outcome}.")
    return after


def _overrides(case: Case, meant: Meant) -> frozenset[CheckName]:
    """Give the failed checks a verification would override: none where none failed. Raises TransitionNotAllowed."""
    if meant.outcome is not DecisionOutcome.VERIFIED:
        return frozenset()
    answered = {check.name for check in case.checks if check.outcome is not CheckOutcome.UNAVAILABLE}
    failed = frozenset(check.name for check in case.checks if check.outcome is CheckOutcome.FAIL)
    failed |= case.must_answer - answered
    if failed and not (meant.override_reason or "").strip():
        names = ", ".join(sorted(failed))
        detail = f"A check failed or has no answer ({names}); verifying all the same needs an override_reason."
        raise TransitionNotAllowed(detail)
    return failed
