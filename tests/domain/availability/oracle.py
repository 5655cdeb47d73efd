"""Slots found by walking minute after minute, asking zoneinfo what the wall shows: slow, and plain enough to trust.

Nothing of the engine is used but its data and the zone file. Times in a search are whole minutes here.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, Schedule, SessionType

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WALL_EPOCH = EPOCH.replace(tzinfo=None)
MARGIN = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of some zone's offset; zones that share it are one case. offsets in seconds."""

    zone: str
    at: datetime
    before_s: int
    after_s: int


@lru_cache(maxsize=20_000)
def _walls_of_day(zone: str, utc_day: int) -> tuple[int, ...]:
    """Read the wall at each minute of a UTC day, in minutes from 1970 on the wall."""
    tz = wall_clock.zone(zone)
    midnight = EPOCH + timedelta(days=utc_day)
    return tuple(
        ((midnight + minute * MINUTE).astimezone(tz).replace(tzinfo=None) - WALL_EPOCH) // MINUTE
        for minute in range(1440)
    )


def _minute(instant: datetime) -> int:
    minute, rest = divmod(instant - EPOCH, MINUTE)
    assert not rest, "the oracle knows whole minutes only"
    return minute


def starts(
    schedule: Schedule,
    session_type: SessionType,
    *,
    window: Interval,
    now: datetime,
    busy: Sequence[Interval] = (),
    opened: Sequence[Interval] = (),
    closed: Sequence[Interval] = (),
    taken_by_local_day: Mapping[date, int] | None = None,
) -> list[datetime]:
    """Give the starts that are offered, ascending."""
    utc_days = range((window.starts_at - MARGIN - EPOCH).days, (window.ends_at + MARGIN - EPOCH).days + 1)
    walls = [wall for utc_day in utc_days for wall in _walls_of_day(schedule.zone, utc_day)]
    origin = utc_days.start * 1440

    def placed(interval: Interval) -> range:
        return range(_minute(interval.starts_at) - origin, _minute(interval.ends_at) - origin)

    hours = [
        *_weekly(schedule, walls),
        *((placed(each), walls[placed(each).start]) for each in opened if placed(each).start in range(len(walls))),
    ]
    open_minutes = {minute for stretch, _ in hours for minute in stretch}
    open_minutes -= {minute for each in closed for minute in placed(each)}
    busy_minutes = {minute for each in busy for minute in placed(each)}
    taken = taken_by_local_day or {}
    found = set()
    for minute in {minute for stretch, start in hours for minute in _on_grid(stretch, start, walls, schedule)}:
        at = EPOCH + (origin + minute) * MINUTE
        session = range(minute, minute + session_type.minutes)
        occupied = range(
            session.start - session_type.buffer_before_minutes, session.stop + session_type.buffer_after_minutes
        )
        on = (WALL_EPOCH + walls[minute] * MINUTE).date()
        if (
            window.starts_at <= at < window.ends_at
            and now + schedule.minimum_notice_minutes * MINUTE <= at <= now + timedelta(days=schedule.horizon_days)
            and open_minutes.issuperset(session)
            and busy_minutes.isdisjoint(occupied)
            and (schedule.daily_limit is None or taken.get(on, 0) < schedule.daily_limit)
        ):
            found.add(at)
    return sorted(found)


def _weekly(schedule: Schedule, walls: list[int]) -> Iterator[tuple[range, int]]:
    """Walk to where the wall first shows the start or more, and on to where it first shows the end or more."""
    shown = list(accumulate(walls, max))
    for day in range(walls[0] // 1440, walls[-1] // 1440 + 1):
        for each in schedule.weekly_hours:
            if WEEKDAYS[(WALL_EPOCH + timedelta(days=day)).weekday()] is each.weekday:
                start = day * 1440 + each.start.hour * 60 + each.start.minute
                end = day * 1440 + each.end.hour * 60 + each.end.minute
                end += 1440 if end <= start else 0
                if start >= walls[0]:
                    yield range(bisect_left(shown, start), bisect_left(shown, end)), start


def _on_grid(stretch: range, start: int, walls: list[int], schedule: Schedule) -> Iterator[int]:
    seen: set[int] = set()
    for minute in stretch:
        wall = walls[minute] if minute < len(walls) else -1
        if wall >= start and (wall - start) % schedule.slot_interval_minutes == 0 and wall not in seen:
            seen.add(wall)
            yield minute


@cache
def changes_of(year: int) -> tuple[Change, ...]:
    """Find every distinct change of offset in a UTC year: one zone for each instant and pair of offsets."""
    distinct: dict[tuple[datetime, int, int], Change] = {}
    for key in sorted(wall_clock.known_zones()):
        tz = wall_clock.zone(key)

        def offset_s(at: datetime, tz: ZoneInfo = tz) -> int:
            return (at.astimezone(tz).replace(tzinfo=UTC) - at) // timedelta(seconds=1)

        day = datetime(year, 1, 1, tzinfo=UTC)
        while day.year == year:
            following = day + timedelta(days=1)
            if offset_s(day) != offset_s(following):
                at = next(
                    day + minute * MINUTE
                    for minute in range(1, 1441)
                    if offset_s(day + minute * MINUTE) != offset_s(day)
                )
                change = Change(zone=key, at=at, before_s=offset_s(day), after_s=offset_s(following))
                distinct.setdefault((change.at, change.before_s, change.after_s), change)
            day = following
    return tuple(sorted(distinct.values(), key=lambda change: (change.at, change.zone)))


def week_around(change: Change) -> Interval:
    """Give the seven days around a change, from a midnight of UTC."""
    first = datetime.combine(change.at.date(), time(), tzinfo=UTC) - timedelta(days=3)
    return Interval(starts_at=first, ends_at=first + timedelta(days=7))
