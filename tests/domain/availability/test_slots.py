from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.availability import slots
from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, SessionType, Weekday, WeeklyHours
from domain.availability.slots import WhyNot
from tests.build.availability import hours, instant, interval, schedule, session_type
from tests.domain.availability import oracle

MINUTE = timedelta(minutes=1)
MONDAY = interval("2027-06-07T00:00Z", "2027-06-08T00:00Z")
BEFORE = instant("2027-06-01T00:00Z")
IN_UTC = schedule(zone="UTC", weekly_hours=(*hours("09:00", "12:00"), *hours("13:00", "17:00")))
CHANGES = oracle.changes_of(2027)


def shown(offered: tuple[slots.Slot, ...]) -> list[str]:
    return [format(slot.starts_at, "%H:%M") for slot in offered]


def offered(
    asked: Schedule = IN_UTC,
    *,
    minutes: int = 50,
    before: int = 0,
    after: int = 10,
    window: Interval = MONDAY,
    busy: tuple[Interval, ...] = (),
    opened: tuple[Interval, ...] = (),
    closed: tuple[Interval, ...] = (),
    now: datetime = BEFORE,
) -> list[str]:
    kind = session_type(minutes=minutes, before=before, after=after)
    return shown(slots.free(asked, kind, window=window, busy=busy, opened=opened, closed=closed, now=now))


def monday(start: str, end: str) -> Interval:
    return interval(f"2027-06-07T{start}Z", f"2027-06-07T{end}Z")


def test_the_grid_is_counted_from_the_start_of_the_hours_a_start_is_in() -> None:
    asked = schedule(zone="UTC", weekly_hours=(*hours("09:10", "11:00"), *hours("13:25", "15:30")), slot_interval=30)

    assert offered(asked) == ["09:10", "09:40", "10:10", "13:25", "13:55", "14:25"]


def test_hours_that_touch_are_one_stretch_with_a_grid_each() -> None:
    asked = schedule(zone="UTC", weekly_hours=(*hours("09:00", "10:10"), *hours("10:10", "12:00")), slot_interval=60)

    assert offered(asked, minutes=60) == ["09:00", "10:00", "10:10"]


def test_hours_past_midnight_go_on_into_the_next_window() -> None:
    asked = schedule(zone="UTC", weekly_hours=hours("22:00", "02:00", Weekday.SUNDAY))

    assert offered(asked) == ["00:00", "01:00"]


def test_buffers_may_stick_out_of_the_hours_and_never_into_busy_time() -> None:
    asked = schedule(zone="UTC", weekly_hours=hours("09:00", "11:00"), slot_interval=30)

    assert offered(asked, minutes=60, before=30, after=30) == ["09:00", "09:30", "10:00"]
    assert offered(asked, minutes=60, before=30, after=30, busy=(monday("08:00", "09:01"),)) == ["10:00"]
    assert offered(asked, minutes=60, before=30, after=30, busy=(monday("11:29", "12:00"),)) == ["09:00", "09:30"]
    assert offered(asked, minutes=60, before=30, after=30, busy=(monday("11:30", "12:00"),)) == [
        "09:00",
        "09:30",
        "10:00",
    ]


def test_a_fraction_of_a_second_is_busy_too() -> None:
    a_moment = Interval(starts_at=instant("2027-06-07T09:59:59.9Z"), ends_at=instant("2027-06-07T10:00:00.1Z"))

    assert offered(after=10, busy=(a_moment,)) == ["11:00", "13:00", "14:00", "15:00", "16:00"]


def test_closed_time_wins_over_hours_and_over_opened_time() -> None:
    assert offered(closed=(monday("09:30", "14:00"),)) == ["14:00", "15:00", "16:00"]
    assert offered(closed=(monday("08:00", "18:00"),), opened=(monday("10:00", "12:00"),)) == []


def test_buffers_may_reach_into_closed_time() -> None:
    assert "10:00" in offered(closed=(monday("10:50", "13:00"),))


def test_opened_time_has_its_own_grid_and_lengthens_the_hours_it_touches() -> None:
    assert offered(opened=(monday("17:00", "18:30"),))[-2:] == ["16:00", "17:00"]
    assert offered(minutes=90, opened=(monday("17:00", "18:30"),))[-2:] == ["16:00", "17:00"]
    assert offered(opened=(monday("19:20", "21:00"),))[-1] == "19:20"


