import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from domain.availability import slots, wall_clock
from tests.build.availability import hours, instant, interval, schedule, session_type
from tests.domain.availability import oracle

CHANGES_2027 = oracle.changes_of(2027)
ROOT = Path(__file__).parents[3]
A_WEEK_OF_SLOTS = """
from tests.build.availability import hours, instant, interval, schedule, session_type
from domain.availability import slots, wall_clock
window = interval("2027-03-12T00:00Z", "2027-03-19T00:00Z")
for slot in slots.free(schedule(), session_type(), window=window, busy=(), now=instant("2027-03-01T00:00Z")):
    print(slot.starts_at.isoformat(), wall_clock.local(slot.starts_at, "America/New_York").isoformat())
"""


def walls(zone: str, start: str, end: str, window: tuple[str, str], *, minutes: int = 50, step: int = 60) -> list[str]:
    """Give the wall times and offsets of the starts offered on seven days a week."""
    asked = interval(*window)
    offered = slots.free(
        schedule(zone=zone, weekly_hours=hours(start, end), slot_interval=step),
        session_type(minutes=minutes),
        window=asked,
        busy=(),
        now=asked.starts_at,
    )
    tz = wall_clock.zone(zone)
    return [format(slot.starts_at.astimezone(tz), "%d %H:%M%z") for slot in offered]


def test_2027_has_all_its_distinct_changes() -> None:
    # The count follows the zone package: 54 when the field was measured, 55 with 2026f.
    assert len(CHANGES_2027) >= 54


@pytest.mark.parametrize("change", CHANGES_2027, ids=lambda change: f"{change.zone}-{change.at:%m-%d}")
def test_no_slot_is_wrong_around_a_change(change: oracle.Change) -> None:
    window = oracle.week_around(change)
    now = window.starts_at - timedelta(days=1)

    for start, end, minutes, step in (
        ("09:00", "17:00", 50, 60),
        ("13:00", "17:00", 50, 60),
        ("00:00", "06:00", 50, 60),
        ("21:45", "02:15", 40, 15),
        ("01:30", "02:30", 30, 10),
    ):
        asked = schedule(zone=change.zone, weekly_hours=hours(start, end), slot_interval=step)
        offered = slots.free(asked, session_type(minutes=minutes), window=window, busy=(), now=now)
        expected = oracle.starts(asked, session_type(minutes=minutes), window=window, now=now)

        assert [slot.starts_at for slot in offered] == expected, (start, end)


def test_the_afternoon_of_the_spring_change_in_new_york_keeps_its_wall_time() -> None:
    offered = walls("America/New_York", "13:00", "17:00", ("2027-03-14T05:00Z", "2027-03-15T04:00Z"))

    assert offered == ["14 13:00-0400", "14 14:00-0400", "14 15:00-0400", "14 16:00-0400"]


def test_the_hour_that_does_not_exist_in_new_york_is_not_offered() -> None:
    offered = walls("America/New_York", "00:00", "06:00", ("2027-03-14T05:00Z", "2027-03-15T04:00Z"))

    assert offered == ["14 00:00-0500", "14 01:00-0500", "14 03:00-0400", "14 04:00-0400", "14 05:00-0400"]


def test_hours_that_start_in_the_gap_begin_at_its_end_on_the_grid_as_written() -> None:
    offered = walls("America/New_York", "02:30", "05:00", ("2027-03-14T05:00Z", "2027-03-15T04:00Z"), step=30)

    assert offered == ["14 03:00-0400", "14 03:30-0400", "14 04:00-0400"]
    assert wall_clock.bound(datetime.fromisoformat("2027-03-14T02:30"), "America/New_York") == instant(
        "2027-03-14T07:00Z"
    )


def test_hours_that_end_in_the_gap_end_where_it_is() -> None:
    offered = walls("America/New_York", "00:00", "02:30", ("2027-03-14T05:00Z", "2027-03-15T04:00Z"), step=10)

    assert offered[-1] == "14 01:10-0500"


