from dataclasses import replace
from itertools import product

import pytest

from domain.ids import AccountId, uuid7
from domain.licensing import decisions
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.decisions import (
    Awaiting,
    Case,
    DecisionOutcome,
    Meant,
    Pending,
    Ruling,
    TransitionNotAllowed,
)
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import IN_FORCE, Standing

ADA = AccountId(uuid7())
BEN = AccountId(uuid7())
S = LicenseStatus
D = DecisionOutcome

ALLOWED = {
    (S.SUBMITTED, D.VERIFIED),
    (S.SUBMITTED, D.REJECTED),
    (S.NEEDS_INFO, D.VERIFIED),
    (S.NEEDS_INFO, D.REJECTED),
    (S.VERIFIED, D.VERIFIED),
    (S.VERIFIED, D.SUSPENDED),
    (S.SUSPENDED, D.REINSTATED),
}


def check(name: CheckName, outcome: CheckOutcome) -> CheckResult:
    return CheckResult(name=name, outcome=outcome, detail="Made up.", source="test")


CLEAN = (
    check(CheckName.NPI, CheckOutcome.PASS),
    check(CheckName.PROVIDER_REGISTER, CheckOutcome.UNAVAILABLE),
    check(CheckName.EXCLUSION_LIST, CheckOutcome.REVIEW),
)
PLAIN = Case(
    status=LicenseStatus.SUBMITTED,
    was_verified=False,
    encumbered=False,
    has_suspended_twin=False,
    checks=CLEAN,
    must_answer=frozenset(),
)
EXCLUDED = (*CLEAN[:2], check(CheckName.EXCLUSION_LIST, CheckOutcome.FAIL))
ALL_FAILED = tuple(check(name, CheckOutcome.FAIL) for name in CheckName)


def decide(
    status: LicenseStatus,
    outcome: DecisionOutcome,
    *,
    by: AccountId = ADA,
    checks: tuple[CheckResult, ...] = CLEAN,
    override_reason: str | None = None,
    pending: Pending | None = None,
    standing: Standing = Standing.VALID,
    case: Case = PLAIN,
) -> Ruling:
    return decisions.decide(
        replace(case, status=status, checks=checks),
        Meant(outcome=outcome, standing=standing, encumbered=False, override_reason=override_reason, by=by),
        pending=pending,
    )


@pytest.mark.parametrize(("status", "outcome"), sorted(set(product(S, D)) - ALLOWED))
def test_what_the_table_does_not_list_is_refused(status: LicenseStatus, outcome: DecisionOutcome) -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        decide(status, outcome, override_reason="I insist")

    assert refused.value.slug == "transition-not-allowed"


@pytest.mark.parametrize(
    ("status", "outcome", "after"),
    [
        (S.SUBMITTED, D.VERIFIED, S.VERIFIED),
        (S.SUBMITTED, D.REJECTED, S.REJECTED),
        (S.VERIFIED, D.SUSPENDED, S.SUSPENDED),
    ],
)
def test_one_admin_decides_at_once(status: LicenseStatus, outcome: DecisionOutcome, after: LicenseStatus) -> None:
    ruling = decide(status, outcome)

    assert (ruling.status, ruling.awaiting, ruling.pending) == (after, None, None)


def test_a_failed_check_refuses_a_verification() -> None:
    with pytest.raises(TransitionNotAllowed, match="exclusion_list"):
        decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED)


def test_a_blank_reason_overrides_nothing() -> None:
    with pytest.raises(TransitionNotAllowed):
        decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED, override_reason=" \n")


@pytest.mark.parametrize(("status", "outcome"), [(S.SUBMITTED, D.REJECTED), (S.VERIFIED, D.SUSPENDED)])
def test_failed_checks_stand_in_the_way_of_a_verification_only(
    status: LicenseStatus,
    outcome: DecisionOutcome,
) -> None:
    assert decide(status, outcome, checks=ALL_FAILED).awaiting is None


