"""When a therapist works and what they offer: the data of a schedule, and what makes one possible.

Hours are wall time in the schedule's zone, week after week; an `end` at or before its `start` runs past midnight, equal
ones are a whole day. No moment of the week belongs to two hours: overlaps are refused, also those that reach past
midnight into the next day and from Sunday into Monday. Hours that touch are fine and count as one stretch of work.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from domain.availability import wall_clock
from domain.errors import Flaw, Invalid
from domain.money import Money

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

MINUTES = range(10, 480 + 1)
BUFFER_MINUTES = range(240 + 1)
INTERVAL_MINUTES = range(5, 240 + 1)
NOTICE_MINUTES = range(30 * DAY_MINUTES + 1)
HORIZON_DAYS = range(1, 366 + 1)
DAILY_LIMIT = range(1, 50 + 1)
CAPACITY = range(1, 100 + 1)
NAME_LENGTH = range(1, 100 + 1)
WEEKLY_HOURS_MAX = 100
SESSION_TYPES = range(1, 20 + 1)

_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
_CURRENCY = re.compile(r"[a-z]{3}")


class Weekday(StrEnum):
    """A day of the week, in the order of ISO 8601."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = tuple(Weekday)


class SessionFormat(StrEnum):
    """How a session is held."""

    VIDEO = "video"
    PHONE = "phone"
    IN_PERSON = "in_person"


class ExceptionKind(StrEnum):
    """What an exception does to the weekly hours."""

    OPEN = "open"
    CLOSED = "closed"


class ScheduleImpossible(Invalid):
    """The schedule contradicts itself or leaves its bounds; every flaw is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Hours that come back every week. start, end: wall time in whole minutes; end <= start is of the next day."""

    weekday: Weekday
    start: time
    end: time

    def minutes_of_day(self) -> tuple[int, int]:
        """Give start and end in minutes from the midnight the weekday begins with; the end is the greater."""
        start = self.start.hour * 60 + self.start.minute
        end = self.end.hour * 60 + self.end.minute
        return start, end if end > start else end + DAY_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionType:
    """What can be booked. capacity: seats; more than one makes it a group."""

    code: str
    name: str
    minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    fee: Money
    session_formats: tuple[SessionFormat, ...]
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A therapist's week and offer. zone: IANA. daily_limit: sessions in a local day, None for no limit."""

    zone: str
    weekly_hours: tuple[WeeklyHours, ...]
    session_types: tuple[SessionType, ...]
    slot_interval_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None


def check(schedule: Schedule) -> None:
    """Refuse a schedule that can't be kept.

    Raises ScheduleImpossible with every flaw found; pointers are of the request's body (RFC 6901).
    """
    flaws = (
        *_flaws_of_zone(schedule),
        *_flaws_of_hours(schedule.weekly_hours),
        *_flaws_of_session_types(schedule.session_types),
        *_flaws_of_rules(schedule),
    )
    if flaws:
        raise ScheduleImpossible(*flaws)


def _flaws_of_zone(schedule: Schedule) -> Iterator[Flaw]:
    if not wall_clock.is_known_zone(schedule.zone):
        yield Flaw(pointer="/time_zone", detail="This is not an IANA time zone, such as America/New_York.")


def _flaws_of_hours(weekly_hours: tuple[WeeklyHours, ...]) -> Iterator[Flaw]:
    if len(weekly_hours) > WEEKLY_HOURS_MAX:
        yield Flaw(pointer="/weekly_hours", detail=f"At most {WEEKLY_HOURS_MAX} entries.")
        return
    for index, hours in enumerate(weekly_hours):
        for name, wall in (("start", hours.start), ("end", hours.end)):
            if wall.second or wall.microsecond or wall.tzinfo is not None:
                yield Flaw(
                    pointer=f"/weekly_hours/{index}/{name}", detail="A wall time in whole minutes, without zone."
                )
    yield from _overlaps(weekly_hours)


