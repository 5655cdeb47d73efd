"""One event of a calendar, as far as time goes: when it starts, how long it takes, when it comes back.

- A time with Z is an instant; one with a TZID is on the wall of that zone; one without is on the wall of the therapist,
  as are days. Gaps and folds follow `wall_clock.py`.
- How long: with DTEND, the real time from start to end, each time it comes back (RFC 5545 section 3.8.5.3); days, and
  days and weeks of a DURATION, are counted on the wall. A day without an end is that day, and so is one that ends when
  it starts, as some calendars write it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.availability import ical_recurrence, ical_source
from domain.availability.ical_recurrence import Rule
from domain.availability.ical_source import NotRead, Property
from domain.availability.ical_zone import UTC_ZONE, Zone

YEARS: Final = range(1600, 2400)
NO_TIME: Final = timedelta(0)
ONE_DAY: Final = timedelta(days=1)

NO_START: Final = "It says no start."
UNREADABLE: Final = "Its times can't be read."
ENDS_FIRST: Final = "It ends before it starts."
TAKES_NO_TIME: Final = "It takes no time."
ZONE_UNKNOWN: Final = "Its time zone is not known, and the calendar does not define it."
EXCLUDING_RULE: Final = "It leaves out times by a rule (EXRULE), which is not read."

ZoneOf = Callable[[str], Zone | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A start or an end: a wall time in a zone, or a whole day, whose wall time is its midnight."""

    wall: datetime
    zone: Zone
    whole_day: bool

    def instant(self) -> datetime:
        """Give the UTC instant."""
        return self.zone.instant(self.wall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long it takes: so much on the wall, and then so much in real time."""

    on_wall: timedelta
    real: timedelta

    def end(self, wall: datetime, zone: Zone) -> datetime:
        """Give the UTC instant at which what starts then is over."""
        return zone.instant(wall + self.on_wall) + self.real


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A start besides the rules. length: its own, None for the event's."""

    start: Moment
    length: Length | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event that shuts time. rules: each with its UNTIL on the wall of the start's zone."""

    start: Moment
    length: Length
    rules: Sequence[tuple[Rule, datetime | None]]
    additions: Sequence[Addition]
    excluded: Sequence[Moment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What an event says about itself: of which version it is, and which occurrence it stands for.

    and_later: it stands for all later occurrences too. frees: it takes none of the therapist's time, and why.
    """

    sequence: int
    replaces: Moment | None
    and_later: bool
    frees: str | None


def heading(properties: Sequence[Property], *, zone_of: ZoneOf, floating: Zone) -> Heading:
    """Read what an event says about itself. Raises NotRead where the occurrence it stands for can't be read."""
    said = _by_name(properties)
    sequence = next((each.value for each in said.get("SEQUENCE", ())), "0")
    replaced = said.get("RECURRENCE-ID")
    frees = None
    if _says(said, "STATUS", "CANCELLED"):
        frees = "It is cancelled."
    elif _says(said, "TRANSP", "TRANSPARENT"):
        frees = "It is marked as free (TRANSPARENT)."
    return Heading(
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0,  # noqa: PLR2004 - digits of an int32
        replaces=None if replaced is None else _moment(replaced[0], zone_of=zone_of, floating=floating),
        and_later=replaced is not None and replaced[0].parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        frees=frees,
    )


def event(properties: Sequence[Property], *, zone_of: ZoneOf, floating: Zone) -> Event:
    """Read an event. Raises NotRead."""
    said = _by_name(properties)
    if "DTSTART" not in said:
        raise NotRead(NO_START)
    if "EXRULE" in said:
        raise NotRead(EXCLUDING_RULE)
    start = _moment(said["DTSTART"][0], zone_of=zone_of, floating=floating)
    length = _length(said, start=start, zone_of=zone_of, floating=floating)
    return Event(
        start=start,
        length=length,
        rules=[_rule(each.value, start=start) for each in said.get("RRULE", ())],
        additions=[
            _addition(value, each, zone_of=zone_of, floating=floating, whole_day=start.whole_day)
            for each in said.get("RDATE", ())
            for value in each.value.split(",")
        ],
        excluded=[
            _moment_of(value, each, zone_of=zone_of, floating=start.zone)
            for each in said.get("EXDATE", ())
            for value in each.value.split(",")
            if value.strip()
        ],
    )


def busy_periods(properties: Sequence[Property]) -> Iterator[tuple[datetime, datetime]]:
    """Give the periods that a VFREEBUSY calls busy, as UTC instants. Raises NotRead."""
    for each in properties:
        if each.name != "FREEBUSY" or each.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
            continue
        for value in each.value.split(","):
            begins, ends = _period(value)
            start = _moment_of(begins, each, zone_of=lambda _tzid: None, floating=UTC_ZONE)
            yield start.instant(), _end_of_period(ends, start=start, by=each)


def _by_name(properties: Sequence[Property]) -> Mapping[str, Sequence[Property]]:
    said: dict[str, list[Property]] = {}
    for each in properties:
        said.setdefault(each.name, []).append(each)
    return said


def _says(said: Mapping[str, Sequence[Property]], name: str, value: str) -> bool:
    return any(each.value.upper() == value for each in said.get(name, ()))


def _moment(by: Property, *, zone_of: ZoneOf, floating: Zone) -> Moment:
    return _moment_of(by.value, by, zone_of=zone_of, floating=floating)


def _moment_of(text: str, by: Property, *, zone_of: ZoneOf, floating: Zone) -> Moment:
    """Read a moment. by: whose parameters say the zone. Raises NotRead."""
    try:
        value = ical_source.moment(text)
    except (ValueError, TypeError, OverflowError):
        raise NotRead(UNREADABLE) from None
    if not isinstance(value, date) or value.year not in YEARS:
        raise NotRead(UNREADABLE)
    if not isinstance(value, datetime):
        return Moment(wall=datetime(value.year, value.month, value.day), zone=floating, whole_day=True)  # noqa: DTZ001 - on the wall
    if value.tzinfo is not None:
        return Moment(wall=value.replace(tzinfo=None), zone=UTC_ZONE, whole_day=False)
    tzid = by.parameters.get("TZID")
    zone = floating if tzid is None else zone_of(tzid)
    if zone is None:
        raise NotRead(ZONE_UNKNOWN)
    return Moment(wall=value, zone=zone, whole_day=False)


def _length(said: Mapping[str, Sequence[Property]], *, start: Moment, zone_of: ZoneOf, floating: Zone) -> Length:
    """Read how long it takes. Raises NotRead."""
    if "DTEND" in said:
        end = _moment(said["DTEND"][0], zone_of=zone_of, floating=floating)
        if start.whole_day:
            days = end.wall - start.wall
            if not end.whole_day:
                raise NotRead(UNREADABLE)
            return _some(Length(on_wall=days or ONE_DAY, real=NO_TIME))
        return _some(Length(on_wall=NO_TIME, real=end.instant() - start.instant()))
    if "DURATION" in said:
        return _some(_duration(said["DURATION"][0].value))
    return _some(Length(on_wall=ONE_DAY if start.whole_day else NO_TIME, real=NO_TIME))


def _some(length: Length) -> Length:
    """Let a length pass that is one. Raises NotRead."""
    total = length.on_wall + length.real
    if total < NO_TIME:
        raise NotRead(ENDS_FIRST)
    if total == NO_TIME:
        raise NotRead(TAKES_NO_TIME)
    return length


def _duration(text: str) -> Length:
    """Read a duration: days and weeks are of the wall, hours are real. Raises NotRead."""
    of_days, _, of_time = text.strip().upper().partition("T")
    sign = -1 if of_days.startswith("-") else 1
    try:
        on_wall = ical_source.duration(of_days) if of_days.lstrip("+-") != "P" else NO_TIME
        real = ical_source.duration(f"PT{of_time}") * sign if of_time else NO_TIME
    except (ValueError, OverflowError):
        raise NotRead(UNREADABLE) from None
    return Length(on_wall=on_wall, real=real)


def _rule(text: str, *, start: Moment) -> tuple[Rule, datetime | None]:
    rule = ical_recurrence.rule(text, first=start.wall, whole_day=start.whole_day)
    return rule, _until(rule.until, start=start)


def _until(until: date | None, *, start: Moment) -> datetime | None:
    """Give a rule's end on the wall of the start; a date is meant with the whole of its day."""
    if until is None or until.year >= YEARS.stop:
        return None
    if until.year not in YEARS:
        raise NotRead(ical_recurrence.UNREADABLE)
    if not isinstance(until, datetime):
        return datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001 - on the wall
    if until.tzinfo is None:
        return until
    shown = start.zone.wall(until)
    # of whole days, some write the instant of a midnight and others its date with any time: the later day is meant
    return max(shown, until.replace(tzinfo=None)) if start.whole_day else shown


def _addition(text: str, by: Property, *, zone_of: ZoneOf, floating: Zone, whole_day: bool) -> Addition:
    """Read a start besides the rules, or a period, which has its own end. Raises NotRead.

    A day among times takes a day, and so does a time among days.
    """
    if "/" not in text:
        start = _moment_of(text, by, zone_of=zone_of, floating=floating)
        return Addition(
            start=start, length=None if start.whole_day == whole_day else Length(on_wall=ONE_DAY, real=NO_TIME)
        )
    begins, ends = _period(text)
    start = _moment_of(begins, by, zone_of=zone_of, floating=floating)
    if ends.strip().upper().lstrip("+-").startswith("P"):
        return Addition(start=start, length=_some(_duration(ends)))
    end = _moment_of(ends, by, zone_of=zone_of, floating=floating)
    return Addition(start=start, length=_some(Length(on_wall=NO_TIME, real=end.instant() - start.instant())))


def _period(text: str) -> tuple[str, str]:
    begins, slash, ends = text.strip().partition("/")
    if not slash:
        raise NotRead(UNREADABLE)
    return begins, ends


def _end_of_period(text: str, *, start: Moment, by: Property) -> datetime:
    if text.strip().upper().startswith("P"):
        return _some(_duration(text)).end(start.wall, start.zone)
    end = _moment_of(text, by, zone_of=lambda _tzid: None, floating=start.zone).instant()
    if end <= start.instant():
        raise NotRead(ENDS_FIRST)
    return end
