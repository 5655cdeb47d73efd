"""Half-open intervals of time, `[starts_at, ends_at)`: what begins when another ends does not overlap it.

Both ends are aware UTC instants; wall time never enters here (`wall_clock.py` turns it into instants). An interval is
never empty: nothing is `None` or an empty sequence. Lists go in in any order and come out sorted and disjoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Self

_NO_OFFSET = timedelta(0)
_by_start = attrgetter("starts_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of time, half-open, that is not empty. Both ends are aware UTC; ValueError otherwise."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.utcoffset() != _NO_OFFSET or self.ends_at.utcoffset() != _NO_OFFSET:
            raise ValueError("an interval is made of aware UTC instants")
        if self.starts_at >= self.ends_at:
            raise ValueError("an interval ends after it starts")

    @classmethod
    def or_none(cls, *, starts_at: datetime, ends_at: datetime) -> Self | None:
        """Make the interval, or nothing where it would be empty."""
        return cls(starts_at=starts_at, ends_at=ends_at) if starts_at < ends_at else None

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether the two share an instant; touching ends do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def contains(self, other: "Interval") -> bool:
        """Tell whether the other lies within this one, ends included."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies within: the start does, the end does not."""
        return self.starts_at <= instant < self.ends_at

    def widened(self, *, before: timedelta, after: timedelta) -> "Interval":
        """Reach further out on both sides, by lengths that are not negative."""
        return Interval(starts_at=self.starts_at - before, ends_at=self.ends_at + after)


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Join what overlaps or touches; sorted and disjoint, with a pause between any two. O(n log n)."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=_by_start):
        if merged and interval.starts_at <= merged[-1].ends_at:
            if interval.ends_at > merged[-1].ends_at:
                merged[-1] = Interval(starts_at=merged[-1].starts_at, ends_at=interval.ends_at)
        else:
            merged.append(interval)
    return tuple(merged)
