from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability.interval import Interval, merge

ORIGIN = datetime(2027, 1, 1, tzinfo=UTC)


def hour(number: int) -> datetime:
    return ORIGIN + timedelta(hours=number)


def between(start: int, end: int) -> Interval:
    return Interval(starts_at=hour(start), ends_at=hour(end))


intervals = st.lists(
    st.builds(lambda start, length: between(start, start + length), st.integers(0, 40), st.integers(1, 12)), max_size=12
)


def hours_in(given: list[Interval] | tuple[Interval, ...]) -> set[int]:
    return {number for number in range(60) if any(each.holds(hour(number)) for each in given)}


def test_an_interval_is_not_empty_and_is_of_utc() -> None:
    for starts_at, ends_at in (
        (hour(1), hour(1)),
        (hour(2), hour(1)),
        (hour(1).replace(tzinfo=None), hour(2).replace(tzinfo=None)),
    ):
        with pytest.raises(ValueError, match="interval"):
            Interval(starts_at=starts_at, ends_at=ends_at)


def test_touching_intervals_do_not_overlap_and_contain_each_others_bounds_halfway() -> None:
    assert not between(1, 2).overlaps(between(2, 3))
    assert between(1, 3).overlaps(between(2, 4))
    assert between(1, 3).contains(between(1, 3))
    assert not between(1, 3).contains(between(2, 4))
    assert between(1, 2).holds(hour(1))
    assert not between(1, 2).holds(hour(2))


def test_widening_reaches_out_on_both_sides() -> None:
    assert between(3, 4).widened(before=timedelta(hours=1), after=timedelta(hours=2)) == between(2, 6)


def test_merging_joins_what_touches() -> None:
    assert merge([between(5, 6), between(1, 2), between(2, 3)]) == (between(1, 3), between(5, 6))


@given(intervals)
def test_merged_intervals_cover_the_same_time_with_pauses_between(some: list[Interval]) -> None:
    merged = merge(some)

    assert hours_in(merged) == hours_in(some)
    assert all(earlier.ends_at < later.starts_at for earlier, later in pairwise(merged))
