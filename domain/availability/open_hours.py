"""When work is open, as starts on grids of wall time: weekly hours and opened exceptions, in whole seconds.

Rules are those at the top of `slots.py`; this file holds the part that turns hours into starts. Closed exceptions,
notice, limits and rivals are left to it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

from domain.availability import wall_clock
from domain.availability.schedule import WEEKDAYS, Schedule, SessionType, WeeklyHours
from domain.availability.wall_clock import DAY_S, Rules

_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
_WEEKDAY_NUMBER = {weekday: number for number, weekday in enumerate(WEEKDAYS)}

# A half-open stretch of time, in whole seconds from 1970-01-01T00:00Z.
Span: TypeAlias = tuple[int, int]
# Hours of one date: opens_s, closes_s (instants, half-open), grid_from_s (wall), offset_s (None: it changes within).
Hours: TypeAlias = tuple[int, int, int, int | None]
_by_opening = itemgetter(0)
# Seven tuples of (start_s, end_s), counted from midnight on the wall.
Week: TypeAlias = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What one search asks. first, last: instants at which a session may start, both included."""

    rules: Rules
    step_s: int
    length_s: int
    first: int
    last: int


def search_for(
    schedule: Schedule, session_type: SessionType, opened: Sequence[Span], *, first: int, last: int
) -> Search:
    """Gather what one search needs; the rules reach back to the opening of every exception that matters."""
    length_s = session_type.minutes * 60
    from_s = min((opens for opens, closes in opened if closes > first), default=first)
    return Search(
        rules=wall_clock.rules(schedule.zone, from_s=min(from_s, first), until_s=last + length_s),
        step_s=schedule.slot_interval_minutes * 60,
        length_s=length_s,
        first=first,
        last=last,
    )


@lru_cache(maxsize=4096)
def week_of(weekly_hours: tuple[WeeklyHours, ...]) -> Week:
    """Give the weekly hours from Monday on, each date's in seconds from its midnight, by start."""
    week: list[list[Span]] = [[] for _ in WEEKDAYS]
    for weekly in weekly_hours:
        start, end = weekly.minutes_of_day()
        week[_WEEKDAY_NUMBER[weekly.weekday]].append((start * 60, end * 60))
    return tuple(tuple(sorted(hours_of_day)) for hours_of_day in week)


def _has_touching_hours(week: Week) -> bool:
    """Tell whether any hours of the week begin where others end, or before."""
    starts_and_ends = [
        (number * DAY_S + start, number * DAY_S + end)
        for number, hours_of_day in enumerate([*week, *week])
        for start, end in hours_of_day
    ]
    return any(start <= end for (_, end), (start, _) in pairwise(starts_and_ends))


def days_of(search: Search) -> range:
    """Give the local days, counted from 1970-01-01, whose hours may hold the sessions in question."""
    # The day before too, for hours past midnight; the farthest offsets, for clock changes at midnight.
    offsets = search.rules.offsets
    first_day = (search.first + min(offsets)) // DAY_S - 1
    last_day = (search.last + search.length_s + max(offsets)) // DAY_S
    return range(first_day, last_day + 1)


def starts_of(schedule: Schedule, opened: Sequence[Span], search: Search) -> list[int]:
    """Give all starts of the search on the grids of open hours, ascending, exceptions that close aside."""
    week, days = week_of(schedule.weekly_hours), days_of(search)
    if opened or _has_touching_hours(week):
        return grid_starts(hours_of(week, days, opened, search), search)
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
        starts += grid_starts(hours_of(week, changing, (), search), search)
        starts.sort()
    return starts[bisect_left(starts, search.first) : bisect_right(starts, search.last)]


def hours_of(week: Week, days: Iterable[int], opened: Sequence[Span], search: Search) -> list[Hours]:
    """Give the hours of these local days, and the exceptions that open near the search, by opening."""
    rules = search.rules
    found: list[Hours] = []
    for day in days:
        if hours_of_day := week[(day + _EPOCH_WEEKDAY) % 7]:
            midnight = day * DAY_S
            offset = rules.steady_offset_s(midnight, midnight + 2 * DAY_S)
            if offset is None:
                found += _hours_over_change(hours_of_day, rules, midnight=midnight)
            else:
                zero = midnight - offset
                found += [(zero + start, zero + end, midnight + start, offset) for start, end in hours_of_day]
    for opens, closes in opened:
        if opens < closes and opens <= search.last + search.length_s and closes > search.first:
            wall = opens + rules.offset_s(opens)
            found.append((opens, closes, -(-wall // 60) * 60, None))
    found.sort(key=_by_opening)
    return found


def _hours_over_change(hours_of_day: Sequence[Span], rules: Rules, *, midnight: int) -> list[Hours]:
    """Give the hours of a date near a change of the clock; those that a gap swallows are left out."""
    bounds = [(rules.bound_s(midnight + start), rules.bound_s(midnight + end), start) for start, end in hours_of_day]
    return [(opens, closes, midnight + start, None) for opens, closes, start in bounds if opens < closes]


def joined(hours: list[Hours]) -> list[Span]:
    """Join hours, sorted by opening, where they touch or overlap."""
    found: list[Span] = []
    for opens, closes, _, _ in hours:
        if not found or opens > found[-1][1]:
            found.append((opens, closes))
        elif closes > found[-1][1]:
            found[-1] = (found[-1][0], closes)
    return found


def grid_starts(hours: list[Hours], search: Search) -> list[int]:
    """Give the starts on the grids of these hours whose sessions lie in open time, exceptions that close aside."""
    open_times = joined(hours)
    step, length, first, last = search.step_s, search.length_s, search.first, search.last
    starts: list[int] = []
    following = iter(open_times)
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
    return starts if len(open_times) == len(hours) else sorted(set(starts))


def _starts_over_change(hours: Hours, search: Search, *, until: int) -> Iterator[int]:
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
