"""A calendar feed as text. Source: RFC 5545.

- It says when, and nothing else: no names, no concerns, no format, no place. Every event bears the same summary.
- Times are wall times of the reader's zone, with that zone's rules beside them. A wall time that comes twice means its
  first pass (section 3.3.5), so a session in the second pass of a fold is written in UTC.
- The rules are written out change by change, for every year that matters: an onset is told by the wall as it was
  before the change (section 3.6.5).
- An event keeps its UID for good, and its sequence number grows with each change of the row. The stamp is the last
  change (section 3.8.7.2), so the same sessions always give the same bytes.
- A calendar has at least one component (section 3.6), so the zone stands there even where no session does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.availability import wall_clock

SUMMARY: Final = "Appointment"
PRODUCT: Final = "-//Attune//Calendar feed//EN"
LINE_OCTETS_MAX: Final = 75
LINE_END: Final = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSession:
    """A session in somebody's calendar. Instants are aware UTC; version: at least 1, grows with each change."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Observance:
    """A part of a zone's year: its name, whether it is daylight time, and the offsets before it and in it."""

    name: str
    is_daylight: bool
    from_s: int
    to_s: int


def calendar(sessions: Sequence[FeedSession], *, zone: str, now: datetime) -> bytes:
    """Write the calendar of somebody who lives by `zone` (IANA), by start. Raises ZoneUnknown."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        *_zone(zone, sessions=sessions, now=now),
        *(line for each in sorted(sessions, key=lambda one: (one.starts_at, one.id)) for line in _event(each, zone)),
        "END:VCALENDAR",
        "",
    )
    return LINE_END.join(_folded(line) for line in lines).encode()


def _event(session: FeedSession, zone: str) -> Iterator[str]:
    changed_at = _utc(session.changed_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{session.id}@attune"
    yield f"DTSTAMP:{changed_at}"
    yield f"LAST-MODIFIED:{changed_at}"
    yield f"SEQUENCE:{session.version - 1}"
    if _comes_first(session.starts_at, zone) and _comes_first(session.ends_at, zone):
        yield f"DTSTART;TZID={zone}:{_form(wall_clock.local(session.starts_at, zone))}"
        yield f"DTEND;TZID={zone}:{_form(wall_clock.local(session.ends_at, zone))}"
    else:
        yield f"DTSTART:{_utc(session.starts_at)}"
        yield f"DTEND:{_utc(session.ends_at)}"
    yield f"SUMMARY:{SUMMARY}"
    yield "STATUS:CONFIRMED"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _comes_first(instant: datetime, zone: str) -> bool:
    """Tell whether the wall shows the instant's time for the first time then."""
    return wall_clock.instant(wall_clock.local(instant, zone), zone) == instant


def _zone(zone: str, *, sessions: Sequence[FeedSession], now: datetime) -> Iterator[str]:
    """Write a zone's rules, from a year before everything shown to a year after it."""
    first = min((now, *(each.starts_at for each in sessions)))
    last = max((now, *(each.ends_at for each in sessions)))
    from_s = _seconds(datetime(first.year - 1, 1, 1, tzinfo=UTC))
    until_s = _seconds(datetime(last.year + 2, 1, 1, tzinfo=UTC))
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    for observance, onsets in _observances(zone, from_s=from_s, until_s=until_s).items():
        kind = "DAYLIGHT" if observance.is_daylight else "STANDARD"
        yield f"BEGIN:{kind}"
        yield f"DTSTART:{_form(onsets[0])}"
        yield from (f"RDATE:{_form(onset)}" for onset in onsets[1:])
        yield f"TZOFFSETFROM:{_offset(observance.from_s)}"
        yield f"TZOFFSETTO:{_offset(observance.to_s)}"
        yield f"TZNAME:{observance.name}"
        yield f"END:{kind}"
    yield "END:VTIMEZONE"


def _observances(zone: str, *, from_s: int, until_s: int) -> dict[_Observance, list[datetime]]:
    """Give each observance with its onsets, ascending, told by the wall before the change."""
    rules = wall_clock.rules(zone, from_s=from_s, until_s=until_s)
    offset_s = rules.offset_s(from_s)
    found = {_observance(zone, since_s=from_s, from_s=offset_s, to_s=offset_s): [_wall(from_s + offset_s)]}
    for change_s, wall_s, before_s, after_s in zip(
        rules.changes, rules.wall_ends, rules.offsets[:-1], rules.offsets[1:], strict=True
    ):
        if from_s < change_s <= until_s:
            observance = _observance(zone, since_s=change_s, from_s=before_s, to_s=after_s)
            found.setdefault(observance, []).append(_wall(wall_s))
    return found


def _observance(zone: str, *, since_s: int, from_s: int, to_s: int) -> _Observance:
    local = (wall_clock.EPOCH + timedelta(seconds=since_s)).astimezone(wall_clock.zone(zone))
    return _Observance(name=local.tzname() or _offset(to_s), is_daylight=bool(local.dst()), from_s=from_s, to_s=to_s)


def _seconds(instant: datetime) -> int:
    return (instant - wall_clock.EPOCH) // timedelta(seconds=1)


def _wall(wall_s: int) -> datetime:
    return (wall_clock.EPOCH + timedelta(seconds=wall_s)).replace(tzinfo=None)


def _form(wall: datetime) -> str:
    return wall.strftime("%Y%m%dT%H%M%S")


def _utc(instant: datetime) -> str:
    return f"{_form(instant.astimezone(UTC))}Z"


def _offset(offset_s: int) -> str:
    """Write an offset from UTC; seconds only where there are some."""
    minutes, seconds = divmod(abs(offset_s), 60)
    return f"{'-' if offset_s < 0 else '+'}{minutes // 60:02}{minutes % 60:02}{f'{seconds:02}' if seconds else ''}"


def _folded(line: str) -> str:
    """Fold a line of ASCII, so that none is longer than 75 octets. Source: RFC 5545 section 3.1."""
    first, rest = line[:LINE_OCTETS_MAX], line[LINE_OCTETS_MAX:]
    width = LINE_OCTETS_MAX - 1  # a space goes in front of what follows
    return "".join((first, *(f"{LINE_END} {rest[at : at + width]}" for at in range(0, len(rest), width))))