def test_opened_time_over_the_hours_offers_no_start_twice() -> None:
    starts = offered(opened=(monday("09:00", "12:00"), monday("10:30", "14:00")))

    assert starts == sorted(set(starts))
    assert starts == ["09:00", "10:00", "10:30", "11:00", "11:30", "12:30", "13:00", "13:30", "14:00", "15:00", "16:00"]


def test_an_opened_exception_of_the_second_pass_is_offered() -> None:
    second_pass = interval("2027-11-07T06:00Z", "2027-11-07T08:00Z")

    starts = offered(
        schedule(weekly_hours=()),
        window=interval("2027-11-07T00:00Z", "2027-11-08T00:00Z"),
        opened=(second_pass,),
    )

    assert starts == ["06:00", "07:00"]


def test_a_long_opened_exception_keeps_its_wall_grid_over_a_change() -> None:
    months = interval("2027-01-04T14:20Z", "2027-06-30T00:00Z")

    starts = offered(schedule(weekly_hours=()), opened=(months,))

    assert starts[0] == "00:20"
    assert len(starts) == 24


def test_notice_and_horizon_are_real_time_and_both_count_as_reached_exactly() -> None:
    asked = schedule(zone="UTC", weekly_hours=hours("09:00", "12:00"), notice=120, horizon_days=1)

    assert offered(asked, now=instant("2027-06-07T08:00Z")) == ["10:00", "11:00"]
    assert offered(asked, now=instant("2027-06-07T08:00:00.000001Z")) == ["11:00"]
    assert offered(asked, now=instant("2027-06-06T10:00Z")) == ["09:00", "10:00"]
    assert offered(asked, now=instant("2027-06-06T09:59:59.999999Z")) == ["09:00"]


def test_a_window_takes_starts_from_its_start_to_before_its_end() -> None:
    assert offered(window=monday("09:00", "11:00")) == ["09:00", "10:00"]
    assert offered(window=monday("09:01", "11:01")) == ["10:00", "11:00"]


def test_the_daily_limit_counts_the_local_date_of_the_start() -> None:
    asked = schedule(zone="America/Los_Angeles", weekly_hours=hours("15:00", "19:00"), daily_limit=2)
    window = interval("2027-06-07T00:00Z", "2027-06-09T12:00Z")

    free = slots.free(
        asked,
        session_type(),
        window=window,
        busy=(),
        taken_by_local_day={date(2027, 6, 6): 1, date(2027, 6, 7): 2},
        now=BEFORE,
    )

    assert [format(slot.starts_at, "%d %H:%M") for slot in free] == [
        "07 00:00",
        "07 01:00",
        "08 22:00",
        "08 23:00",
        "09 00:00",
        "09 01:00",
    ]


def test_a_search_to_the_end_of_time_is_bounded_by_the_horizon() -> None:
    for_ever = Interval(starts_at=datetime(1, 1, 1, tzinfo=UTC), ends_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    asked = schedule(zone="UTC", weekly_hours=hours("09:00", "12:00"), horizon_days=2)

    assert offered(asked, window=for_ever) == ["09:00", "10:00", "11:00"] * 2


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        ("2027-06-07T09:00Z", None),
        ("2027-05-31T09:00Z", WhyNot.NOTICE),
        ("9999-12-31T23:00Z", WhyNot.HORIZON),
        ("2027-06-07T12:00Z", WhyNot.OUTSIDE_HOURS),
        ("2027-06-07T11:30Z", WhyNot.OUTSIDE_HOURS),
        ("2027-06-07T10:00Z", WhyNot.OUTSIDE_HOURS),
        ("2027-06-07T13:01Z", WhyNot.OFF_GRID),
        ("2027-06-07T13:00:00.5Z", WhyNot.OFF_GRID),
        ("2027-06-08T13:00Z", WhyNot.DAILY_LIMIT),
        ("2027-06-07T15:00Z", WhyNot.BUSY),
    ],
)
def test_a_start_that_is_not_offered_has_a_reason(starts_at: str, reason: WhyNot | None) -> None:
    limited = schedule(zone="UTC", weekly_hours=IN_UTC.weekly_hours, daily_limit=3)

    found = slots.why_not(
        limited,
        session_type(),
        starts_at=instant(starts_at),
        busy=(monday("15:55", "17:00"),),
        closed=(monday("10:30", "10:40"),),
        taken_by_local_day={date(2027, 6, 8): 3},
        now=BEFORE,
    )

    assert found is reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    schedule: Schedule
    kind: SessionType
    window: Interval
    busy: tuple[Interval, ...]
    opened: tuple[Interval, ...]
    closed: tuple[Interval, ...]
    taken: dict[date, int]
    now: datetime


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """Draw a search of three days around a change of some zone's clock."""
    change = draw(st.sampled_from(CHANGES))
    origin = change.at.replace(hour=0, minute=0) - timedelta(days=1)

    def exceptions(most: int, longest: int) -> tuple[Interval, ...]:
        return tuple(
            Interval(starts_at=origin + start * MINUTE, ends_at=origin + (start + length) * MINUTE)
            for start, length in draw(
                st.lists(st.tuples(st.integers(-600, 4 * 1440), st.integers(1, longest)), max_size=most)
            )
        )

    quarter = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))
    weekly_hours = draw(
        st.lists(
            st.builds(WeeklyHours, weekday=st.sampled_from(Weekday), start=quarter, end=quarter), min_size=1, max_size=9
        )
    )
    days = [(origin + timedelta(days=number)).date() for number in range(4)]
    return Search(
        schedule=schedule(
            zone=change.zone,
            weekly_hours=tuple(weekly_hours),
            slot_interval=draw(st.sampled_from([5, 15, 20, 30, 45, 60, 240])),
            notice=draw(st.sampled_from([0, 90, 1440])),
            horizon_days=draw(st.sampled_from([1, 2, 366])),
            daily_limit=draw(st.sampled_from([None, None, 2])),
        ),
        kind=session_type(
            minutes=draw(st.sampled_from([10, 30, 50, 90, 480])),
            before=draw(st.sampled_from([0, 5, 45])),
            after=draw(st.sampled_from([0, 10, 240])),
        ),
        window=Interval(starts_at=origin, ends_at=origin + timedelta(days=draw(st.integers(1, 3)))),
        busy=exceptions(6, 200),
        opened=exceptions(2, 1500),
        closed=exceptions(2, 1500),
        taken=draw(st.dictionaries(st.sampled_from(days), st.integers(0, 3))),
        now=origin + draw(st.integers(-2 * 1440, 600)) * MINUTE,
    )


