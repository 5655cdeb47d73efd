"""The feed read back: by the icalendar library, and by the rules that stand in the feed itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Component, vUTCOffset

from domain.availability import wall_clock
from domain.booking import feed
from domain.booking.feed import FeedSession
from domain.ids import uuid7
from tests.build.feeds import at

NOW: Final = datetime(2027, 6, 1, 12, tzinfo=UTC)
ZONES: Final = st.sampled_from(sorted(wall_clock.known_zones()))
MINUTES: Final = st.integers(min_value=0, max_value=3 * 366 * 24 * 60)
LINES: Final = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "TZID", "DTSTART", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME",
    "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTEND", "SUMMARY", "STATUS", "CLASS",
}  # fmt: skip


def session(
    starts_at: datetime, *, minutes: int = 50, version: int = 1, changed_at: datetime = NOW, of: UUID | None = None
) -> FeedSession:
    return FeedSession(
        id=of or uuid7(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        version=version,
        changed_at=changed_at,
    )


def minute(count: int) -> datetime:
    """Give an instant of 2026, 2027 or 2028."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count)


def read(written: bytes) -> tuple[Calendar, Sequence[Component]]:
    calendar = Calendar.from_ical(written)
    assert isinstance(calendar, Calendar)
    return calendar, calendar.walk("VEVENT")


def rules_of(calendar: Calendar) -> list[tuple[datetime, timedelta]]:
    """Give the onsets of the one VTIMEZONE, by the wall before each, and the offset that each brings."""
    (zone,) = calendar.walk("VTIMEZONE")
    found = []
    for part in zone.subcomponents:
        offset = part["TZOFFSETTO"]
        assert isinstance(offset, vUTCOffset)
        found += [(onset, offset.td) for onset in (at(part, "DTSTART"), *_further_onsets(part))]
    return sorted(found)


def _further_onsets(part: Component) -> list[datetime]:
    given = part.get("RDATE", [])
    found = [date.dt for each in (given if isinstance(given, list) else [given]) for date in each.dts]
    assert all(isinstance(each, datetime) for each in found)
    return found


def by_rules(rules: list[tuple[datetime, timedelta]], wall: datetime) -> datetime:
    """Give the instant of a wall time by the rules of a feed. Source: RFC 5545 sections 3.3.5 and 3.6.5."""
    return (wall - [offset for onset, offset in rules if onset <= wall][-1]).replace(tzinfo=UTC)


@settings(max_examples=50)
@given(zone=ZONES, starts=st.lists(MINUTES, min_size=1, max_size=4), minutes=st.integers(min_value=5, max_value=480))
@example(zone="America/New_York", starts=[439_500, 439_560], minutes=60)
def test_every_session_is_read_back_at_its_instants(zone: str, starts: list[int], minutes: int) -> None:
    sessions = [session(minute(each), minutes=minutes) for each in starts]

    _, events = read(feed.calendar(sessions, zone=zone, now=NOW))

    read_back = {
        event["UID"]: (at(event, "DTSTART").astimezone(UTC), at(event, "DTEND").astimezone(UTC)) for event in events
    }
    assert read_back == {f"{each.id}@attune": (each.starts_at, each.ends_at) for each in sessions}


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York", "America/St_Johns", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe",
        "Asia/Kolkata", "Etc/UTC", "Antarctica/Troll",
    ],
)  # fmt: skip
def test_around_every_change_of_clocks_the_rules_in_the_feed_lead_to_the_instant(zone: str) -> None:
    first_s, last_s = (int(minute(count).timestamp()) for count in (0, 2 * 365 * 24 * 60))
    changes = wall_clock.rules(zone, from_s=first_s, until_s=last_s).changes
    sessions = [
        session(datetime.fromtimestamp(change, UTC) + timedelta(minutes=15 * step), minutes=15)
        for change in (*(each for each in changes if first_s <= each <= last_s), int(NOW.timestamp()))
        for step in (-9, -8, -7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 9)
    ]

    calendar, events = read(feed.calendar(sessions, zone=zone, now=NOW))

    rules = rules_of(calendar)
    for each, event in zip(sorted(sessions, key=lambda one: (one.starts_at, one.id)), events, strict=True):
        for instant, name in ((each.starts_at, "DTSTART"), (each.ends_at, "DTEND")):
            told, is_wall_time = at(event, name), "TZID" in event[name].params
            assert (by_rules(rules, told.replace(tzinfo=None)) if is_wall_time else told) == instant


