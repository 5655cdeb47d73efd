from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import places

calendar_days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def zones_of_the_country() -> set[str]:
    """Every zone the tz database files under the US and the territories that license."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[2] for row in rows if row[0] in {"US", "AS", "GU", "MP", "PR", "VI"}}


def test_the_states_the_district_and_five_territories_are_known() -> None:
    known = places.known()

    assert len(known) == 50 + 1 + 5
    assert all(places.is_known(code) and places.country(code) == "US" for code in known)


@pytest.mark.parametrize("code", ["", "OH", "us-oh", "US-XX", "US-UM", "US", "CA-ON", "US-OH "])
def test_what_is_not_served_is_unknown(code: str) -> None:
    assert not places.is_known(code)
    with pytest.raises(places.UnknownJurisdiction) as refused:
        places.zones(code)
    assert [flaw.pointer for flaw in refused.value.flaws] == ["/jurisdiction"]
    with pytest.raises(places.UnknownJurisdiction):
        places.country(code)


def test_every_zone_of_the_country_is_kept_somewhere_and_no_other() -> None:
    kept = {zone for code in places.known() for zone in places.zones(code)}

    assert kept == zones_of_the_country()


@pytest.mark.parametrize(
    ("code", "some_zones"),
    [
        ("US-AK", {"America/Anchorage", "America/Adak"}),
        ("US-AZ", {"America/Phoenix", "America/Denver"}),
        ("US-FL", {"America/New_York", "America/Chicago"}),
        ("US-ID", {"America/Boise", "America/Los_Angeles"}),
        ("US-IN", {"America/Indiana/Indianapolis", "America/Chicago"}),
        ("US-KS", {"America/Chicago", "America/Denver"}),
        ("US-KY", {"America/New_York", "America/Chicago"}),
        ("US-MI", {"America/Detroit", "America/Menominee"}),
        ("US-ND", {"America/Chicago", "America/Denver"}),
        ("US-NE", {"America/Chicago", "America/Denver"}),
        ("US-NV", {"America/Los_Angeles", "America/Denver"}),
        ("US-OR", {"America/Los_Angeles", "America/Boise"}),
        ("US-SD", {"America/Chicago", "America/Denver"}),
        ("US-TN", {"America/New_York", "America/Chicago"}),
        ("US-TX", {"America/Chicago", "America/Denver"}),
    ],
)
def test_a_jurisdiction_that_spans_zones_has_them_all(code: str, some_zones: set[str]) -> None:
    assert some_zones <= set(places.zones(code))


@pytest.mark.parametrize(
    ("code", "first", "last", "starts_at", "ends_at"),
    [
        # one zone, standard time; then the day of 25 hours, then that of 23
        ("US-OH", date(2027, 1, 5), date(2027, 1, 5), (2027, 1, 5, 5), (2027, 1, 6, 5)),
        ("US-OH", date(2027, 11, 7), date(2027, 11, 7), (2027, 11, 7, 4), (2027, 11, 8, 5)),
        ("US-OH", date(2027, 3, 14), date(2027, 3, 14), (2027, 3, 14, 5), (2027, 3, 15, 4)),
        # two zones: begun in Denver too, and not over in Chicago yet
        ("US-TX", date(2027, 1, 5), date(2027, 1, 5), (2027, 1, 5, 7), (2027, 1, 6, 6)),
        # Phoenix and the Navajo Nation agree in winter and not in summer
        ("US-AZ", date(2027, 1, 5), date(2027, 1, 5), (2027, 1, 5, 7), (2027, 1, 6, 7)),
        ("US-AZ", date(2027, 7, 5), date(2027, 7, 5), (2027, 7, 5, 7), (2027, 7, 6, 6)),
        # east of Greenwich the day begins the day before, in UTC
        ("US-GU", date(2027, 1, 5), date(2027, 1, 5), (2027, 1, 4, 14), (2027, 1, 5, 14)),
        ("US-AK", date(2027, 1, 5), date(2027, 1, 6), (2027, 1, 5, 10), (2027, 1, 7, 9)),
    ],
)
def test_days_last_while_it_is_those_days_in_all_zones(
    code: str,
    first: date,
    last: date,
    starts_at: tuple[int, int, int, int],
    ends_at: tuple[int, int, int, int],
) -> None:
    window = places.days(code, first=first, last=last)

    assert window == places.Window(
        starts_at=datetime(*starts_at, tzinfo=UTC),
        ends_at=datetime(*ends_at, tzinfo=UTC),
    )


@given(st.sampled_from(sorted(places.known())), calendar_days, st.integers(-48 * 60, 48 * 60))
def test_an_instant_is_inside_a_day_exactly_when_every_zone_shows_that_date(code: str, day: date, minutes: int) -> None:
    window = places.days(code, first=day, last=day)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    instant = datetime.fromtimestamp(noon + minutes * 60, tz=UTC)

    shown = {instant.astimezone(ZoneInfo(zone)).date() for zone in places.zones(code)}

    assert window.holds(instant) == (shown == {day})


def test_a_window_covers_itself_and_does_not_hold_its_end() -> None:
    window = places.days("US-OH", first=date(2027, 1, 5), last=date(2027, 1, 5))

    assert window.covers(window)
    assert window.holds(window.starts_at)
    assert not window.holds(window.ends_at)
