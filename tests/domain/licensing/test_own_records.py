from datetime import UTC, date, datetime, timedelta

import pytest

from domain.ids import LicenseId, uuid7
from domain.licensing import own_records, places
from domain.licensing.checks import CheckMethod, CheckOutcome
from domain.licensing.licenses import LicenseStatus
from domain.licensing.own_records import Twin

LAST_DAY = date(2027, 3, 31)
PASS, FAIL, REVIEW = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.REVIEW


@pytest.mark.parametrize(("days_left", "outcome"), [(-1, FAIL), (0, REVIEW), (30, REVIEW), (31, PASS)])
def test_a_license_ends_with_its_last_day_and_soon_is_thirty_days(days_left: int, outcome: CheckOutcome) -> None:
    result = own_records.expiry(last_day=LAST_DAY, today=LAST_DAY - timedelta(days=days_left))

    assert (result.outcome, result.method) == (outcome, CheckMethod.COMPUTED)


def test_where_a_jurisdiction_spans_zones_it_is_the_day_of_the_zone_ahead() -> None:
    late = datetime(2027, 4, 1, 4, 30, tzinfo=UTC)  # half past midnight in Miami, half past eleven in Pensacola

    assert (places.today("US-FL", now=late), places.today("US-IL", now=late)) == (date(2027, 4, 1), LAST_DAY)


@pytest.mark.parametrize("jurisdiction", sorted(places.known()))
def test_today_is_over_exactly_when_its_window_is(jurisdiction: str) -> None:
    ends_at = places.days(jurisdiction, first=LAST_DAY, last=LAST_DAY).ends_at

    assert places.today(jurisdiction, now=ends_at - timedelta(microseconds=1)) == LAST_DAY
    assert places.today(jurisdiction, now=ends_at) > LAST_DAY


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((), PASS),
        ((LicenseStatus.SUBMITTED,), REVIEW),
        ((LicenseStatus.NEEDS_INFO,), REVIEW),
        ((LicenseStatus.SUSPENDED,), REVIEW),
        ((LicenseStatus.SUBMITTED, LicenseStatus.VERIFIED), FAIL),
    ],
)
def test_one_license_on_two_accounts_is_seen(statuses: tuple[LicenseStatus, ...], outcome: CheckOutcome) -> None:
    twins = [Twin(license_id=LicenseId(uuid7()), status=status) for status in statuses]

    result = own_records.duplicate(twins)

    assert (result.outcome, result.evidence) == (outcome, tuple(sorted(str(each.license_id) for each in twins)))
