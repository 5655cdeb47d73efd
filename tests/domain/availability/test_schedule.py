from collections.abc import Callable
from datetime import UTC, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability.schedule import (
    Schedule,
    ScheduleImpossible,
    SessionFormat,
    SessionType,
    Weekday,
    WeeklyHours,
    check,
)
from domain.money import Money
from tests.build.availability import hours, schedule, session_type

MONDAY, TUESDAY, SATURDAY, SUNDAY = Weekday.MONDAY, Weekday.TUESDAY, Weekday.SATURDAY, Weekday.SUNDAY


def pointers(given: Schedule) -> list[str]:
    try:
        check(given)
    except ScheduleImpossible as refused:
        return [flaw.pointer for flaw in refused.flaws]
    return []


def with_hours(*weekly_hours: WeeklyHours) -> Schedule:
    return schedule(weekly_hours=weekly_hours)


def test_hours_that_touch_are_fine() -> None:
    touching = with_hours(*hours("09:00", "12:00"), *hours("12:00", "17:00"), *hours("17:00", "09:00"))

    assert pointers(touching) == []


def test_a_week_without_hours_is_fine() -> None:
    assert pointers(with_hours()) == []


@pytest.mark.parametrize(
    "overlapping",
    [
        (hours("09:00", "12:00", MONDAY), hours("11:59", "13:00", MONDAY)),
        (hours("11:59", "13:00", MONDAY), hours("09:00", "12:00", MONDAY)),
        (hours("09:00", "12:00", MONDAY), hours("09:00", "12:00", MONDAY)),
        (hours("22:00", "02:00", MONDAY), hours("01:00", "03:00", TUESDAY)),
        (hours("22:00", "02:00", SUNDAY), hours("01:00", "03:00", MONDAY)),
        (hours("01:00", "03:00", MONDAY), hours("22:00", "02:00", SUNDAY)),
        (hours("09:00", "09:00", MONDAY), hours("08:00", "10:00", TUESDAY)),
        (hours("09:00", "09:00", SUNDAY), hours("08:00", "08:30", MONDAY)),
    ],
)
def test_overlapping_hours_are_named_at_the_later_entry(overlapping: tuple[tuple[WeeklyHours, ...], ...]) -> None:
    first, second = overlapping

    assert pointers(with_hours(*hours("05:00", "06:00", SATURDAY), *first, *second)) == ["/weekly_hours/2"]


def test_every_overlapping_entry_is_named() -> None:
    crowded = with_hours(
        *hours("09:00", "17:00", MONDAY), *hours("10:00", "11:00", MONDAY), *hours("12:00", "13:00", MONDAY)
    )

    assert pointers(crowded) == ["/weekly_hours/1", "/weekly_hours/2"]


@given(
    st.lists(
        st.builds(
            WeeklyHours,
            weekday=st.sampled_from(Weekday),
            start=st.integers(0, 23).map(time),
            end=st.integers(0, 23).map(time),
        ),
        max_size=6,
    )
)
def test_a_week_is_refused_exactly_when_an_hour_is_claimed_twice(weekly_hours: list[WeeklyHours]) -> None:
    claimed = [
        (list(Weekday).index(each.weekday) * 24 + hour) % 168
        for each in weekly_hours
        for start, end in [each.minutes_of_day()]
        for hour in range(start // 60, end // 60)
    ]

    assert bool(pointers(with_hours(*weekly_hours))) is (len(set(claimed)) < len(claimed))


def test_hours_are_whole_minutes_without_a_zone() -> None:
    odd = WeeklyHours(weekday=MONDAY, start=time(9, 0, 30), end=time(12, tzinfo=UTC))

    assert pointers(with_hours(odd)) == ["/weekly_hours/0/start", "/weekly_hours/0/end"]


def test_more_hours_than_a_week_needs_are_refused() -> None:
    assert pointers(with_hours(*hours("09:00", "10:00", *[MONDAY] * 101))) == ["/weekly_hours"]


def test_an_unknown_zone_is_named() -> None:
    assert pointers(schedule(zone="localtime")) == ["/time_zone"]


def test_a_schedule_offers_something() -> None:
    assert pointers(schedule(session_types=())) == ["/session_types"]


def test_a_code_is_used_once() -> None:
    twice = schedule(session_types=(session_type(), session_type(minutes=80)))

    assert pointers(twice) == ["/session_types/1/code"]


@pytest.mark.parametrize("code", ["", "1a", "A", "a-b", "a b", "a\n", "a" * 51, "é"])
def test_a_code_is_a_small_identifier(code: str) -> None:
    assert pointers(schedule(session_types=(session_type(code=code),))) == ["/session_types/0/code"]


@pytest.mark.parametrize(
    ("field", "of", "least", "most"),
    [
        ("minutes", lambda value: session_type(minutes=value), 10, 480),
        ("buffer_before_minutes", lambda value: session_type(before=value), 0, 240),
        ("buffer_after_minutes", lambda value: session_type(after=value), 0, 240),
        ("capacity", lambda value: session_type(capacity=value), 1, 100),
    ],
)
def test_a_session_type_keeps_its_bounds(field: str, of: Callable[[int], SessionType], least: int, most: int) -> None:
    def offered(value: int) -> list[str]:
        return pointers(schedule(session_types=(of(value),)))

    assert offered(least) == offered(most) == []
    assert offered(least - 1) == offered(most + 1) == [f"/session_types/0/{field}"]


@pytest.mark.parametrize(
    ("field", "of", "least", "most"),
    [
        ("slot_interval_minutes", lambda value: schedule(slot_interval=value), 5, 240),
        ("minimum_notice_minutes", lambda value: schedule(notice=value), 0, 43200),
        ("horizon_days", lambda value: schedule(horizon_days=value), 1, 366),
        ("daily_limit", lambda value: schedule(daily_limit=value), 1, 50),
    ],
)
def test_a_schedule_keeps_its_bounds(field: str, of: Callable[[int], Schedule], least: int, most: int) -> None:
    def ruled(value: int) -> list[str]:
        return pointers(of(value))

    assert ruled(least) == ruled(most) == []
    assert ruled(least - 1) == ruled(most + 1) == [f"/{field}"]


def test_fee_name_and_formats_are_checked_and_every_flaw_is_named() -> None:
    flawed = session_type(name=" ", fee=Money(amount=-1, currency="USD"), session_formats=())
    repeated = session_type(code="b", session_formats=(SessionFormat.VIDEO, SessionFormat.VIDEO))

    assert pointers(schedule(session_types=(flawed, repeated))) == [
        "/session_types/0/name",
        "/session_types/0/fee/amount",
        "/session_types/0/fee/currency",
        "/session_types/0/session_formats",
        "/session_types/1/session_formats",
    ]