@settings(max_examples=50)
@given(zone=ZONES, start=MINUTES)
def test_the_rules_in_the_feed_are_the_zones(zone: str, start: int) -> None:
    wall = wall_clock.local(minute(start), zone)

    calendar, _ = read(feed.calendar([session(minute(start))], zone=zone, now=NOW))

    assert by_rules(rules_of(calendar), wall) == wall_clock.instant(wall, zone)


def test_the_second_pass_of_an_hour_that_comes_twice_is_written_in_utc() -> None:
    first_pass, second_pass = datetime(2027, 11, 7, 5, 10, tzinfo=UTC), datetime(2027, 11, 7, 6, 10, tzinfo=UTC)

    written = feed.calendar(
        [session(first_pass, minutes=20), session(second_pass, minutes=20)], zone="America/New_York", now=NOW
    ).decode()

    assert "DTSTART;TZID=America/New_York:20271107T011000" in written
    assert "DTSTART:20271107T061000Z" in written


@pytest.mark.parametrize("starts", [(), (10_000, 20_000)])
def test_the_calendar_is_whole_and_names_its_zone_once(starts: tuple[int, ...]) -> None:
    written = feed.calendar([session(minute(each)) for each in starts], zone="America/New_York", now=NOW)
    calendar, events = read(written)

    assert (calendar["VERSION"], calendar["CALSCALE"], "METHOD" in calendar) == ("2.0", "GREGORIAN", False)
    assert calendar["PRODID"]
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    assert calendar.get_missing_tzids() == set()
    assert len(events) == len(starts)
    assert calendar.errors == []


@given(zone=ZONES, starts=st.lists(MINUTES, max_size=3))
def test_lines_end_in_crlf_and_have_at_most_75_octets(zone: str, starts: list[int]) -> None:
    written = feed.calendar([session(minute(each)) for each in starts], zone=zone, now=NOW)

    assert written.endswith(b"END:VCALENDAR\r\n")
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line and len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_an_event_says_when_and_nothing_else() -> None:
    written = feed.calendar([session(minute(5))], zone="America/New_York", now=NOW).decode()

    unfolded = written.replace("\r\n ", "").splitlines()
    assert {line.partition(":")[0].partition(";")[0] for line in unfolded} <= LINES
    assert [line for line in unfolded if line.startswith("SUMMARY")] == ["SUMMARY:Appointment"]


def test_an_event_keeps_its_uid_and_its_sequence_grows_with_the_row() -> None:
    booking_id = uuid7()
    before = session(minute(5), of=booking_id)
    after = session(minute(65), version=3, changed_at=NOW + timedelta(hours=1), of=booking_id)

    (told,) = read(feed.calendar([before], zone="Etc/UTC", now=NOW))[1]
    (told_again,) = read(feed.calendar([after], zone="Etc/UTC", now=NOW))[1]

    assert told["UID"] == told_again["UID"] == f"{booking_id}@attune"
    assert (told["SEQUENCE"], told_again["SEQUENCE"]) == (0, 2)
    assert at(told_again, "LAST-MODIFIED") == at(told_again, "DTSTAMP") == NOW + timedelta(hours=1)
    assert told["STATUS"] == "CONFIRMED"


def test_the_same_sessions_give_the_same_bytes_in_any_order() -> None:
    sessions = [session(minute(each)) for each in (50, 5, 500)]

    assert feed.calendar(sessions, zone="Europe/Dublin", now=NOW) == feed.calendar(
        sessions[::-1], zone="Europe/Dublin", now=NOW
    )