def _overlaps(weekly_hours: tuple[WeeklyHours, ...]) -> Iterator[Flaw]:
    """Name each entry once that shares a minute of the week with another: of a pair, the one written later."""
    placed: list[tuple[int, int, int]] = []
    for index, hours in enumerate(weekly_hours):
        start, end = hours.minutes_of_day()
        since_monday = WEEKDAYS.index(hours.weekday) * DAY_MINUTES
        placed.append((since_monday + start, since_monday + end, index))
    placed.sort()
    # What comes first in the week comes again after Sunday, where late hours may reach it.
    around = [*placed, *((start + WEEK_MINUTES, end + WEEK_MINUTES, index) for start, end, index in placed)]
    partners: dict[int, int] = {}
    farthest_end, farthest = -1, -1
    for start, end, index in around:
        if start < farthest_end and index != farthest:
            partners.setdefault(max(index, farthest), min(index, farthest))
        if end > farthest_end:
            farthest_end, farthest = end, index
    for index, partner in sorted(partners.items()):
        yield Flaw(pointer=f"/weekly_hours/{index}", detail=f"These hours overlap with entry {partner} (from 0).")


def _flaws_of_session_types(session_types: tuple[SessionType, ...]) -> Iterator[Flaw]:
    if len(session_types) not in SESSION_TYPES:
        yield Flaw(pointer="/session_types", detail=_between("entries", SESSION_TYPES))
    seen: Counter[str] = Counter()
    for index, session_type in enumerate(session_types):
        at = f"/session_types/{index}"
        if not _CODE.fullmatch(session_type.code):
            yield Flaw(
                pointer=f"{at}/code", detail="A small letter, then up to 49 small letters, digits or underscores."
            )
        if seen[session_type.code]:
            yield Flaw(pointer=f"{at}/code", detail="Another session type has this code.")
        seen[session_type.code] += 1
        yield from _flaws_of_session_type(session_type, at=at)


def _flaws_of_session_type(session_type: SessionType, *, at: str) -> Iterator[Flaw]:
    if not session_type.name.strip() or len(session_type.name) not in NAME_LENGTH:
        yield Flaw(pointer=f"{at}/name", detail=_between("characters", NAME_LENGTH))
    for name, value, bounds in (
        ("minutes", session_type.minutes, MINUTES),
        ("buffer_before_minutes", session_type.buffer_before_minutes, BUFFER_MINUTES),
        ("buffer_after_minutes", session_type.buffer_after_minutes, BUFFER_MINUTES),
        ("capacity", session_type.capacity, CAPACITY),
    ):
        if value not in bounds:
            yield Flaw(pointer=f"{at}/{name}", detail=_between("", bounds))
    if session_type.fee.amount < 0:
        yield Flaw(pointer=f"{at}/fee/amount", detail="0 or more, in minor units.")
    if not _CURRENCY.fullmatch(session_type.fee.currency):
        yield Flaw(pointer=f"{at}/fee/currency", detail="Three small letters of ISO 4217, such as usd.")
    if not session_type.session_formats:
        yield Flaw(pointer=f"{at}/session_formats", detail="At least one format.")
    elif len(set(session_type.session_formats)) < len(session_type.session_formats):
        yield Flaw(pointer=f"{at}/session_formats", detail="Each format once.")


def _flaws_of_rules(schedule: Schedule) -> Iterator[Flaw]:
    for name, value, bounds in (
        ("slot_interval_minutes", schedule.slot_interval_minutes, INTERVAL_MINUTES),
        ("minimum_notice_minutes", schedule.minimum_notice_minutes, NOTICE_MINUTES),
        ("horizon_days", schedule.horizon_days, HORIZON_DAYS),
        ("daily_limit", schedule.daily_limit, DAILY_LIMIT),
    ):
        if value is not None and value not in bounds:
            yield Flaw(pointer=f"/{name}", detail=_between("", bounds))


def _between(what: str, bounds: range) -> str:
    return f"{bounds.start} to {bounds.stop - 1} {what}".strip() + "."
