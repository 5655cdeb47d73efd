from datetime import UTC, date, datetime, timedelta

import pytest

from domain.licensing import monitoring
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult

TODAY = date(2026, 11, 24)


def screening(outcome: CheckOutcome, *, days_old: int | None = 0) -> CheckResult:
    as_of = None if days_old is None else datetime(2026, 11, 24, tzinfo=UTC) - timedelta(days=days_old)
    return CheckResult(name=CheckName.EXCLUSION_LIST, outcome=outcome, detail="", source="list", as_of=as_of)


@pytest.mark.parametrize(
    ("outcome", "days_old", "cleared"),
    [
        (CheckOutcome.PASS, 0, True),
        (CheckOutcome.PASS, 34, True),
        (CheckOutcome.PASS, 35, False),
        (CheckOutcome.PASS, -1, False),
        (CheckOutcome.PASS, None, False),
        (CheckOutcome.REVIEW, 0, False),
        (CheckOutcome.FAIL, 0, False),
        (CheckOutcome.UNAVAILABLE, 0, False),
    ],
)
def test_a_look_clears_as_of_the_day_of_the_list(outcome: CheckOutcome, days_old: int | None, *, cleared: bool) -> None:
    found = monitoring.screened_on([screening(outcome, days_old=days_old)], today=TODAY)

    assert found == (TODAY - timedelta(days=days_old or 0) if cleared else None)


@pytest.mark.parametrize("outcome", CheckOutcome)
def test_only_a_fail_of_the_list_is_an_exclusion(outcome: CheckOutcome) -> None:
    other = CheckResult(name=CheckName.DUPLICATE, outcome=CheckOutcome.FAIL, detail="", source="own")

    assert (monitoring.excluded([other, screening(outcome)]) is not None) == (outcome is CheckOutcome.FAIL)
