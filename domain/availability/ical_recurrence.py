"""When something comes back, by a recurrence rule of RFC 5545: on the wall, without zones, and with bounded work.

A calendar is a stranger's text, and one line of it may ask for every second of all time, or for the 30th of February.
So the days of the window are walked, and each is asked whether the rule takes it: what comes before is reached by
arithmetic and not by counting up to it, unless the rule has a COUNT. Every day that is walked is paid for from a budget
that all rules of a calendar share. What would come back more often than every half hour is refused.

The first start is always taken, as calendars do, whether or not the rule takes it. Source: RFC 5545 section 3.3.10.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from typing import Final

from icalendar import vRecur

from domain.availability.ical_source import NotRead

TEXT_LENGTH_MAX: Final = 2_000
STARTS_A_DAY_MAX: Final = 48
INTERVAL: Final = range(1, 100_000)
DAYS_OF_WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN_PARTS: Final = frozenset(
    {"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY"}
    | {"BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST"}
)
PARTS_OF_TIME: Final = frozenset({"BYSECOND", "BYMINUTE", "BYHOUR"})

UNREADABLE: Final = "Its recurrence can't be read."
TOO_OFTEN: Final = "It comes back more often than every half hour."
TOO_MUCH: Final = "The calendar holds more recurrences than are read; shorten it, or split it in two."

_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class Frequency(StrEnum):
    """How long a period of the rule is."""

    YEARLY = "YEARLY"
    MONTHLY = "MONTHLY"
    WEEKLY = "WEEKLY"
    DAILY = "DAILY"
    HOURLY = "HOURLY"


@dataclass(slots=True, kw_only=True)
class Budget:
    """How much more may be looked at, for one calendar: days walked, times each may hold a start, and times listed."""

    left: int

    def spend(self, times: int) -> None:
        """Pay for what is looked at. Raises NotRead when too little is left."""
        if times > self.left:
            raise NotRead(TOO_MUCH)
        self.left -= times


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule. Numbers are as RFC 5545 has them; weekdays count from Monday, 0.

    until: as it was written, an aware instant, a naive wall time or a date. nth_weekdays: number in month or year, and
    weekday. times: of the day, but for hourly rules, which have minutes and seconds past the hour.
    """

    frequency: Frequency
    interval: int
    count: int | None
    until: datetime | date | None
    hours: frozenset[int]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    weekdays: frozenset[int]
    nth_weekdays: frozenset[tuple[int, int]]
    month_days: frozenset[int]
    year_days: frozenset[int]
    week_numbers: frozenset[int]
    months: frozenset[int]
    positions: tuple[int, ...]
    week_starts: int


def rule(text: str, *, first: datetime, whole_day: bool) -> Rule:
    """Read a rule. first: the first start on the wall, from which a rule takes what it leaves unsaid.

    Raises NotRead.
    """
    parts = _parts(text)
    if whole_day:
        parts = {name: values for name, values in parts.items() if name not in PARTS_OF_TIME}
    try:
        frequency = Frequency(_one(parts, "FREQ", default=""))
    except ValueError:
        often = parts.get("FREQ") in (["SECONDLY"], ["MINUTELY"])
        raise NotRead(TOO_OFTEN if often else UNREADABLE) from None
    interval, count = (
        _number(parts, "INTERVAL", within=INTERVAL) or 1,
        _number(parts, "COUNT", within=range(1, 1 << 62)),
    )
    weekdays, nth = _weekdays(parts.get("BYDAY", ()), numbered=frequency in {Frequency.YEARLY, Frequency.MONTHLY})
    month_days = _numbers(parts, "BYMONTHDAY", within=range(-31, 32))
    year_days = _numbers(parts, "BYYEARDAY", within=range(-366, 367))
    week_numbers = _numbers(parts, "BYWEEKNO", within=range(1, 54))
    months = _numbers(parts, "BYMONTH", within=range(1, 13))
    starts_on = _one(parts, "WKST", default="MO")
    if starts_on not in DAYS_OF_WEEK or (week_numbers and (starts_on != "MO" or frequency is not Frequency.YEARLY)):
        raise NotRead(UNREADABLE)
    if not (weekdays or nth or month_days or year_days or week_numbers):
        match frequency:
            case Frequency.YEARLY:
                months, month_days = months or frozenset({first.month}), frozenset({first.day})
            case Frequency.MONTHLY:
                month_days = frozenset({first.day})
            case Frequency.WEEKLY:
                weekdays = frozenset({first.weekday()})
    hours = _numbers(parts, "BYHOUR", within=range(24))
    read = Rule(
        frequency=frequency,
        interval=interval,
        count=count,
        until=_until(parts),
        hours=hours if hours or frequency is Frequency.HOURLY else frozenset({first.hour}),
        minutes=tuple(sorted(_numbers(parts, "BYMINUTE", within=range(60)) or {first.minute})),
        seconds=tuple(sorted(_numbers(parts, "BYSECOND", within=range(60)) or {first.second})),
        weekdays=weekdays,
        nth_weekdays=nth,
        month_days=month_days,
        year_days=year_days,
        week_numbers=week_numbers,
        months=months,
        positions=tuple(sorted(_numbers(parts, "BYSETPOS", within=range(-366, 367)))),
        week_starts=DAYS_OF_WEEK.index(starts_on),
    )
    _require_seldom(read)
    return read