def test_the_hour_that_comes_twice_in_new_york_is_offered_once_in_its_first_pass() -> None:
    offered = walls("America/New_York", "00:00", "06:00", ("2027-11-07T04:00Z", "2027-11-08T05:00Z"))

    assert offered == [
        "07 00:00-0400",
        "07 01:00-0400",
        "07 02:00-0500",
        "07 03:00-0500",
        "07 04:00-0500",
        "07 05:00-0500",
    ]


def test_hours_that_span_the_fold_are_longer_in_real_time() -> None:
    night = wall_clock.hours(date(2027, 11, 7), start=time(0), end=time(6), zone="America/New_York")

    assert night == interval("2027-11-07T04:00Z", "2027-11-07T11:00Z")


def test_hours_that_end_in_the_fold_end_in_its_first_pass() -> None:
    offered = walls("America/New_York", "00:00", "01:30", ("2027-11-07T04:00Z", "2027-11-08T05:00Z"), step=10)

    assert offered[-1] == "07 00:40-0400"


def test_hours_that_start_in_the_fold_start_in_its_first_pass() -> None:
    offered = walls("America/New_York", "01:30", "03:20", ("2027-11-07T04:00Z", "2027-11-08T05:00Z"), step=30)

    assert offered == ["07 01:30-0400", "07 02:00-0500", "07 02:30-0500"]


def test_the_half_hour_of_lord_howe_is_skipped_and_comes_twice() -> None:
    spring = walls("Australia/Lord_Howe", "01:00", "04:00", ("2027-10-02T13:00Z", "2027-10-03T13:00Z"), step=15)
    autumn = walls("Australia/Lord_Howe", "01:00", "03:00", ("2027-04-03T13:00Z", "2027-04-04T13:00Z"), step=15)

    assert spring[:6] == [
        "03 01:00+1030",
        "03 01:15+1030",
        "03 01:30+1030",
        "03 01:45+1030",
        "03 02:30+1100",
        "03 02:45+1100",
    ]
    assert autumn == [
        "04 01:00+1100",
        "04 01:15+1100",
        "04 01:30+1100",
        "04 01:45+1100",
        "04 02:00+1030",
    ]


def test_the_midnight_that_santiago_skips_begins_at_one() -> None:
    offered = walls("America/Santiago", "00:00", "04:00", ("2027-09-05T03:00Z", "2027-09-06T03:00Z"))

    assert offered == ["05 01:00-0300", "05 02:00-0300", "05 03:00-0300"]


def test_hours_past_midnight_reach_over_the_gap_of_santiago() -> None:
    offered = walls("America/Santiago", "22:00", "02:00", ("2027-09-05T01:00Z", "2027-09-05T06:00Z"))

    assert offered == ["04 22:00-0400", "04 23:00-0400", "05 01:00-0300"]


def test_a_date_that_a_zone_skips_has_no_slots() -> None:
    offered = walls("Pacific/Apia", "20:00", "02:00", ("2011-12-29T10:00Z", "2011-12-31T10:00Z"))

    assert wall_clock.day(date(2011, 12, 30), zone="Pacific/Apia") is None
    assert offered == [
        "29 00:00-1000",
        "29 01:00-1000",
        "29 20:00-1000",
        "29 21:00-1000",
        "29 22:00-1000",
        "29 23:00-1000",
        "31 00:00+1400",
        "31 01:00+1400",
        "31 20:00+1400",
        "31 21:00+1400",
        "31 22:00+1400",
        "31 23:00+1400",
    ]


def test_neither_the_servers_zone_nor_its_zone_files_play_a_part(tmp_path: Path) -> None:
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "New_York").write_bytes(
        Path(wall_clock.__file__).read_bytes()  # no zone file at all: reading it would fail
    )

    printed = {
        subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-c", A_WEEK_OF_SLOTS],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TZ": server_zone, "PYTHONTZPATH": str(tmp_path)},
        ).stdout
        for server_zone in ("UTC", "America/New_York", "Asia/Kolkata")
    }

    assert len(printed) == 1
    assert printed.pop().splitlines()[0] == "2027-03-12T14:00:00+00:00 2027-03-12T09:00:00"