def test_a_reason_where_nothing_failed_overrides_nothing_and_needs_nobody_else() -> None:
    ruling = decide(S.SUBMITTED, D.VERIFIED, override_reason="just in case")

    assert (ruling.status, ruling.awaiting, ruling.overrides) == (S.VERIFIED, None, frozenset())


@pytest.mark.parametrize(
    ("status", "outcome", "checks", "after"),
    [
        (S.SUBMITTED, D.VERIFIED, EXCLUDED, S.VERIFIED),
        (S.SUSPENDED, D.REINSTATED, CLEAN, S.VERIFIED),
    ],
)
def test_an_override_and_a_reinstatement_take_two_different_admins(
    status: LicenseStatus,
    outcome: DecisionOutcome,
    checks: tuple[CheckResult, ...],
    after: LicenseStatus,
) -> None:
    first = decide(status, outcome, checks=checks, override_reason="The board confirmed it.")
    again = decide(status, outcome, checks=checks, override_reason="As I said.", pending=first.pending)
    second = decide(status, outcome, checks=checks, override_reason="I called too.", pending=again.pending, by=BEN)

    assert (first.status, first.awaiting) == (status, Awaiting.SECOND_ADMIN)
    assert again == first
    assert (second.status, second.awaiting, second.pending) == (after, None, None)


def test_the_second_admin_gives_a_reason_of_their_own() -> None:
    first = decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED, override_reason="The board confirmed it.")

    with pytest.raises(TransitionNotAllowed):
        decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED, pending=first.pending, by=BEN)


@pytest.mark.parametrize(
    ("status", "first_outcome", "checks", "otherwise", "after"),
    [
        (S.SUBMITTED, D.VERIFIED, EXCLUDED, D.REJECTED, S.REJECTED),
        (S.SUSPENDED, D.REINSTATED, CLEAN, D.SUSPENDED, S.SUSPENDED),
    ],
)
def test_who_decides_otherwise_ends_what_was_pending(
    status: LicenseStatus,
    first_outcome: DecisionOutcome,
    checks: tuple[CheckResult, ...],
    otherwise: DecisionOutcome,
    after: LicenseStatus,
) -> None:
    first = decide(status, first_outcome, checks=checks, override_reason="The board confirmed it.")

    ruling = decide(status, otherwise, checks=checks, pending=first.pending, by=BEN)

    assert (ruling.status, ruling.pending) == (after, None)


def test_a_withdrawn_reinstatement_takes_two_admins_anew() -> None:
    first = decide(S.SUSPENDED, D.REINSTATED)
    withdrawn = decide(S.SUSPENDED, D.SUSPENDED, pending=first.pending, by=BEN)

    ruling = decide(S.SUSPENDED, D.REINSTATED, pending=withdrawn.pending, by=BEN)

    assert ruling.awaiting is Awaiting.SECOND_ADMIN


def test_an_override_does_not_cover_a_check_that_failed_later() -> None:
    first = decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED, override_reason="The board confirmed it.")

    second = decide(S.SUBMITTED, D.VERIFIED, checks=ALL_FAILED, override_reason="Fine.", pending=first.pending, by=BEN)
    third = decide(S.SUBMITTED, D.VERIFIED, checks=ALL_FAILED, override_reason="Fine.", pending=second.pending)

    assert (second.status, second.pending) == (
        S.SUBMITTED,
        Pending(outcome=D.VERIFIED, by=BEN, failed_checks=frozenset(CheckName)),
    )
    assert third.status is S.VERIFIED


def test_checks_that_pass_by_now_need_no_second_admin() -> None:
    first = decide(S.SUBMITTED, D.VERIFIED, checks=EXCLUDED, override_reason="The board confirmed it.")

    ruling = decide(S.SUBMITTED, D.VERIFIED, pending=first.pending, by=BEN)

    assert (ruling.status, ruling.pending) == (S.VERIFIED, None)


def test_a_pending_decision_of_another_kind_counts_for_nothing() -> None:
    stale = Pending(outcome=D.VERIFIED, by=ADA, failed_checks=frozenset())

    ruling = decide(S.SUSPENDED, D.REINSTATED, pending=stale, by=BEN)

    assert ruling.pending == Pending(outcome=D.REINSTATED, by=BEN, failed_checks=frozenset())


