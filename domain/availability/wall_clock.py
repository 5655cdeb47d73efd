"""The one place where wall time becomes instants.

What a clock on the wall shows in a zone (an IANA key) is not a time yet: the zone's rules on that date make it one.
The rules of this file, which every other file leans on:

- Gap. A wall time that the clock jumps over does not exist: `instant` gives None, and no session starts there. A bound
  of an interval that lies in the gap is the first instant after it: hours that start in the gap begin at its end,
  hours that end in it end where it is. Hours wholly in the gap are none.
- Fold. A wall time that the clock shows twice means its first pass, as a start and as a bound. So the hour that comes
  twice is offered once: a grid of starts never holds one wall time twice. Hours that reach across the whole fold are
  open through both passes, and are longer in real time by the length of the fold (00:00 to 06:00 are seven hours);
  hours that end inside end in the first pass; the wall time at which a fold is over comes once, after both passes.
- Bounds keep their order, in every zone: hours that do not overlap on the wall do not overlap in time.
- Lengths are real time: a session of 50 minutes takes 50 minutes, whatever the clock does meanwhile.
- A local day runs from the first instant of its date to the first of the next; a date that a zone skips has none.
- An `end` at or before its `start` is of the next date; equal ones are a whole turn of the clock.

Zone rules come from the package `tzdata`, never from the machine, and the server's own zone plays no part. A zone is
known by its exact key in that package; aliases are known, placeholders ("Factory"), paths and other spellings are not.

Within a search the rules are used as whole seconds: an instant counted from 1970-01-01T00:00Z, and a wall time counted
from 1970-01-01T00:00 on the wall; the offset is the second less the first. We find a zone's changes by asking its
offset every fourth day, which misses none: since 1970 no zone of the package changes twice within six days.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from domain.availability.interval import Interval
from domain.errors import Flaw, Invalid

DAY_S = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time has no zone
_SECOND = timedelta(seconds=1)
_ONE_DAY = timedelta(days=1)
_PLACEHOLDERS = frozenset({"Factory"})
# Changes are kept in stretches of 2**25 seconds (388 days), found when first asked for.
_STRETCH_BITS = 25
# More than the farthest offset from UTC, twice: no wall time within a window needs rules further out.
_MARGIN_S = 3 * DAY_S
_STEP_S = 4 * DAY_S


class ZoneUnknown(Invalid):
    """The zone is not a key of the IANA database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A zone's offsets over a stretch of time, in whole seconds.

    changes: the instants at which the offset changes, ascending. offsets: local less UTC, one more than changes.
    wall_ends: what the wall shows when each part ends, by the part's own offset, ascending.
    """

    changes: tuple[int, ...]
    offsets: tuple[int, ...]
    wall_ends: tuple[int, ...]

    def offset_s(self, instant_s: int) -> int:
        """Give the offset in force at the instant."""
        return self.offsets[bisect_right(self.changes, instant_s)]

    def first_s(self, wall_s: int) -> int | None:
        """Give the instant at which the wall first shows this time, or None in a gap."""
        part = bisect_right(self.wall_ends, wall_s)
        instant_s = wall_s - self.offsets[part]
        return None if part and instant_s < self.changes[part - 1] else instant_s

    def again_s(self, wall_s: int) -> int | None:
        """Give the instant at which the wall shows this time the second time, or None where it does not."""
        part = bisect_right(self.wall_ends, wall_s)
        if part == len(self.changes):
            return None
        instant_s = wall_s - self.offsets[part + 1]
        return instant_s if instant_s >= self.changes[part] else None

    def bound_s(self, wall_s: int) -> int:
        """Give the instant of a bound: the first pass in a fold, the end of the gap in a gap."""
        part = bisect_right(self.wall_ends, wall_s)
        instant_s = wall_s - self.offsets[part]
        return max(instant_s, self.changes[part - 1]) if part else instant_s

    def steady_offset_s(self, from_wall_s: int, until_wall_s: int) -> int | None:
        """Give the one offset by which all wall times from and until these (included) are reckoned, or None."""
        part = bisect_right(self.wall_ends, from_wall_s)
        if part < len(self.wall_ends) and until_wall_s >= self.wall_ends[part]:
            return None
        offset_s = self.offsets[part]
        return None if part and from_wall_s - offset_s < self.changes[part - 1] else offset_s


@cache
def known_zones() -> frozenset[str]:
    """Give every key we take as a zone."""
    listed = (resources.files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return frozenset(listed) - _PLACEHOLDERS


def is_known_zone(key: str) -> bool:
    """Tell whether the key names a zone, spelled exactly as the IANA database spells it."""
    return key in known_zones()


def zone(key: str) -> ZoneInfo:
    """Give the zone of a key. Raises ZoneUnknown."""
    return _loaded(key)


@cache
def _loaded(key: str) -> ZoneInfo:
    """Load a zone from the package; refusals are not kept, so the cache holds at most every zone there is."""
    if not is_known_zone(key):
        raise ZoneUnknown(Flaw(pointer="/time_zone", detail="This is not an IANA time zone, such as America/New_York."))
    with resources.files("tzdata").joinpath("zoneinfo", *key.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=key)


def local(instant: datetime, zone: str) -> datetime:
    """Give what the wall shows at an aware instant: a naive time, to be kept beside the instant."""
    return instant.astimezone(_loaded(zone)).replace(tzinfo=None, fold=0)


def instant(wall: datetime, zone: str) -> datetime | None:
    """Give the UTC instant at which the wall first shows a naive time, or None where it never does."""
    wall_s, rest = _wall_seconds(wall)
    found_s = _rules_around(zone, wall_s).first_s(wall_s)
    return None if found_s is None else EPOCH + timedelta(seconds=found_s) + rest


def bound(wall: datetime, zone: str) -> datetime:
    """Give the UTC instant that a naive time is as the start or end of an interval, by the rules above."""
    wall_s, rest = _wall_seconds(wall)
    rules_there = _rules_around(zone, wall_s)
    in_gap = rules_there.first_s(wall_s) is None
    return EPOCH + timedelta(seconds=rules_there.bound_s(wall_s)) + (timedelta(0) if in_gap else rest)


def hours(on: date, *, start: time, end: time, zone: str) -> Interval | None:
    """Give the interval of hours that start on a local date, or None where a gap swallows them."""
    opens = datetime.combine(on, start)
    closes = datetime.combine(on, end) + (_ONE_DAY if end <= start else timedelta(0))
    return Interval.or_none(starts_at=bound(opens, zone), ends_at=bound(closes, zone))


def day(on: date, *, zone: str) -> Interval | None:
    """Give the interval of a local date, or None where the zone skips it."""
    return hours(on, start=time.min, end=time.min, zone=zone)


def rules(zone: str, *, from_s: int, until_s: int) -> Rules:
    """Give a zone's rules, sound for every instant and wall time from and until these seconds. Raises ZoneUnknown."""
    return _rules(zone, (from_s - _MARGIN_S) >> _STRETCH_BITS, (until_s + _MARGIN_S) >> _STRETCH_BITS)


