"""When an event takes place near a window: its rules, what was added and left out, and what was changed by itself.

An occurrence is known by its start: whole days by their date, times by their instant, and by their date on the wall
where a day is left out of a series of times, as some calendars write it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from domain.availability import ical_recurrence
from domain.availability.ical_event import Event, Length, Moment
from domain.availability.ical_recurrence import Budget
from domain.availability.ical_source import NotRead
from domain.availability.interval import Interval

# A wall is less than a day off any other, and a gap moves a start by less than that.
SLACK: Final = timedelta(days=2)
TOO_LONG: Final = "It takes longer than can be reckoned."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An occurrence that stands no longer where its series has it. event: what stands there instead, or nothing.

    and_later: all later occurrences are changed alike.
    """

    replaces: Moment
    and_later: bool
    event: Event | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Starts:
    """Starts to leave out, in both ways in which they may be told."""

    instants: frozenset[datetime]
    days: frozenset[date]

    def hold(self, start: Moment) -> bool:
        if start.wall.date() in self.days:
            return True
        return not start.whole_day and start.instant() in self.instants


def busy(event: Event, changes: Sequence[Change], *, window: Interval, budget: Budget) -> list[Interval]:
    """Give when an event takes place, as far as it reaches into the window, in any order. Raises NotRead."""
    try:
        return list(_busy(event, changes, window=window, budget=budget))
    except OverflowError:
        raise NotRead(TOO_LONG) from None


def without_recurrence(event: Event) -> Event:
    """Give an event that takes place once, such as one in the place of another."""
    return replace(event, rules=(), additions=(), excluded=())


def _busy(event: Event, changes: Sequence[Change], *, window: Interval, budget: Budget) -> Iterator[Interval]:
    budget.spend(len(changes))
    gone = _starts([*event.excluded, *(change.replaces for change in changes)], whole_days=event.start.whole_day)
    later = sorted((change for change in changes if change.and_later), key=lambda change: change.replaces.wall)
    for start, length in _occurrences(event, later, window=window, budget=budget):
        if gone.hold(start):
            continue
        moved = _moved(start, length, later)
        if moved is None:
            continue
        begins, ends = moved[0].instant(), moved[1].end(moved[0].wall, moved[0].zone)
        if begins < window.ends_at and ends > window.starts_at and begins < ends:
            yield Interval(starts_at=begins, ends_at=ends)


def _starts(moments: Collection[Moment], *, whole_days: bool) -> _Starts:
    return _Starts(
        instants=frozenset(each.instant() for each in moments if not (whole_days or each.whole_day)),
        days=frozenset(each.wall.date() for each in moments if whole_days or each.whole_day),
    )


def _occurrences(
    event: Event, later: Sequence[Change], *, window: Interval, budget: Budget
) -> Iterator[tuple[Moment, Length]]:
    """Give the starts near the window, each with its length, as the series has them. Raises NotRead."""
    start, zone = event.start, event.start.zone
    since, before = _reach(event, later, window=window)
    walls = {start.wall} if not event.rules else set[datetime]()
    for rule, until in event.rules:
        found = ical_recurrence.starts(rule, first=start.wall, until=until, since=since, before=before, budget=budget)
        walls.update(found)
    of_rules = ((replace(start, wall=wall), event.length) for wall in walls)
    added = (
        (each.start, each.length or event.length)
        for each in event.additions
        if not (each.start.zone == zone and each.start.wall in walls)
    )
    return chain(of_rules, added)


def _reach(event: Event, later: Sequence[Change], *, window: Interval) -> tuple[datetime, datetime]:
    """Give between which wall times a start may matter to the window."""
    lengths, shifts = [event.length], [timedelta(0)]
    for change in later:
        if change.event is not None:
            lengths.append(change.event.length)
            shifts.append(change.event.start.wall - change.replaces.wall)
    longest = max(length.on_wall + length.real for length in lengths)
    since = window.starts_at.replace(tzinfo=None) - SLACK - longest - max(shifts)
    before = window.ends_at.replace(tzinfo=None) + SLACK - min(shifts)
    return since, before


def _moved(start: Moment, length: Length, later: Sequence[Change]) -> tuple[Moment, Length] | None:
    """Give where an occurrence stands after the last change that holds for it too, or None where that ended it."""
    change = next((each for each in reversed(later) if each.replaces.instant() <= start.instant()), None)
    if change is None:
        return start, length
    if change.event is None:
        return None
    to = change.event.start
    if start.whole_day or to.whole_day:
        return replace(to, wall=start.wall + (to.wall - change.replaces.wall)), change.event.length
    shift = to.wall - to.zone.wall(change.replaces.instant())
    return replace(to, wall=to.zone.wall(start.instant()) + shift), change.event.length