def starts(
    rule: Rule, *, first: datetime, until: datetime | None, since: datetime, before: datetime, budget: Budget
) -> list[datetime]:
    """Give the starts from `since` on and before `before`, ascending; all are naive wall times.

    until: the rule's own, as a wall time; that start is still taken. Raises NotRead.
    """
    last = min(before, until + timedelta(microseconds=1)) if until is not None else before
    taken: list[datetime] = []
    left = rule.count
    begins = first if left is not None else max(first, since)
    if begins < last:
        for period in _periods(rule, first=first, begins=begins, ends=last):
            budget.spend(len(period) * _starts_a_day(rule))
            found = [start for start in _in_period(rule, period, first=first) if first <= start < last]
            if left is not None:
                found = found[:left]
                left -= len(found)
            taken += found
            if left == 0:
                break
    if first not in taken:
        taken.insert(0, first)
    return [start for start in taken if since <= start < before]


def _parts(text: str) -> dict[str, list[object]]:
    if len(text) > TEXT_LENGTH_MAX:
        raise NotRead(UNREADABLE)
    try:
        parts = {str(name).upper(): list(values) for name, values in vRecur.from_ical(text).items()}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise NotRead(UNREADABLE) from None
    if not parts.keys() <= KNOWN_PARTS:
        raise NotRead(UNREADABLE)
    return parts


def _one(parts: dict[str, list[object]], name: str, *, default: str) -> str:
    values = parts.get(name, [default])
    if len(values) != 1:
        raise NotRead(UNREADABLE)
    return str(values[0]).upper()


def _numbers(parts: dict[str, list[object]], name: str, *, within: range) -> frozenset[int]:
    """Read numbers; 0 is none where negative ones are allowed, and a leap month ("5L") is none of ours."""
    found: set[int] = set()
    for value in parts.get(name, ()):
        if not isinstance(value, int) or not re.fullmatch(r"[+-]?\d{1,18}", str(value)):
            raise NotRead(UNREADABLE)
        number = int(value)  # an exact int: a range asks every number it holds about any other kind
        if number not in within or (number == 0 and within.start < 0):
            raise NotRead(UNREADABLE)
        found.add(number)
    return frozenset(found)


def _number(parts: dict[str, list[object]], name: str, *, within: range) -> int | None:
    found = _numbers(parts, name, within=within)
    if len(found) > 1:
        raise NotRead(UNREADABLE)
    return next(iter(found), None)