def _rules_around(zone: str, wall_s: int) -> Rules:
    return rules(zone, from_s=wall_s, until_s=wall_s)


def _wall_seconds(wall: datetime) -> tuple[int, timedelta]:
    """Split a naive time into whole seconds and the rest below a second."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time is naive; its zone stands beside it")
    return divmod(wall - _WALL_EPOCH, _SECOND)


@lru_cache(maxsize=4096)
def _rules(key: str, first_stretch: int, last_stretch: int) -> Rules:
    changes = tuple(
        change for stretch in range(first_stretch, last_stretch + 1) for change in _changes_in_stretch(key, stretch)
    )
    tz = _loaded(key)
    offsets = (_offset_s(tz, first_stretch << _STRETCH_BITS), *(_offset_s(tz, change) for change in changes))
    wall_ends = tuple(change + offset for change, offset in zip(changes, offsets, strict=False))
    return Rules(changes=changes, offsets=offsets, wall_ends=wall_ends)


@lru_cache(maxsize=4096)
def _changes_in_stretch(key: str, stretch: int) -> tuple[int, ...]:
    """Find the instants after the stretch's first, up to the next one's first (included), that bring a new offset."""
    tz = _loaded(key)
    found: list[int] = []
    earlier, until = stretch << _STRETCH_BITS, (stretch + 1) << _STRETCH_BITS
    offset = _offset_s(tz, earlier)
    while earlier < until:
        later = min(earlier + _STEP_S, until)
        if (offset_later := _offset_s(tz, later)) != offset:
            found.append(_change_between(tz, earlier, later))
        earlier, offset = later, offset_later
    return tuple(found)


def _change_between(tz: ZoneInfo, earlier: int, later: int) -> int:
    """Halve the way to the first second with another offset than at `earlier`."""
    before = _offset_s(tz, earlier)
    while later - earlier > 1:
        middle = (earlier + later) // 2
        if _offset_s(tz, middle) == before:
            earlier = middle
        else:
            later = middle
    return later


def _offset_s(tz: ZoneInfo, instant_s: int) -> int:
    offset = (EPOCH + timedelta(seconds=instant_s)).astimezone(tz).utcoffset()
    if offset is None:  # pragma: no cover - ZoneInfo always knows its offset
        raise ValueError("a zone without an offset")
    return offset // _SECOND
