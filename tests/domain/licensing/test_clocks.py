from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import clocks
from domain.licensing.clocks import Clocks
from domain.licensing.licenses import WAITING, LicenseStatus

SUBMITTED_AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
LOOKED_ON = date(2026, 9, 10)


def reckoned(
    status: LicenseStatus,
    *,
    now: datetime = SUBMITTED_AT,
    board_checked_on: date | None = LOOKED_ON,
    screened_on: date | None = LOOKED_ON,
) -> Clocks:
    return clocks.of(
        status=status,
        submitted_at=SUBMITTED_AT,
        board_checked_on=board_checked_on,
        screened_on=screened_on,
        now=now,
    )


@pytest.mark.parametrize("status", sorted(WAITING))
def test_a_decision_is_due_30_days_after_the_submission_also_while_a_question_waits(status: LicenseStatus) -> None:
    due = SUBMITTED_AT + timedelta(days=30)

    before, at = (reckoned(status, now=now) for now in (due - timedelta(microseconds=1), due))

    assert (before.decision_due_at, before.decision_overdue) == (due, False)
    assert (at.decision_due_at, at.decision_overdue) == (due, True)


@pytest.mark.parametrize("status", sorted(frozenset(LicenseStatus) - WAITING))
def test_nothing_is_due_of_what_is_decided(status: LicenseStatus) -> None:
    found = reckoned(status, now=SUBMITTED_AT + timedelta(days=400))

    assert (found.decision_due_at, found.decision_overdue) == (None, False)


def test_a_look_at_the_board_may_be_120_days_old_when_it_is_decided_on() -> None:
    found = reckoned(LicenseStatus.SUBMITTED)

    assert (found.verification_checked_on, found.verification_valid_until) == (LOOKED_ON, date(2027, 1, 8))


@given(days=st.integers(min_value=0, max_value=80), screened_before=st.integers(min_value=0, max_value=40))
def test_the_older_of_two_looks_makes_it_stale_after_35_days(days: int, screened_before: int) -> None:
    screened_on = LOOKED_ON - timedelta(days=screened_before)
    now = datetime(2026, 9, 10, tzinfo=UTC) + timedelta(days=days)

    found = reckoned(LicenseStatus.VERIFIED, now=now, screened_on=screened_on)

    assert found.stale == (days + screened_before >= 35)
    assert found.next_look_due_at == datetime(2026, 9, 10, tzinfo=UTC) + timedelta(days=35 - screened_before)


@pytest.mark.parametrize(("board", "listed"), [(None, LOOKED_ON), (LOOKED_ON, None)])
def test_what_was_never_looked_at_is_stale(board: date | None, listed: date | None) -> None:
    found = reckoned(LicenseStatus.VERIFIED, board_checked_on=board, screened_on=listed)

    assert (found.stale, found.next_look_due_at) == (True, None)


def test_only_what_is_verified_grows_stale() -> None:
    later = SUBMITTED_AT + timedelta(days=400)

    assert {status for status in LicenseStatus if reckoned(status, now=later).stale} == {LicenseStatus.VERIFIED}