@pytest.mark.parametrize(
    ("status", "after"),
    [(S.SUBMITTED, S.SUBMITTED), (S.VERIFIED, S.SUBMITTED), (S.SUSPENDED, S.SUSPENDED)],
)
def test_a_changed_identity_verifies_nothing_and_forgives_nothing(status: LicenseStatus, after: LicenseStatus) -> None:
    assert decisions.after_identity_change(status) is after


def test_what_was_rejected_is_not_checked_again() -> None:
    assert frozenset(S) - decisions.RECHECKED == {S.REJECTED}


@pytest.mark.parametrize("case", [replace(PLAIN, encumbered=True), replace(PLAIN, has_suspended_twin=True)])
def test_what_is_encumbered_or_has_a_suspended_twin_takes_two_admins(case: Case) -> None:
    first = decide(S.SUBMITTED, D.VERIFIED, case=case)
    again = decide(S.SUBMITTED, D.VERIFIED, case=case, pending=first.pending)
    second = decide(S.SUBMITTED, D.VERIFIED, case=case, pending=first.pending, by=BEN)

    assert (first.status, first.awaiting) == (again.status, again.awaiting) == (S.SUBMITTED, Awaiting.SECOND_ADMIN)
    assert (second.status, second.awaiting, second.seconds) == (S.VERIFIED, None, ADA)


def test_conditions_of_the_board_take_two_admins_who_read_the_same() -> None:
    first = decide(S.SUBMITTED, D.VERIFIED, standing=Standing.VALID_CONDITIONS)
    other = decide(S.SUBMITTED, D.VERIFIED, standing=Standing.VALID_CONDITIONS, pending=first.pending, by=BEN)
    otherwise = decide(
        S.SUBMITTED,
        D.VERIFIED,
        standing=Standing.VALID,
        pending=first.pending,
        by=BEN,
        case=replace(PLAIN, encumbered=True),
    )

    assert (first.status, other.status) == (S.SUBMITTED, S.VERIFIED)
    assert (otherwise.status, otherwise.awaiting) == (S.SUBMITTED, Awaiting.SECOND_ADMIN)


@pytest.mark.parametrize("standing", sorted(set(Standing) - IN_FORCE))
@pytest.mark.parametrize(
    ("status", "outcome"), [(S.SUBMITTED, D.VERIFIED), (S.SUSPENDED, D.REINSTATED), (S.VERIFIED, D.VERIFIED)]
)
def test_what_the_board_does_not_hold_in_force_is_never_verified(
    status: LicenseStatus, outcome: DecisionOutcome, standing: Standing
) -> None:
    with pytest.raises(TransitionNotAllowed, match=standing):
        decide(status, outcome, standing=standing, override_reason="I insist")


def test_a_check_that_must_answer_and_does_not_is_as_a_failed_one() -> None:
    case = replace(PLAIN, must_answer=frozenset({CheckName.PROVIDER_REGISTER}))

    with pytest.raises(TransitionNotAllowed, match="provider_register"):
        decide(S.SUBMITTED, D.VERIFIED, case=case)
    first = decide(S.SUBMITTED, D.VERIFIED, case=case, override_reason="Looked up by hand.")

    assert (first.status, first.overrides) == (S.SUBMITTED, frozenset({CheckName.PROVIDER_REGISTER}))


@pytest.mark.parametrize("status", [S.SUBMITTED, S.NEEDS_INFO])
def test_what_was_verified_and_is_looked_at_again_can_be_suspended_at_once(status: LicenseStatus) -> None:
    ruling = decide(status, D.SUSPENDED, case=replace(PLAIN, was_verified=True))

    assert (ruling.status, ruling.awaiting) == (S.SUSPENDED, None)


def test_what_is_verified_is_verified_again_by_one_admin() -> None:
    assert decide(S.VERIFIED, D.VERIFIED).awaiting is None
