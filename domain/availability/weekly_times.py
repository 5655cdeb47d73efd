"""When a client can come: wall time in their zone, week after week, as stretches of instants.

Times that touch or overlap are one. A session fits when it lies wholly inside one stretch.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter

from domain.availability import wall_clock
from domain.availability.interval import Interval, merge
from domain.availability.schedule import WEEKDAYS, WeeklyHours

_by_start = attrgetter("starts_at")


def stretches(times: Sequence[WeeklyHours], *, zone: str, during: Interval) -> tuple[Interval, ...]:
    """Give the instants at which a client can, for sessions that start within an interval; sorted, not touching.

    zone: the client's, a known IANA key.
    """
    first = wall_clock.local(during.starts_at, zone).date() - timedelta(days=1)
    last = wall_clock.local(during.ends_at, zone).date() + timedelta(days=1)
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = (
        wall_clock.hours(on, start=each.start, end=each.end, zone=zone)
        for each in times
        for on in dates
        if WEEKDAYS[on.weekday()] is each.weekday
    )
    return merge(interval for interval in found if interval is not None)


def lies_within(session: Interval, free_time: Sequence[Interval]) -> bool:
    """Tell whether one of the stretches, as of `stretches`, holds the whole session."""
    before = bisect_right(free_time, session.starts_at, key=_by_start)
    return before > 0 and session.ends_at <= free_time[before - 1].ends_at
