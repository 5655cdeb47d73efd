"""Standing sessions: the same time on the therapist's wall every week, and what stands against each week.

- Wall time. A week's start is what the wall shows at the first start, seven days on; in a fold it is the first pass
  (`wall_clock.py`). A week in which the wall skips that time has none, and is refused like a time that is not offered.
- Notice and horizon bind the first session and no later one: whoever is within them at first has the whole series.
- Everything else binds each week by itself: license, hours, exceptions, daily limit, own time, rivals.

A series that moves goes by the wall too: all of its sessions by the same difference of wall times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from domain.availability import wall_clock
from domain.availability.open_hours import Span
from domain.availability.schedule import SessionType
from domain.booking import offer
from domain.booking.offer import Offer, Practice, Refusal

WEEKS: Final = range(2, 26 + 1)
WEEK: Final = timedelta(days=7)


class OnConflict(StrEnum):
    """What becomes of a series when weeks of it can't be had: nothing is booked, or the rest."""

    ABORT = "abort"
    SKIP = "skip"


class Scope(StrEnum):
    """How much of a series a change means: the one session, it and what comes after, or all that is still ahead."""

    ONE = "one"
    THIS_AND_LATER = "this_and_later"
    ALL = "all"


class Reason(StrEnum):
    """Why a week can't be had: the slug with which the session alone would be refused."""

    LICENSE = "license-not-valid-at-session"
    NOT_OFFERED = "slot-not-offered"
    OWN_TIME = "conflict"
    TAKEN = "slot-taken"


OF_REFUSAL: Final[dict[Refusal, Reason]] = {
    Refusal.LICENSE: Reason.LICENSE,
    Refusal.HOURS: Reason.NOT_OFFERED,
    Refusal.OWN_TIME: Reason.OWN_TIME,
    Refusal.RIVALS: Reason.TAKEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """When a week's session starts, aware UTC. exists: False where the wall skips its time; then the end of the gap."""

    starts_at: datetime
    exists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRefused:
    """A week that can't be had. starts_at: aware UTC."""

    starts_at: datetime
    reason: Reason


Decided: TypeAlias = Offer | WeekRefused


def weeks(first: datetime, *, count: int, zone: str) -> tuple[Week, ...]:
    """Give the starts of a series, ascending: the first is as asked, the others are where the wall shows the same."""
    wall = wall_clock.local(first, zone)
    return (Week(starts_at=first), *(_on_the_wall(wall + number * WEEK, zone) for number in range(1, count)))


def shifted(starts: Sequence[datetime], *, from_start: datetime, to_start: datetime, zone: str) -> tuple[Week, ...]:
    """Move starts by the difference of wall time between two, in the order given; `from_start` goes to `to_start`."""
    by = wall_clock.local(to_start, zone) - wall_clock.local(from_start, zone)
    return tuple(
        Week(starts_at=to_start) if start == from_start else _on_the_wall(wall_clock.local(start, zone) + by, zone)
        for start in starts
    )


def decided(
    practice: Practice,
    kind: SessionType,
    weeks: Sequence[Week],
    *,
    own: Sequence[Span],
    in_person: bool,
    now: datetime,
) -> tuple[Decided, ...]:
    """Say for each week what can be had, or why it can't. weeks: in any order, not empty; the earliest is the first."""
    first = min(week.starts_at for week in weeks)
    beyond = first > now + timedelta(days=practice.schedule.horizon_days)
    later = practice if beyond else offer.later_in_series(practice)
    # counted from the first session, no series is longer than the farthest horizon
    reckoned = now if beyond else max(now, first)
    return tuple(
        _decided(practice, kind, week, own=own, in_person=in_person, now=now)
        if week.starts_at == first
        else _decided(later, kind, week, own=own, in_person=in_person, now=reckoned)
        for week in weeks
    )


def refused(decided: Sequence[Decided]) -> tuple[WeekRefused, ...]:
    """Give the weeks that can't be had, by start."""
    found = [each for each in decided if isinstance(each, WeekRefused)]
    return tuple(sorted(found, key=lambda week: week.starts_at))


def _decided(
    practice: Practice, kind: SessionType, week: Week, *, own: Sequence[Span], in_person: bool, now: datetime
) -> Decided:
    if not week.exists:
        return WeekRefused(starts_at=week.starts_at, reason=Reason.NOT_OFFERED)
    meant = offer.offer_of(practice, kind, starts_at=week.starts_at)
    against = offer.refusal(practice, meant, own=own, in_person=in_person, now=now)
    return meant if against is None else WeekRefused(starts_at=week.starts_at, reason=OF_REFUSAL[against.reason])


def _on_the_wall(wall: datetime, zone: str) -> Week:
    starts_at = wall_clock.instant(wall, zone)
    if starts_at is None:
        return Week(starts_at=wall_clock.bound(wall, zone), exists=False)
    return Week(starts_at=starts_at)