def found_by(search: Search) -> tuple[slots.Slot, ...]:
    return slots.free(
        search.schedule,
        search.kind,
        window=search.window,
        busy=search.busy,
        opened=search.opened,
        closed=search.closed,
        taken_by_local_day=search.taken,
        now=search.now,
    )


some_searches = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@some_searches
@given(searches())
def test_the_engine_agrees_with_a_walk_over_minutes(search: Search) -> None:
    expected = oracle.starts(
        search.schedule,
        search.kind,
        window=search.window,
        now=search.now,
        busy=search.busy,
        opened=search.opened,
        closed=search.closed,
        taken_by_local_day=search.taken,
    )

    assert [slot.starts_at for slot in found_by(search)] == expected


@some_searches
@given(searches(), st.integers(0, 4))
def test_asking_about_one_start_agrees_with_the_search(search: Search, phase: int) -> None:
    free = {slot.starts_at for slot in found_by(search)}
    length = (search.window.ends_at - search.window.starts_at) // MINUTE
    asked = {search.window.starts_at + minute * MINUTE for minute in range(phase * 5, length, 25)} | free

    agreed = {
        starts_at
        for starts_at in asked
        if slots.is_offered(
            search.schedule,
            search.kind,
            starts_at=starts_at,
            busy=search.busy,
            opened=search.opened,
            closed=search.closed,
            taken_by_local_day=search.taken,
            now=search.now,
        )
    }

    assert agreed == free


@some_searches
@given(searches())
def test_no_slot_with_its_buffers_overlaps_what_is_busy(search: Search) -> None:
    taken = [slots.occupied(slot, search.kind) for slot in found_by(search)]

    assert not any(mine.overlaps(theirs) for mine in taken for theirs in search.busy)


@some_searches
@given(searches())
def test_no_session_overlaps_what_is_closed(search: Search) -> None:
    sessions = [Interval(starts_at=slot.starts_at, ends_at=slot.ends_at) for slot in found_by(search)]

    assert not any(session.overlaps(shut) for session in sessions for shut in search.closed)


@some_searches
@given(searches(), st.integers(1, 3 * 1440))
def test_a_window_cut_in_two_gives_the_same_slots(search: Search, cut_minutes: int) -> None:
    cut = min(search.window.starts_at + cut_minutes * MINUTE, search.window.ends_at - MINUTE)
    halves = (
        Interval(starts_at=search.window.starts_at, ends_at=cut),
        Interval(starts_at=cut, ends_at=search.window.ends_at),
    )

    assert sum((found_by(replace(search, window=half)) for half in halves), ()) == found_by(search)
