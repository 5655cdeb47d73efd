from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import birth_dates
from domain.licensing.birth_dates import DatesAgree


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (date(1984, 2, 29), date(1984, 2, 29), DatesAgree.SAME),
        (date(1984, 2, 29), date(1984, 3, 1), DatesAgree.SLIP),
        (date(1984, 1, 1), date(1983, 12, 31), DatesAgree.SLIP),
        (date(1984, 3, 4), date(1984, 4, 3), DatesAgree.SLIP),
        (date(1984, 3, 4), date(1985, 4, 3), DatesAgree.DIFFERENT),
        (date(1984, 3, 4), date(1974, 3, 4), DatesAgree.ONE_DIGIT),
        (date(1984, 3, 4), date(1984, 3, 24), DatesAgree.ONE_DIGIT),
        (date(1984, 3, 4), date(1975, 3, 4), DatesAgree.DIFFERENT),
        (None, date(1984, 3, 4), DatesAgree.UNKNOWN),
        (None, None, DatesAgree.UNKNOWN),
    ],
)
def test_birth_dates_agree_as_far_as_slips_explain(one: date | None, other: date | None, expected: DatesAgree) -> None:
    assert birth_dates.agreement(one, other) is expected
    assert birth_dates.agreement(other, one) is expected


days = st.dates(date(1930, 1, 1), date(2005, 12, 31))


@given(days, days)
def test_slips_are_exactly_the_dates_that_agree_by_a_slip(one: date, other: date) -> None:
    assert (other in birth_dates.slips(one)) == (birth_dates.agreement(one, other) is DatesAgree.SLIP)


@given(days)
def test_every_slip_of_a_day_agrees_by_a_slip_and_has_the_day_as_its_own(day: date) -> None:
    found = birth_dates.slips(day)

    assert 2 <= len(found) <= 3
    assert all(birth_dates.agreement(day, slip) is DatesAgree.SLIP and day in birth_dates.slips(slip) for slip in found)


def test_the_ends_of_the_calendar_have_a_neighbour_each() -> None:
    assert date(1, 1, 2) in birth_dates.slips(date.min)
    assert date(9999, 12, 30) in birth_dates.slips(date.max)
