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

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from domain.availability import open_hours, wall_clock
from domain.availability.interval import Interval
from domain.availability.open_hours import Span
from domain.availability.schedule import Schedule, SessionType
from domain.availability.wall_clock import DAY_S, EPOCH, Rules

NONE_TAKEN: Mapping[date, int] = MappingProxyType({})

_SECOND = timedelta(seconds=1)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

# Ends every list of ranges, so that the walk through it needs no other end.
_BEYOND = (1 << 62, 1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time a session may take, half-open, without buffers. Both ends are aware UTC."""

    starts_at: datetime
    ends_at: datetime


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
    starts = free_starts(
        schedule,
        session_type,
        window=window,
        busy=spans(busy),
        opened=inner_spans(opened),
        closed=spans(closed),
        full_days=full_days(schedule, taken_by_local_day),
        now=now,
    )
    length_s = session_type.minutes * 60
    return tuple([slot(start, length_s) for start in starts])


def free_starts(
    schedule: Schedule,
    session_type: SessionType,
    *,
    window: Interval,
    busy: Iterable[Span],
    opened: Sequence[Span] = (),
    closed: Iterable[Span] = (),
    full_days: frozenset[int] = frozenset(),
    now: datetime,
) -> list[int]:
    """Give the starts within the window as whole seconds, ascending: `free` for who has many to ask about.

    busy, opened, closed: half-open, in whole seconds. full_days: local days, counted from 1970-01-01, that have reached
    the daily limit. Raises ZoneUnknown.
    """
    earliest, latest = _notice_and_horizon_s(schedule, now=now)
    first, last = max(earliest, ceil_s(window.starts_at)), min(latest, ceil_s(window.ends_at) - 1)
    if first > last:
        return []
    search = open_hours.search_for(schedule, session_type, opened, first=first, last=last)
    refused = _shut_by(closed, session_type) + _taken_by(busy, session_type)
    starts = _less(open_hours.starts_of(schedule, opened, search), refused)
    if full_days:
        starts = [start for start in starts if local_day(start, search.rules) not in full_days]
    return starts


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
    return refusal(
        schedule,
        session_type,
        starts_at=starts_at,
        busy=spans(busy),
        opened=inner_spans(opened),
        closed=spans(closed),
        full_days=full_days(schedule, taken_by_local_day),
        now=now,
    )


def refusal(
    schedule: Schedule,
    session_type: SessionType,
    *,
    starts_at: datetime,
    busy: Iterable[Span],
    opened: Sequence[Span] = (),
    closed: Iterable[Span] = (),
    full_days: frozenset[int] = frozenset(),
    now: datetime,
) -> WhyNot | None:
    """Give the same as `why_not`, of what is in whole seconds, as `free_starts` takes it. Raises ZoneUnknown."""
    earliest, latest = _notice_and_horizon_s(schedule, now=now)
    start = ceil_s(starts_at)
    if start < earliest:
        return WhyNot.NOTICE
    if start > latest:
        return WhyNot.HORIZON
    search = open_hours.search_for(schedule, session_type, opened, first=start, last=start)
    week = open_hours.week_of(schedule.weekly_hours)
    hours = open_hours.hours_of(week, open_hours.days_of(search), opened, search)
    ends = start + search.length_s
    in_hours = any(opens <= start and ends <= closes for opens, closes in open_hours.joined(hours))
    if not in_hours or not _less([start], _shut_by(closed, session_type)):
        return WhyNot.OUTSIDE_HOURS
    if starts_at.microsecond or not open_hours.grid_starts(hours, search):
        return WhyNot.OFF_GRID
    if local_day(start, search.rules) in full_days:
        return WhyNot.DAILY_LIMIT
    return None if _less([start], _taken_by(busy, session_type)) else WhyNot.BUSY


def _notice_and_horizon_s(schedule: Schedule, *, now: datetime) -> tuple[int, int]:
    """Give the first and the last second at which a session may start."""
    return (
        ceil_s(now) + schedule.minimum_notice_minutes * 60,
        floor_s(now) + schedule.horizon_days * DAY_S,
    )


def _shut_by(closed: Iterable[Span], session_type: SessionType) -> list[Span]:
    """Give the half-open ranges of starts whose bare session would overlap closed time."""
    reach = session_type.minutes * 60 - 1
    return [(begins - reach, ends) for begins, ends in closed]


def _taken_by(busy: Iterable[Span], session_type: SessionType) -> list[Span]:
    """Give the half-open ranges of starts whose occupied time would overlap busy time."""
    before = session_type.buffer_before_minutes * 60
    reach = (session_type.minutes + session_type.buffer_after_minutes) * 60 - 1
    return [(begins - reach, ends + before) for begins, ends in busy]


def _less(starts: list[int], ranges: list[Span]) -> list[int]:
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


def spans(intervals: Iterable[Interval]) -> list[Span]:
    """Give intervals as whole seconds, rounded outwards."""
    # Written out, without floor_s and ceil_s: of a search with many rivals this is the longest part.
    return [((each.starts_at - EPOCH) // _SECOND, -((EPOCH - each.ends_at) // _SECOND)) for each in intervals]


def inner_spans(intervals: Iterable[Interval]) -> list[Span]:
    """Give intervals as whole seconds, rounded inwards; those of less than a second may be empty."""
    return [(ceil_s(each.starts_at), floor_s(each.ends_at)) for each in intervals]


def full_days(schedule: Schedule, taken_by_local_day: Mapping[date, int]) -> frozenset[int]:
    """Give the local days, counted from 1970-01-01, that have reached the daily limit."""
    if schedule.daily_limit is None:
        return frozenset()
    return frozenset(
        on.toordinal() - _EPOCH_ORDINAL for on, taken in taken_by_local_day.items() if taken >= schedule.daily_limit
    )


def days_full(schedule: Schedule, started: Sequence[int]) -> frozenset[int]:
    """Give the local days that have reached the daily limit. started: the starts that count, in whole seconds."""
    if schedule.daily_limit is None or not started:
        return frozenset()
    rules = wall_clock.rules(schedule.zone, from_s=min(started), until_s=max(started))
    taken = Counter(local_day(start, rules) for start in started)
    return frozenset(day for day, count in taken.items() if count >= schedule.daily_limit)


def local_day(start: int, rules: Rules) -> int:
    """Give the local day of an instant, counted from 1970-01-01."""
    return (start + rules.offset_s(start)) // DAY_S


def floor_s(instant: datetime) -> int:
    """Give the last whole second at or before an instant."""
    return (instant - EPOCH) // _SECOND


def ceil_s(instant: datetime) -> int:
    """Give the first whole second at or after an instant."""
    return -((EPOCH - instant) // _SECOND)


@lru_cache(maxsize=32_768)
def slot(start: int, length_s: int) -> Slot:
    """Make a slot; the same ones are asked for search after search, and making one costs more than finding it.

    start, length_s: in whole seconds.
    """
    starts_at = EPOCH + timedelta(seconds=start)
    return Slot(starts_at=starts_at, ends_at=starts_at + timedelta(seconds=length_s))
