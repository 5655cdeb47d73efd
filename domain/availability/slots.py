"""Rules less busy time gives slots. Pure: the same facts and the same `now` give the same slots.

A slot is offered when all of this holds:

- Hours. The bare session, without its buffers, lies in open time: weekly hours and opened exceptions, joined where they
  touch, less closed exceptions. Closed wins over open, whichever was said later: no exception sells time that was shut.
- Grid. The start lies on a grid of wall time counted from the start of the hours it is in, as they were written: for
  hours that start in a gap, from the time that does not exist; for each of two hours that touch, from its own start;
  for an opened exception, from its first whole minute on the wall. A wall time that does not exist is no start; one
  that comes twice is a start the first time it comes within the hours.
- Notice and horizon. `now` + notice <= start <= `now` + horizon, both in real time (a day of horizon is 24 hours).
- Daily limit. The local date of the start has fewer sessions than the limit.
- Rivals. The occupied time, the session widened by its own buffers, overlaps nothing that is busy. `busy` carries the
  rivals' own buffers already. Buffers may stick out of the hours, and into closed time: they keep sessions apart, and
  no client is asked to come then.

Slots may overlap each other: each is an offer on its own. `why_not` asks about one start and goes through the same
functions as `free`, so that what is shown and what is taken can't disagree.

Inside, time is counted in whole seconds (see `wall_clock.Rules`): starts are whole seconds, so a rival's fraction of a
second is rounded outwards without changing any answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType

from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, Schedule, SessionType
from domain.availability.wall_clock import DAY_S, EPOCH, Rules

NONE_TAKEN: Mapping[date, int] = MappingProxyType({})

_SECOND = timedelta(seconds=1)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
_WEEKDAY_NUMBER = {weekday: number for number, weekday in enumerate(WEEKDAYS)}

# Hours of one date: opens_s, closes_s (instants, half-open), grid_from_s (wall), offset_s (None: it changes within).
_Hours = tuple[int, int, int, int | None]
_by_opening = itemgetter(0)
# Seven lists of (start_s, end_s), counted from midnight on the wall.
_Week = list[list[tuple[int, int]]]
# Ends every list of ranges, so that the walk through it needs no other end.
_BEYOND = (1 << 62, 1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time a session may take, half-open, without buffers. Both ends are aware UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What one search asks. first, last: instants at which a session may start, both included."""

    rules: Rules
    step_s: int
    length_s: int
    first: int
    last: int


class WhyNot(StrEnum):
    """The first reason for which a start is not offered, in the order in which they are asked."""

    NOTICE = "notice"
    HORIZON = "horizon"
    OUTSIDE_HOURS = "outside_hours"
    OFF_GRID = "off_grid"
    DAILY_LIMIT = "daily_limit"
    BUSY = "busy"


def occupied(slot: Slot, session_type: SessionType) -> Interval:
    """Give the time that the session takes from the therapist: the slot and its buffers."""
    return Interval(starts_at=slot.starts_at, ends_at=slot.ends_at).widened(
        before=timedelta(minutes=session_type.buffer_before_minutes),
        after=timedelta(minutes=session_type.buffer_after_minutes),
    )


def free(
    schedule: Schedule,
    session_type: SessionType,
    *,
    window: Interval,
    busy: Sequence[Interval],
    opened: Sequence[Interval] = (),
    closed: Sequence[Interval] = (),
    taken_by_local_day: Mapping[date, int] = NONE_TAKEN,
    now: datetime,
) -> tuple[Slot, ...]:
    """Give the slots that start within the window, by start.

    busy: with the rivals' buffers, in any order. taken_by_local_day: sessions by local date of their start; read only
    where there is a daily limit. For a group leave its own sessions out of `busy`. Raises ZoneUnknown.
    """
    earliest, latest = _notice_and_horizon_s(schedule, now=now)
    first, last = max(earliest, _ceil_s(window.starts_at)), min(latest, _ceil_s(window.ends_at) - 1)
    if first > last:
        return ()
    search = _search(schedule, session_type, opened, first=first, last=last)
    starts = _less(_starts(schedule, opened, search), _shut_by(closed, session_type) + _taken_by(busy, session_type))
    if full := _full_days(schedule, taken_by_local_day):
        starts = [start for start in starts if _local_day(start, search.rules) not in full]
    return tuple([_slot(start, search.length_s) for start in starts])


