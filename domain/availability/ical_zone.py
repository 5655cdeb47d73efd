"""The zones of a calendar: what a TZID means, and zones that a calendar brings along. Source: RFC 5545 section 3.6.5.

A TZID is, in this order, and never a guess beyond it:

- an IANA zone, by its exact key: our own rules are fresher than a copy in the calendar;
- a zone that the calendar defines: Outlook's own names, and names made up;
- a name of Windows, of which Unicode says what it means;
- an IANA zone behind a maker's prefix ("/example.com/Europe/Berlin"), or in other letters;
- an offset ("UTC+01:00"), which is a zone whose clock never changes;
- what Outlook shows for a zone, "(UTC+01:00) Amsterdam, Berlin": where we know the places named, and they all keep one
  time, of the offset shown.

A defined zone follows the rules of `wall_clock.py` for gaps and folds, as all zones do.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final, Protocol

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from domain.availability import ical_recurrence, ical_source, wall_clock
from domain.availability.ical_recurrence import Budget
from domain.availability.ical_source import Component, NotRead, Property
from domain.availability.interval import Interval
from domain.availability.wall_clock import EPOCH, Rules

TZID_LENGTH_MAX: Final = 200
OBSERVANCES_MAX: Final = 100
OFFSET_S_MAX: Final = 18 * 3600
# Changes of a defined zone are sought from so long before a window: rules that come back do so within a year.
BEFORE: Final = timedelta(days=3 * 366)
AFTER: Final = timedelta(days=3)
# What Outlook shows for zones that it names by no place.
SHOWN: Final[Mapping[str, str]] = {
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Arizona": "America/Phoenix",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Alaska": "America/Anchorage",
    "Hawaii": "Pacific/Honolulu",
    "Coordinated Universal Time": "UTC",
}

_SECOND = timedelta(seconds=1)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time has no zone
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")
_NAMED_OFFSET = re.compile(r"(?:UTC|GMT)([+-]\d{2}:?\d{2})")
_DISPLAYED = re.compile(r"\((?:UTC|GMT)([+-]\d{2}:\d{2})?\) (.+)")


class Zone(Protocol):
    """Wall time to instants and back."""

    def instant(self, wall: datetime) -> datetime:
        """Give the UTC instant of a naive time: the first pass in a fold, the end of the gap in a gap."""

    def wall(self, instant: datetime) -> datetime:
        """Give what the wall shows at an aware instant, naive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedZone:
    """A zone of the IANA database."""

    key: str

    def instant(self, wall: datetime) -> datetime:
        """Give the instant of a wall time."""
        return wall_clock.bound(wall, self.key)

    def wall(self, instant: datetime) -> datetime:
        """Give the wall time of an instant."""
        return wall_clock.local(instant, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedZone:
    """A zone by rules that are sound near the window for which they were made."""

    rules: Rules

    def instant(self, wall: datetime) -> datetime:
        """Give the instant of a wall time."""
        seconds, rest = divmod(wall - _WALL_EPOCH, _SECOND)
        return EPOCH + timedelta(seconds=self.rules.bound_s(seconds)) + rest

    def wall(self, instant: datetime) -> datetime:
        """Give the wall time of an instant."""
        seconds, rest = divmod(instant - EPOCH, _SECOND)
        return _WALL_EPOCH + timedelta(seconds=seconds + self.rules.offset_s(seconds)) + rest


UTC_ZONE: Final = NamedZone(key="UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Onset:
    at_s: int
    from_s: int
    to_s: int


class Zones:
    """The zones of one calendar, each made when first asked for. window: where rules must be sound."""

    def __init__(self, components: Sequence[Component], *, window: Interval, budget: Budget) -> None:
        self._window = window
        self._budget = budget
        self._known: dict[str, Zone | None] = {}
        self._defined: dict[str, Component] = {}
        for component in components:
            if component.kind == "VTIMEZONE":
                for name in _names(component):
                    self._defined.setdefault(name, component)

    def of(self, tzid: str) -> Zone | None:
        """Give the zone of a TZID, or None where it is not known or its definition can't be read."""
        if tzid not in self._known:
            self._known[tzid] = self._found(tzid) if len(tzid) <= TZID_LENGTH_MAX else None
        return self._known[tzid]

    def _found(self, tzid: str) -> Zone | None:
        if wall_clock.is_known_zone(tzid):
            return NamedZone(key=tzid)
        if tzid in self._defined:
            return self._of_definition(self._defined[tzid])
        try:
            return _of_name(tzid.strip()) or _shown(tzid.strip(), window=self._window)
        except ValueError:  # it shows an offset that is none
            return None

    def _of_definition(self, component: Component) -> Zone | None:
        try:
            onsets = [
                onset
                for part in component.parts[:OBSERVANCES_MAX]
                for onset in _onsets(part.properties(), window=self._window, budget=self._budget)
            ]
        except (ValueError, OverflowError, NotRead):
            return None
        rules = _rules(onsets)
        return None if rules is None else DefinedZone(rules=rules)


def _names(component: Component) -> Iterator[str]:
    try:
        yield from (each.value for each in component.properties() if each.name == "TZID")
    except ValueError:
        return


def _of_name(tzid: str) -> Zone | None:
    """Give the zone of a name that is known by itself."""
    if tzid in WINDOWS_TO_OLSON and wall_clock.is_known_zone(WINDOWS_TO_OLSON[tzid]):
        return NamedZone(key=WINDOWS_TO_OLSON[tzid])
    parts = tzid.casefold().replace("\\", "/").strip("/").split("/")
    for first in range(len(parts)):
        key = _keys_by_casefold().get("/".join(parts[first:]))
        if key is not None:
            return NamedZone(key=key)
    offset = _NAMED_OFFSET.fullmatch(tzid)
    return None if offset is None else _fixed(_offset_s(offset[1]))


@cache
def _keys_by_casefold() -> Mapping[str, str]:
    return {key.casefold(): key for key in wall_clock.known_zones()}


@cache
def _keys_by_place() -> Mapping[str, Sequence[str]]:
    """Give the zones of each place they are named after."""
    found: dict[str, list[str]] = {}
    for key in sorted(wall_clock.known_zones()):
        area, separator, place = key.rpartition("/")
        if separator and area != "Etc":
            found.setdefault(place.replace("_", " ").casefold(), []).append(key)
    return found


def _shown(tzid: str, *, window: Interval) -> Zone | None:
    """Give the zone that Outlook shows so, where it can be one only."""
    shown = _DISPLAYED.fullmatch(tzid)
    if shown is None:
        return None
    if shown[2] in SHOWN:
        keys: Sequence[str] = (SHOWN[shown[2]],)
    else:
        keys = [key for place in shown[2].split(",") for key in _keys_by_place().get(place.strip().casefold(), ())]
    from_s, until_s = (int((at - EPOCH).total_seconds()) for at in (window.starts_at, window.ends_at))
    rules = {wall_clock.rules(key, from_s=from_s, until_s=until_s) for key in keys}
    if len(rules) != 1:
        return None
    # The offset shown is that of standard time: one of those the zone has.
    said = _offset_s(shown[1]) if shown[1] else 0
    return NamedZone(key=keys[0]) if said in next(iter(rules)).offsets else None


def _fixed(offset_s: int) -> Zone | None:
    if abs(offset_s) > OFFSET_S_MAX:
        return None
    return DefinedZone(rules=Rules(changes=(), offsets=(offset_s,), wall_ends=()))


def _offset_s(text: str) -> int:
    """Read an offset in seconds. Raises ValueError."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError("no offset")
    hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    total = hours * 3600 + minutes * 60 + seconds
    if total > OFFSET_S_MAX:
        raise ValueError("no offset")
    return -total if match[1] == "-" else total


def _onsets(properties: Sequence[Property], *, window: Interval, budget: Budget) -> Iterator[_Onset]:
    """Give when one part of a definition takes over, near the window and the last time before it.

    Raises ValueError, NotRead.
    """
    by_name: dict[str, list[str]] = {}
    for each in properties:
        by_name.setdefault(each.name, []).append(each.value)
    if not by_name.keys() >= {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}:
        raise ValueError("a part of a zone lacks what makes it one")
    from_s, to_s = _offset_s(by_name["TZOFFSETFROM"][0]), _offset_s(by_name["TZOFFSETTO"][0])
    first = _wall(by_name["DTSTART"][0])
    walls = {first, *(_wall(value) for values in by_name.get("RDATE", ()) for value in values.split(","))}
    before = window.ends_at.replace(tzinfo=None) + AFTER
    for text in by_name.get("RRULE", ()):
        rule = ical_recurrence.rule(text, first=first, whole_day=False)
        until = _until(rule.until, offset_s=from_s)
        last = before if until is None else min(before, until + AFTER)
        since = min(window.starts_at.replace(tzinfo=None), last) - BEFORE
        walls.update(ical_recurrence.starts(rule, first=first, until=until, since=since, before=last, budget=budget))
    for wall in walls:
        yield _Onset(at_s=(wall - _WALL_EPOCH) // _SECOND - from_s, from_s=from_s, to_s=to_s)


def _wall(text: str) -> datetime:
    """Read a wall time. Raises ValueError."""
    value = ical_source.moment(text)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    raise ValueError("no wall time")


def _until(until: object, *, offset_s: int) -> datetime | None:
    """Give the end of a rule on the wall; in a definition it is an instant, or a wall time in old ones."""
    if until is None:
        return None
    if isinstance(until, datetime):
        naive = until.replace(tzinfo=None)
        return naive if until.tzinfo is None else naive + timedelta(seconds=offset_s)
    raise ValueError("a zone's rule ends at an instant")


def _rules(onsets: Sequence[_Onset]) -> Rules | None:
    """Make rules of onsets, or None where there are none, or the clock would turn while it turns."""
    if not onsets:
        return None
    ordered = sorted(onsets, key=lambda onset: onset.at_s)
    changes: list[int] = []
    offsets = [ordered[0].from_s]
    for onset in ordered:
        if changes and changes[-1] == onset.at_s:
            offsets[-1] = onset.to_s
        elif onset.to_s != offsets[-1]:
            changes.append(onset.at_s)
            offsets.append(onset.to_s)
    wall_ends = [change + offset for change, offset in zip(changes, offsets, strict=False)]
    in_order = all(bisect_right(wall_ends, end) == place for place, end in enumerate(wall_ends, start=1))
    if not in_order:
        return None
    return Rules(changes=tuple(changes), offsets=tuple(offsets), wall_ends=tuple(wall_ends))
