"""Calendars as tests need them: made up, and each with a quirk of some maker's."""

from datetime import timedelta

from domain.availability import ical
from domain.availability.ical import Reading
from domain.availability.interval import Interval
from tests.build.availability import instant, interval

NEW_YORK = "America/New_York"
# The spring of 2027: clocks go forward in New York on March 14, and in Berlin on March 28.
WINDOW = interval("2027-03-01T00:00Z", "2027-05-01T00:00Z")
BERLIN_BY_ITS_MAKER = (
    "BEGIN:VTIMEZONE",
    "TZID:Example Standard Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def event(*lines: str, uid: str | None = "one") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *([] if uid is None else [f"UID:{uid}"]), *lines, "END:VEVENT")


def calendar(*parts: tuple[str, ...], newline: str = "\r\n") -> bytes:
    lines = [line for part in parts for line in part]
    return newline.join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:made up", *lines, "END:VCALENDAR", "")).encode()


def read(source: bytes, *, zone: str = NEW_YORK, window: Interval = WINDOW) -> Reading:
    return ical.read(source, zone=zone, window=window)


def busy(*lines: str, zone: str = NEW_YORK, besides: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    """Give what one event shuts, as `start/end` in UTC, to the minute; it must be heeded."""
    reading = read(calendar(event(*lines), *besides), zone=zone)
    assert not reading.ignored, reading.ignored
    return shown(reading)


def shown(reading: Reading) -> list[str]:
    return [f"{each.starts_at:%m-%dT%H:%M}/{each.ends_at:%m-%dT%H:%M}" for each in reading.busy]


def reasons(source: bytes) -> list[tuple[str | None, str]]:
    return [(each.uid, each.reason) for each in read(source).ignored]


def hour(starts_at: str) -> Interval:
    start = instant(starts_at)
    return Interval(starts_at=start, ends_at=start + timedelta(hours=1))