def is_offered(
    schedule: Schedule,
    session_type: SessionType,
    *,
    starts_at: datetime,
    busy: Sequence[Interval],
    opened: Sequence[Interval] = (),
    closed: Sequence[Interval] = (),
    taken_by_local_day: Mapping[date, int] = NONE_TAKEN,
    now: datetime,
) -> bool:
    """Tell whether `free` would offer this start in a window that holds it. Raises ZoneUnknown."""
    return (
        why_not(
            schedule,
            session_type,
            starts_at=starts_at,
            busy=busy,
            opened=opened,
            closed=closed,
            taken_by_local_day=taken_by_local_day,
            now=now,
        )
        is None
    )


def why_not(
    schedule: Schedule,
    session_type: SessionType,
    *,
    starts_at: datetime,
    busy: Sequence[Interval],
    opened: Sequence[Interval] = (),
    closed: Sequence[Interval] = (),
    taken_by_local_day: Mapping[date, int] = NONE_TAKEN,
    now: datetime,
) -> WhyNot | None:
    """Give the first reason why this start is not offered, or None when it is. Raises ZoneUnknown."""
    earliest, latest = _notice_and_horizon_s(schedule, now=now)
    start = _ceil_s(starts_at)
    if start < earliest:
        return WhyNot.NOTICE
    if start > latest:
        return WhyNot.HORIZON
    search = _search(schedule, session_type, opened, first=start, last=start)
    hours = _hours(_week(schedule), _days(search), opened, search)
    ends = start + search.length_s
    in_hours = any(opens <= start and ends <= closes for opens, closes in _joined(hours))
    if not in_hours or not _less([start], _shut_by(closed, session_type)):
        return WhyNot.OUTSIDE_HOURS
    if starts_at.microsecond or not _grid_starts(hours, search):
        return WhyNot.OFF_GRID
    if _local_day(start, search.rules) in _full_days(schedule, taken_by_local_day):
        return WhyNot.DAILY_LIMIT
    return None if _less([start], _taken_by(busy, session_type)) else WhyNot.BUSY


def _notice_and_horizon_s(schedule: Schedule, *, now: datetime) -> tuple[int, int]:
    """Give the first and the last second at which a session may start."""
    return (
        _ceil_s(now) + schedule.minimum_notice_minutes * 60,
        _floor_s(now) + schedule.horizon_days * DAY_S,
    )


def _search(
    schedule: Schedule, session_type: SessionType, opened: Sequence[Interval], *, first: int, last: int
) -> _Search:
    """Gather what one search needs; the rules reach back to the opening of every exception that matters."""
    length_s = session_type.minutes * 60
    from_s = min((_floor_s(each.starts_at) for each in opened if _ceil_s(each.ends_at) > first), default=first)
    return _Search(
        rules=wall_clock.rules(schedule.zone, from_s=min(from_s, first), until_s=last + length_s),
        step_s=schedule.slot_interval_minutes * 60,
        length_s=length_s,
        first=first,
        last=last,
    )


def _week(schedule: Schedule) -> _Week:
    """Give the weekly hours from Monday on, each date's in seconds from its midnight, by start."""
    week: _Week = [[] for _ in WEEKDAYS]
    for weekly in schedule.weekly_hours:
        start, end = weekly.minutes_of_day()
        week[_WEEKDAY_NUMBER[weekly.weekday]].append((start * 60, end * 60))
    for hours_of_day in week:
        hours_of_day.sort()
    return week


