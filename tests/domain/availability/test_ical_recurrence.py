from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event, vRecur
from recurring_ical_events import of as series_of

from domain.availability import ical_recurrence
from domain.availability.ical_recurrence import DAYS_OF_WEEK, TOO_MUCH, TOO_OFTEN, UNREADABLE, Budget
from domain.availability.ical_source import NotRead


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


FIRST = wall("2026-01-05T09:00")  # a Monday
SINCE, BEFORE = wall("2027-03-01"), wall("2027-04-01")
ENOUGH = 100_000


def starts(
    text: str,
    *,
    first: datetime = FIRST,
    until: datetime | None = None,
    since: datetime = SINCE,
    before: datetime = BEFORE,
    budget: int = ENOUGH,
    whole_day: bool = False,
) -> list[datetime]:
    rule = ical_recurrence.rule(text, first=first, whole_day=whole_day)
    return ical_recurrence.starts(
        rule, first=first, until=until, since=since, before=before, budget=Budget(left=budget)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY", [1, 8, 15, 22, 29]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", [1, 3, 15, 17, 29, 31]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", [1, 14, 15, 28, 29]),
        ("FREQ=WEEKLY;BYDAY=2MO", [1, 8, 15, 22, 29]),
        ("FREQ=MONTHLY", [5]),
        ("FREQ=MONTHLY;BYDAY=-1FR", [26]),
        ("FREQ=MONTHLY;BYDAY=2TU,MO", [1, 8, 9, 15, 22, 29]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", [31]),
        ("FREQ=MONTHLY;BYMONTHDAY=-2,1", [1, 30]),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=12", [12]),
        ("FREQ=MONTHLY;INTERVAL=12", []),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=3,4", [5]),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", [14]),
        ("FREQ=YEARLY;BYDAY=10MO", [8]),
        ("FREQ=YEARLY;BYYEARDAY=60,-276", [1, 31]),
        ("FREQ=YEARLY;BYWEEKNO=10;BYDAY=TU", [9]),
        ("FREQ=YEARLY", []),
        ("FREQ=DAILY;INTERVAL=10", [1, 11, 21, 31]),
        ("FREQ=DAILY;BYDAY=SA,SU;BYMONTH=3", [6, 7, 13, 14, 20, 21, 27, 28]),
        ("FREQ=HOURLY;INTERVAL=240", [1, 11, 21, 31]),
        ("freq=weekly;byday=mo", [1, 8, 15, 22, 29]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_a_rule_gives_its_days(text: str, expected: list[int]) -> None:
    found = starts(text)

    assert [start.day for start in found] == expected
    assert all(start.time() == FIRST.time() for start in found)


def test_times_of_the_day_are_those_of_the_rule_and_of_the_first_start_otherwise() -> None:
    found = starts("FREQ=MONTHLY;BYHOUR=8,20;BYMINUTE=0,30")
    hourly = starts("FREQ=HOURLY;INTERVAL=5", since=FIRST, before=FIRST + timedelta(hours=12))

    assert [format(start, "%H:%M") for start in found] == ["08:00", "08:30", "20:00", "20:30"]
    assert [start.hour for start in hourly] == [9, 14, 19]


def test_whole_days_take_no_times_from_their_rule() -> None:
    first = wall("2026-01-05")

    assert starts("FREQ=MONTHLY;BYHOUR=8", first=first, whole_day=True) == [wall("2027-03-05")]


def test_an_end_is_still_taken() -> None:
    assert [start.day for start in starts("FREQ=WEEKLY", until=wall("2027-03-15T09:00"))] == [1, 8, 15]
    assert [start.day for start in starts("FREQ=WEEKLY", until=wall("2027-03-15T08:59"))] == [1, 8]


def test_a_count_counts_from_the_first_start() -> None:
    assert len(starts("FREQ=DAILY;COUNT=5", since=FIRST)) == 5
    assert starts("FREQ=DAILY;COUNT=5") == []
    assert [start.day for start in starts("FREQ=WEEKLY;COUNT=63")] == [1, 8, 15]


def test_the_first_start_is_taken_also_where_the_rule_does_not_take_it() -> None:
    assert starts("FREQ=WEEKLY;BYDAY=TU", since=FIRST, before=wall("2026-01-08")) == [
        FIRST,
        wall("2026-01-06T09:00"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FREQ=SECONDLY", TOO_OFTEN),
        ("FREQ=MINUTELY;INTERVAL=600", TOO_OFTEN),
        ("FREQ=HOURLY;BYMINUTE=0,15,30,45", TOO_OFTEN),
        ("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=" + ",".join(map(str, range(60))), TOO_OFTEN),
        ("FREQ=YEARLY;BYSECOND=" + ",".join(map(str, range(60))), TOO_OFTEN),
        ("", UNREADABLE),
        ("INTERVAL=2", UNREADABLE),
        ("FREQ=FORTNIGHTLY", UNREADABLE),
        ("FREQ=DAILY;INTERVAL=0", UNREADABLE),
        ("FREQ=DAILY;INTERVAL=-1", UNREADABLE),
        ("FREQ=DAILY;INTERVAL=1,2", UNREADABLE),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", UNREADABLE),
        ("FREQ=DAILY;COUNT=0", UNREADABLE),
        ("FREQ=DAILY;COUNT=many", UNREADABLE),
        ("FREQ=DAILY;BYHOUR=24", UNREADABLE),
        ("FREQ=DAILY;BYMONTH=5L", UNREADABLE),
        ("FREQ=MONTHLY;BYMONTHDAY=0", UNREADABLE),
        ("FREQ=MONTHLY;BYMONTHDAY=32", UNREADABLE),
        ("FREQ=WEEKLY;BYDAY=XX", UNREADABLE),
        ("FREQ=WEEKLY;WKST=XX", UNREADABLE),
        ("FREQ=DAILY;BYSETPOS=1", UNREADABLE),
        ("FREQ=YEARLY;BYWEEKNO=1;WKST=SU", UNREADABLE),
        ("FREQ=YEARLY;BYWEEKNO=-1", UNREADABLE),
        ("FREQ=DAILY;UNTIL=soon", UNREADABLE),
        ("FREQ=DAILY;UNTIL=20270101,20280101", UNREADABLE),
        ("RSCALE=CHINESE;FREQ=YEARLY", UNREADABLE),
        ("FREQ=DAILY;BYEASTER=1", UNREADABLE),
        ("FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 1000), UNREADABLE),
    ],
)
def test_what_is_not_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(NotRead) as refused:
        starts(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("FREQ=DAILY", 40),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 40),
        ("FREQ=HOURLY", 24 * 40),
        ("FREQ=WEEKLY;BYDAY=MO", 50),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300", 70),
        ("FREQ=YEARLY", 70),
        ("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=2", 70),
    ],
)
def test_a_rule_costs_the_days_near_the_window_however_long_it_runs(text: str, enough: int) -> None:
    starts(text, first=wall("1604-03-15T09:00"), budget=enough)


def test_a_count_is_paid_for_from_the_first_start_and_refused_beyond_the_budget() -> None:
    with pytest.raises(NotRead) as refused:
        starts("FREQ=DAILY;COUNT=1000000000", first=wall("1604-03-15T09:00"))

    assert refused.value.reason == TOO_MUCH


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw a rule that the other reader reads in bounded time, and as RFC 5545 does."""
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    days = st.lists(st.sampled_from(DAYS_OF_WEEK), min_size=1, max_size=4, unique=True)
    months = st.lists(st.integers(1, 12), min_size=2, max_size=6, unique=True)
    match frequency:
        case "YEARLY":
            kind = draw(st.sampled_from(["BYDAY", "BYMONTHDAY", "BYYEARDAY", "none"]))
            if kind != "BYYEARDAY":
                parts += [f"BYMONTH={','.join(map(str, draw(months)))}"] if draw(st.booleans()) else []
            parts += {
                "BYDAY": [f"BYDAY={draw(st.sampled_from([-2, -1, 1, 2, 3]))}{draw(st.sampled_from(DAYS_OF_WEEK))}"],
                "BYMONTHDAY": [f"BYMONTHDAY={draw(st.integers(-28, -1))},{draw(st.integers(1, 28))}"],
                "BYYEARDAY": [f"BYYEARDAY={draw(st.integers(-365, -1))},{draw(st.integers(1, 365))}"],
                "none": [],
            }[kind]
        case "MONTHLY":
            parts += draw(
                st.sampled_from(
                    [
                        [],
                        [f"BYMONTHDAY={draw(st.integers(-28, -1))},{draw(st.integers(1, 31))}"],
                        [f"BYDAY={draw(st.sampled_from([-1, 1, 4]))}{draw(st.sampled_from(DAYS_OF_WEEK))}"],
                        [f"BYDAY={','.join(draw(days))}", f"BYSETPOS={draw(st.sampled_from([-2, -1, 1, 3]))}"],
                    ]
                )
            )
        case "WEEKLY":
            parts += [f"WKST={draw(st.sampled_from(DAYS_OF_WEEK))}"]
            parts += [f"BYDAY={','.join(draw(days))}"] if draw(st.booleans()) else []
        case "DAILY":
            parts += [f"BYDAY={','.join(draw(days))}"] if draw(st.booleans()) else []
            parts += ["BYHOUR=7,19"] if draw(st.booleans()) else []
    return ";".join(parts)


@given(
    text=rules(),
    first=st.datetimes(min_value=wall("2025-01-01"), max_value=wall("2026-12-28")),
    count=st.none() | st.integers(1, 30),
)
def test_it_agrees_with_another_reader(text: str, first: datetime, count: int | None) -> None:
    first = first.replace(second=0, microsecond=0, day=min(first.day, 28))
    since, before = wall("2026-03-01"), wall("2027-06-01")
    text += "" if count is None else f";COUNT={count}"

    found = starts(text, first=first, since=since, before=before)

    event = Event()
    event.add("DTSTART", first)
    event.add("RRULE", vRecur.from_ical(text))
    expected = sorted(each["DTSTART"].dt for each in series_of(event).between(since, before))
    assert found == expected
    assert all(earlier < later for earlier, later in pairwise(found))
