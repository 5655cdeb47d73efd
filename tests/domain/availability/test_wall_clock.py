from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import wall_clock
from domain.errors import Invalid
from tests.build.availability import instant, interval

NEW_YORK = "America/New_York"
ODD_ZONES = (
    NEW_YORK,
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/St_Johns",
    "Antarctica/Troll",
    "Atlantic/Azores",
    "Pacific/Apia",
    "Asia/Gaza",
    "UTC",
)


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


zones = st.sampled_from(ODD_ZONES)
minutes = st.integers(0, 15 * 366 * 1440).map(
    lambda minute: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
summers = st.integers(0, 366 * 24).map(lambda hour: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(hours=hour))


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "localtime",
        "posix/America/New_York",
        "right/UTC",
        "posixrules",
        "Factory",
        "america/new_york",
        "America/New_York ",
        "America",
        "America/",
        "/etc/localtime",
        "../America/New_York",
        "America/../America/New_York",
        "America//New_York",
        "America/New_York\x00",
        "EST5EDT,M3.2.0,M11.1.0",
        "+02:00",
        "zone1970.tab",
        "__init__.py",
    ],
)
def test_what_is_no_zone_is_refused(key: str) -> None:
    assert not wall_clock.is_known_zone(key)
    with pytest.raises(wall_clock.ZoneUnknown) as refused:
        wall_clock.zone(key)
    assert isinstance(refused.value, Invalid)
    assert [flaw.pointer for flaw in refused.value.flaws] == ["/time_zone"]


def test_every_key_of_the_package_can_be_loaded() -> None:
    keys = wall_clock.known_zones()

    assert {wall_clock.zone(key).key for key in keys} == keys
    assert {NEW_YORK, "Asia/Calcutta", "Etc/GMT+5", "UTC"} <= keys


def test_a_wall_time_of_the_gap_is_no_instant_and_bounds_at_its_end() -> None:
    assert wall_clock.instant(naive("2027-03-14T02:30"), NEW_YORK) is None
    assert wall_clock.bound(naive("2027-03-14T02:30:15.5"), NEW_YORK) == instant("2027-03-14T07:00Z")


def test_a_wall_time_of_the_fold_is_its_first_pass() -> None:
    assert wall_clock.instant(naive("2027-11-07T01:30"), NEW_YORK) == instant("2027-11-07T05:30Z")
    assert wall_clock.bound(naive("2027-11-07T01:30:15.5"), NEW_YORK) == instant("2027-11-07T05:30:15.5Z")
    assert wall_clock.instant(naive("2027-11-07T02:00"), NEW_YORK) == instant("2027-11-07T07:00Z")


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        wall_clock.instant(instant("2027-03-14T02:30Z"), NEW_YORK)


def test_both_passes_of_the_fold_show_the_same_wall_time() -> None:
    passes = [wall_clock.local(instant(text), NEW_YORK) for text in ("2027-11-07T05:30Z", "2027-11-07T06:30Z")]

    assert passes == [naive("2027-11-07T01:30")] * 2
    assert [shown.fold for shown in passes] == [0, 0]


def test_hours_past_midnight_end_on_the_next_date() -> None:
    on = date(2027, 6, 1)

    assert wall_clock.hours(on, start=time(22), end=time(2), zone="Asia/Kathmandu") == interval(
        "2027-06-01T16:15Z", "2027-06-01T20:15Z"
    )
    assert wall_clock.hours(on, start=time(9), end=time(9), zone="Pacific/Chatham") == interval(
        "2027-05-31T20:15Z", "2027-06-01T20:15Z"
    )


def test_hours_within_a_gap_are_none() -> None:
    assert wall_clock.hours(date(2027, 3, 14), start=time(2), end=time(2, 45), zone=NEW_YORK) is None


def test_a_day_without_its_midnight_begins_at_its_first_instant() -> None:
    day = wall_clock.day(date(2027, 9, 5), zone="America/Santiago")

    assert day == interval("2027-09-05T04:00Z", "2027-09-06T03:00Z")


@given(zones, st.one_of(minutes, summers))
def test_an_instant_comes_back_from_its_wall_time_or_its_twin_an_earlier_pass(zone: str, at: datetime) -> None:
    shown = wall_clock.local(at, zone)
    back = wall_clock.instant(shown, zone)

    assert back is not None
    assert back == shown.replace(tzinfo=wall_clock.zone(zone)).astimezone(UTC)
    assert back <= at
    assert wall_clock.local(back, zone) == shown


@given(zones, st.one_of(minutes, summers))
def test_a_wall_time_is_an_instant_exactly_when_it_exists(zone: str, wall_as_utc: datetime) -> None:
    wall = wall_as_utc.replace(tzinfo=None)
    there_and_back = wall.replace(tzinfo=wall_clock.zone(zone)).astimezone(UTC).astimezone(wall_clock.zone(zone))
    exists = there_and_back.replace(tzinfo=None) == wall

    assert (wall_clock.instant(wall, zone) is not None) is exists


@given(zones, st.one_of(minutes, summers), st.integers(0, 3000))
def test_bounds_keep_their_order(zone: str, wall_as_utc: datetime, later_minutes: int) -> None:
    wall = wall_as_utc.replace(tzinfo=None)

    assert wall_clock.bound(wall, zone) <= wall_clock.bound(wall + timedelta(minutes=later_minutes), zone)