def _has_touching_hours(week: _Week) -> bool:
    """Tell whether any hours of the week begin where others end, or before."""
    starts_and_ends = [
        (number * DAY_S + start, number * DAY_S + end)
        for number, hours_of_day in enumerate([*week, *week])
        for start, end in hours_of_day
    ]
    return any(start <= end for (_, end), (start, _) in pairwise(starts_and_ends))


def _days(search: _Search) -> range:
    """Give the local days, counted from 1970-01-01, whose hours may hold the sessions in question."""
    # The day before too, for hours past midnight; the farthest offsets, for clock changes at midnight.
    offsets = search.rules.offsets
    first_day = (search.first + min(offsets)) // DAY_S - 1
    last_day = (search.last + search.length_s + max(offsets)) // DAY_S
    return range(first_day, last_day + 1)


def _starts(schedule: Schedule, opened: Sequence[Interval], search: _Search) -> list[int]:
    """Give all starts of the search on the grids of open hours, ascending, exceptions that close aside."""
    week, days = _week(schedule), _days(search)
    if opened or _has_touching_hours(week):
        return _grid_starts(_hours(week, days, opened, search), search)
    # Hours that stay apart give the same starts every week, but for the dates near a change of the clock.
    weekly_starts = [
        [at for start, end in hours for at in range(start, end - search.length_s + 1, search.step_s)] for hours in week
    ]
    rules = search.rules
    steady = rules.steady_offset_s(days.start * DAY_S, (days.stop + 1) * DAY_S)
    starts: list[int] = []
    changing: list[int] = []
    for day in days:
        midnight = day * DAY_S
        offset = rules.steady_offset_s(midnight, midnight + 2 * DAY_S) if steady is None else steady
        if offset is None:
            changing.append(day)
        else:
            zero = midnight - offset
            starts += [zero + at for at in weekly_starts[(day + _EPOCH_WEEKDAY) % 7]]
    if changing:
        starts += _grid_starts(_hours(week, changing, (), search), search)
        starts.sort()
    return starts[bisect_left(starts, search.first) : bisect_right(starts, search.last)]


