"""Which booked sessions a schedule, as it stands now, would leave no room for. What is booked stays booked.

Asked of a session is where it lies and nothing else:

- Hours. The bare session lies in open time: weekly hours and opened exceptions, joined where they touch.
- Closed. The bare session overlaps no closed exception.
- Busy. The session with its buffers overlaps nothing that a calendar shuts.

Neither grid nor notice, horizon, daily limit or session types are asked: they bind what is still to be booked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from domain.availability import wall_clock
from domain.availability.interval import Interval, merge
from domain.availability.schedule import WEEKDAYS, Schedule
from domain.ids import BookingId

_DAY = timedelta(days=1)
_starts_at = attrgetter("starts_at")
_ends_at = attrgetter("ends_at")


class Where(StrEnum):
    """Where a session lies, in the order in which it is asked."""

    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A session as it was booked. wall_start: what the wall of `zone` showed then; occupied: with buffers."""

    appointment_id: BookingId
    session_type: str
    during: Interval
    occupied: Interval
    wall_start: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A session that the schedule leaves no room for. wall_start: what its wall shows at the start now."""

    booked: Booked
    where: Where
    wall_start: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What stands beside the weekly hours, each in any order."""

    opened: Sequence[Interval]
    closed: Sequence[Interval]
    busy: Sequence[Interval]


def outside(schedule: Schedule, times: Times, *, sessions: Iterable[Booked]) -> tuple[Outside, ...]:
    """Give the sessions that do not lie in the schedule's time, in the order given. Raises ZoneUnknown."""
    asked = tuple(sessions)
    opened = merge((*_weekly(schedule, asked), *times.opened))
    closed, busy = merge(times.closed), merge(times.busy)
    found: list[Outside] = []
    for booked in asked:
        where = _where(booked, opened=opened, closed=closed, busy=busy)
        if where is not None:
            shown = wall_clock.local(booked.during.starts_at, schedule.zone)
            found.append(Outside(booked=booked, where=where, wall_start=shown, zone=schedule.zone))
    return tuple(found)


def _where(
    booked: Booked, *, opened: Sequence[Interval], closed: Sequence[Interval], busy: Sequence[Interval]
) -> Where | None:
    if not any(each.contains(booked.during) for each in _near(opened, booked.during)):
        return Where.OUTSIDE_HOURS
    if _near(closed, booked.during):
        return Where.CLOSED
    return Where.BUSY if _near(busy, booked.occupied) else None


def _near(merged: Sequence[Interval], asked: Interval) -> Sequence[Interval]:
    """Give what overlaps the asked interval, of intervals that are sorted and disjoint."""
    first = bisect_right(merged, asked.starts_at, key=_ends_at)
    beyond = bisect_left(merged, asked.ends_at, key=_starts_at)
    return merged[first:beyond]


def _weekly(schedule: Schedule, sessions: Iterable[Booked]) -> Iterable[Interval]:
    """Give the weekly hours of all dates that may touch a session: the day before too, for hours past midnight."""
    dates: set[date] = set()
    for booked in sessions:
        first = wall_clock.local(booked.during.starts_at, schedule.zone).date() - _DAY
        last = wall_clock.local(booked.during.ends_at, schedule.zone).date()
        dates.update(first + _DAY * number for number in range((last - first).days + 1))
    for on in dates:
        for weekly in schedule.weekly_hours:
            if WEEKDAYS[on.weekday()] is weekly.weekday:
                hours = wall_clock.hours(on, start=weekly.start, end=weekly.end, zone=schedule.zone)
                if hours is not None:
                    yield hours