def _weekdays(values: Sequence[object], *, numbered: bool) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Give plain weekdays, and those with their number; where a number means nothing it is left out."""
    plain: set[int] = set()
    nth: set[tuple[int, int]] = set()
    for value in values:
        match = _DAY.fullmatch(str(value).upper())
        if match is None:
            raise NotRead(UNREADABLE)
        number, weekday = int(match[1] or 0), DAYS_OF_WEEK.index(match[2])
        if number and numbered:
            nth.add((number, weekday))
        else:
            plain.add(weekday)
    return frozenset(plain), frozenset(nth)


def _until(parts: dict[str, list[object]]) -> datetime | date | None:
    values = parts.get("UNTIL", [None])
    if len(values) != 1 or not (values[0] is None or isinstance(values[0], date)):
        raise NotRead(UNREADABLE)
    return values[0]


def _require_seldom(rule: Rule) -> None:
    """Refuse what comes too often; positions are counted within periods, and a day or an hour is too short for that."""
    if _starts_a_day(rule) > STARTS_A_DAY_MAX:
        raise NotRead(TOO_OFTEN)
    if rule.positions and rule.frequency in {Frequency.DAILY, Frequency.HOURLY}:
        raise NotRead(UNREADABLE)


def _starts_a_day(rule: Rule) -> int:
    """Give how many starts a day may have at most."""
    hours = len(rule.hours) or -(-24 // rule.interval)
    return hours * len(rule.minutes) * len(rule.seconds)


def _periods(rule: Rule, *, first: datetime, begins: datetime, ends: datetime) -> Iterator[list[date]]:
    """Give the days of each period of the rule that reaches into the stretch, in order, whole periods each."""
    match rule.frequency:
        case Frequency.YEARLY:
            return _years(rule, first=first, begins=begins, ends=ends)
        case Frequency.MONTHLY:
            return _months(rule, first=first, begins=begins, ends=ends)
        case Frequency.WEEKLY:
            return _weeks(rule, first=first, begins=begins, ends=ends)
        case Frequency.DAILY:
            return _days(first.toordinal(), begins=begins, ends=ends, interval=rule.interval)
        case Frequency.HOURLY:
            return _days(first.toordinal(), begins=begins, ends=ends, interval=1)


def _years(rule: Rule, *, first: datetime, begins: datetime, ends: datetime) -> Iterator[list[date]]:
    for year in _in_phase(first.year, begins.year, ends.year, rule.interval):
        yield [day for month in sorted(rule.months) or range(1, 13) for day in _month(year, month)]


def _months(rule: Rule, *, first: datetime, begins: datetime, ends: datetime) -> Iterator[list[date]]:
    origin, since, until = (at.year * 12 + at.month - 1 for at in (first, begins, ends))
    for number in _in_phase(origin, since, until, rule.interval):
        yield _month(number // 12, number % 12 + 1)


def _weeks(rule: Rule, *, first: datetime, begins: datetime, ends: datetime) -> Iterator[list[date]]:
    shift = 1 + rule.week_starts  # so that a week of the rule begins at a multiple of seven
    origin, since, until = ((at.toordinal() - shift) // 7 for at in (first, begins, ends))
    for number in _in_phase(origin, since, until, rule.interval):
        yield [date.fromordinal(number * 7 + shift + day) for day in range(7)]


def _days(origin: int, *, begins: datetime, ends: datetime, interval: int) -> Iterator[list[date]]:
    for number in _in_phase(origin, begins.toordinal(), ends.toordinal(), interval):
        yield [date.fromordinal(number)]


def _in_phase(origin: int, since: int, until: int, interval: int) -> range:
    """Give the numbers from `since` to `until`, both included, that are whole intervals after the origin."""
    return range(since + (origin - since) % interval, until + 1, interval)


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _in_period(rule: Rule, period: Sequence[date], *, first: datetime) -> list[datetime]:
    """Give the starts of one period, ascending."""
    found = [
        datetime.combine(day, time(hour, minute, second))
        for day in period
        if _takes(rule, day)
        for hour in _hours(rule, day, first=first)
        for minute, second in product(rule.minutes, rule.seconds)
    ]
    if not rule.positions:
        return found
    places = {position - 1 if position > 0 else len(found) + position for position in rule.positions}
    return [start for place, start in enumerate(found) if place in places]


def _hours(rule: Rule, day: date, *, first: datetime) -> Sequence[int]:
    if rule.frequency is not Frequency.HOURLY:
        return sorted(rule.hours)
    since_first = (day.toordinal() - first.toordinal()) * 24 - first.hour
    return [
        hour
        for hour in range(24)
        if (since_first + hour) % rule.interval == 0 and (not rule.hours or hour in rule.hours)
    ]


def _takes(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if (rule.weekdays or rule.nth_weekdays) and not (
        day.weekday() in rule.weekdays or any(_is_nth(rule, day, each) for each in rule.nth_weekdays)
    ):
        return False
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.year_days:
        number, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
        if number not in rule.year_days and number - length - 1 not in rule.year_days:
            return False
    return not rule.week_numbers or day.isocalendar().week in rule.week_numbers


def _is_nth(rule: Rule, day: date, nth: tuple[int, int]) -> bool:
    """Tell whether a day is the nth of its weekday, in the month, or in the year where a yearly rule has no months."""
    number, weekday = nth
    if day.weekday() != weekday:
        return False
    if rule.frequency is Frequency.YEARLY and not rule.months:
        place, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    else:
        place, length = day.day, monthrange(day.year, day.month)[1]
    return (place - 1) // 7 + 1 == number if number > 0 else (length - place) // 7 + 1 == -number
