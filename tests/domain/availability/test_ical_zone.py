from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import ical_source, wall_clock
from domain.availability.ical_recurrence import Budget
from domain.availability.ical_zone import Zone, Zones
from domain.availability.interval import Interval
from tests.build.availability import interval
from tests.build.calendars import BERLIN_BY_ITS_MAKER, WINDOW, busy, calendar

YEAR = interval("2027-01-01T00:00Z", "2028-01-01T00:00Z")
NOON = datetime.fromisoformat("2027-03-10T12:00")


def zone(tzid: str, *definition: str, window: Interval = WINDOW) -> Zone | None:
    components = ical_source.read(calendar(definition))
    return Zones(components, window=window, budget=Budget(left=10_000)).of(tzid)


def noon(tzid: str, *definition: str) -> str | None:
    """Give the UTC time of a noon in March, before the clocks change in Berlin and New York."""
    found = zone(tzid, *definition)
    return None if found is None else format(found.instant(NOON), "%H:%M")


@pytest.mark.parametrize(
    ("tzid", "expected"),
    [
        ("Europe/Berlin", "11:00"),
        ("europe/berlin", "11:00"),
        ("/example.com/Europe/Berlin", "11:00"),
        ("/example.org/Olson_20270101_1/America/Argentina/Buenos_Aires", "15:00"),
        ("tzone://Example/Utc", "12:00"),
        ("W. Europe Standard Time", "11:00"),
        ("Eastern Standard Time", "17:00"),
        ("India Standard Time", "06:30"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "11:00"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "17:00"),
        ("(GMT-08:00) Pacific Time (US & Canada)", "20:00"),
        ("(UTC) Coordinated Universal Time", "12:00"),
        ("UTC", "12:00"),
        ("UTC+05:30", "06:30"),
        ("GMT-0300", "15:00"),
    ],
)
def test_a_name_that_means_one_zone_is_that_zone(tzid: str, expected: str) -> None:
    assert noon(tzid) == expected


@pytest.mark.parametrize(
    "tzid",
    [
        "",
        "Customized Time Zone",
        "tzone://Example/Custom",
        "Factory",
        "Europe/Gotham",
        "(UTC+01:00) Gotham",
        "(UTC+05:00) Berlin",
        "(UTC+01:00) Berlin, New York",
        "UTC+99:00",
        "(UTC+99:00) Berlin",
        "x" * 300,
    ],
)
def test_a_name_that_means_no_zone_or_several_is_not_guessed(tzid: str) -> None:
    assert zone(tzid) is None


def test_a_quoted_name_with_commas_and_colons_is_read() -> None:
    name = '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"'

    assert busy(f"DTSTART;TZID={name}:20270308T090000", "DURATION:PT1H") == ["03-08T08:00/03-08T09:00"]


def test_a_zone_that_the_calendar_defines_is_used() -> None:
    lines = ("DTSTART;TZID=Example Standard Time:20270327T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")

    assert busy(*lines, besides=(BERLIN_BY_ITS_MAKER,)) == ["03-27T08:00/03-27T09:00", "03-28T07:00/03-28T08:00"]


@given(
    wall=st.datetimes(min_value=datetime.fromisoformat("2027-01-01"), max_value=datetime.fromisoformat("2027-12-31"))
)
def test_a_defined_zone_has_our_rules_for_gaps_and_folds(wall: datetime) -> None:
    found = zone("Example Standard Time", *BERLIN_BY_ITS_MAKER, window=YEAR)

    assert found is not None
    assert found.instant(wall) == wall_clock.bound(wall, "Europe/Berlin")
    assert found.wall(found.instant(wall)) == wall_clock.local(found.instant(wall), "Europe/Berlin")


def test_a_definition_counts_before_a_name_of_windows_and_after_an_iana_key() -> None:
    def renamed(name: str) -> tuple[str, ...]:
        return tuple(line.replace("Example Standard Time", name) for line in BERLIN_BY_ITS_MAKER)

    assert noon("Eastern Standard Time", *renamed("Eastern Standard Time")) == "11:00"
    assert noon("America/New_York", *renamed("America/New_York")) == "17:00"


def test_a_zone_that_gave_up_changing_keeps_its_last_offset() -> None:
    until = tuple(
        f"{line};UNTIL=20101231T000000Z" if line.startswith("RRULE") else line for line in BERLIN_BY_ITS_MAKER
    )

    assert noon("Example Standard Time", *until) == "11:00"


def observance(**changes: str) -> tuple[str, ...]:
    lines = {"DTSTART": "20200101T000000", "TZOFFSETFROM": "+0100", "TZOFFSETTO": "+0300"} | changes
    return (
        "BEGIN:VTIMEZONE", "TZID:Made up", "BEGIN:STANDARD", *(f"{name}:{value}" for name, value in lines.items()),
        "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip


def test_one_part_is_enough() -> None:
    assert noon("Made up", *observance()) == "09:00"
    assert noon("Made up", *observance(RDATE="20270101T000000,20280101T000000")) == "09:00"
    assert noon("Made up", *observance(DTSTART="20290101T000000")) == "11:00"


@pytest.mark.parametrize(
    "definition",
    [
        ("BEGIN:VTIMEZONE", "TZID:Made up", "END:VTIMEZONE"),
        observance(TZOFFSETTO="+25:00"),
        observance(TZOFFSETTO="one"),
        observance(DTSTART="20200101"),
        observance(RRULE="FREQ=SECONDLY"),
        observance(DTSTART="16010101T000000", RRULE="FREQ=DAILY;COUNT=100000000"),
        observance(RRULE="FREQ=YEARLY;UNTIL=20300101"),
        (*observance()[:3], *observance()[-2:]),
        (
            *observance(DTSTART="20270301T000000")[:-1],
            *observance(DTSTART="20270301T010000", TZOFFSETFROM="+0300", TZOFFSETTO="-1000")[2:-1],
            "END:VTIMEZONE",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_no_zone(definition: tuple[str, ...]) -> None:
    assert zone("Made up", *definition) is None