def _hours(week: _Week, days: Iterable[int], opened: Sequence[Interval], search: _Search) -> list[_Hours]:
    """Give the hours of these local days, and the exceptions that open near the search, by opening."""
    rules = search.rules
    found: list[_Hours] = []
    for day in days:
        if hours_of_day := week[(day + _EPOCH_WEEKDAY) % 7]:
            midnight = day * DAY_S
            offset = rules.steady_offset_s(midnight, midnight + 2 * DAY_S)
            if offset is None:
                found += _hours_over_change(hours_of_day, rules, midnight=midnight)
            else:
                zero = midnight - offset
                found += [(zero + start, zero + end, midnight + start, offset) for start, end in hours_of_day]
    for exception in opened:
        opens, closes = _ceil_s(exception.starts_at), _floor_s(exception.ends_at)
        if opens < closes and opens <= search.last + search.length_s and closes > search.first:
            wall = opens + rules.offset_s(opens)
            found.append((opens, closes, -(-wall // 60) * 60, None))
    found.sort(key=_by_opening)
    return found


def _hours_over_change(hours_of_day: list[tuple[int, int]], rules: Rules, *, midnight: int) -> list[_Hours]:
    """Give the hours of a date near a change of the clock; those that a gap swallows are left out."""
    bounds = [(rules.bound_s(midnight + start), rules.bound_s(midnight + end), start) for start, end in hours_of_day]
    return [(opens, closes, midnight + start, None) for opens, closes, start in bounds if opens < closes]


def _joined(hours: list[_Hours]) -> list[tuple[int, int]]:
    """Join hours, sorted by opening, where they touch or overlap."""
    joined: list[tuple[int, int]] = []
    for opens, closes, _, _ in hours:
        if not joined or opens > joined[-1][1]:
            joined.append((opens, closes))
        elif closes > joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
    return joined


def _grid_starts(hours: list[_Hours], search: _Search) -> list[int]:
    """Give the starts on the grids of these hours whose sessions lie in open time, exceptions that close aside."""
    joined = _joined(hours)
    step, length, first, last = search.step_s, search.length_s, search.first, search.last
    starts: list[int] = []
    following = iter(joined)
    open_until = hours[0][0] if hours else first
    for each in hours:
        opens, closes, _, offset = each
        while open_until < closes:
            _, open_until = next(following)
        until = min(closes - 1, open_until - length)
        if offset is None:
            starts += _starts_over_change(each, search, until=min(until, last))
        elif first <= opens and until <= last:
            starts += range(opens, until + 1, step)
        else:
            start = opens if opens >= first else first + (opens - first) % step
            starts += range(start, min(until, last) + 1, step)
    # Only exceptions that open can lie over other hours, and give the same start twice.
    return starts if len(joined) == len(hours) else sorted(set(starts))


def _starts_over_change(hours: _Hours, search: _Search, *, until: int) -> Iterator[int]:
    """Walk a grid on which the offset may change: skip what does not exist, take the first pass within the hours."""
    rules = search.rules
    opens, _, grid_from, _ = hours
    skipped = max(0, search.first + min(rules.offsets) - grid_from) // search.step_s
    for wall in range(grid_from + skipped * search.step_s, until + max(rules.offsets) + 1, search.step_s):
        start = rules.first_s(wall)
        if start is not None and start < opens:
            start = rules.again_s(wall)
        if start is not None and search.first <= start <= until and start >= opens:
            yield start


def _shut_by(closed: Sequence[Interval], session_type: SessionType) -> list[tuple[int, int]]:
    """Give the half-open ranges of starts whose bare session would overlap closed time."""
    reach = session_type.minutes * 60 - 1
    return [(_floor_s(each.starts_at) - reach, _ceil_s(each.ends_at)) for each in closed]


def _taken_by(busy: Sequence[Interval], session_type: SessionType) -> list[tuple[int, int]]:
    """Give the half-open ranges of starts whose occupied time would overlap busy time."""
    before = session_type.buffer_before_minutes * 60
    reach = (session_type.minutes + session_type.buffer_after_minutes) * 60 - 1
    # Written out, without _floor_s and _ceil_s: of a search with many rivals this is the longest part.
    return [((each.starts_at - EPOCH) // _SECOND - reach, before - (EPOCH - each.ends_at) // _SECOND) for each in busy]


def _less(starts: list[int], ranges: list[tuple[int, int]]) -> list[int]:
    """Leave out the starts, ascending, that lie in any of the half-open ranges."""
    if not ranges:
        return starts
    ranges.sort()
    ranges.append(_BEYOND)
    left: list[int] = []
    following = iter(ranges)
    refused_from, refused_until = next(following)
    for start in starts:
        while refused_until <= start:
            refused_from, refused_until = next(following)
        if start < refused_from:
            left.append(start)
    return left


def _full_days(schedule: Schedule, taken_by_local_day: Mapping[date, int]) -> frozenset[int]:
    """Give the local days, counted from 1970-01-01, that have reached the daily limit."""
    if schedule.daily_limit is None:
        return frozenset()
    return frozenset(
        on.toordinal() - _EPOCH_ORDINAL for on, taken in taken_by_local_day.items() if taken >= schedule.daily_limit
    )


def _local_day(start: int, rules: Rules) -> int:
    return (start + rules.offset_s(start)) // DAY_S


def _floor_s(instant: datetime) -> int:
    return (instant - EPOCH) // _SECOND


def _ceil_s(instant: datetime) -> int:
    return -((EPOCH - instant) // _SECOND)


@lru_cache(maxsize=32_768)
def _slot(start: int, length_s: int) -> Slot:
    """Make a slot; the same ones are asked for search after search, and making one costs more than finding it."""
    starts_at = EPOCH + timedelta(seconds=start)
    return Slot(starts_at=starts_at, ends_at=starts_at + timedelta(seconds=length_s))
