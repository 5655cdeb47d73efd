"""A calendar's text, cut down to what it says about time. Source: RFC 5545 section 3.4.

Nothing but the named properties of events, busy times and zones is kept: no title, no place, no person. What is kept
is what is stored, and it is read again from there. Characters that are not UTF-8 stand in properties that are left
out, or make the one that holds them unreadable.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from icalendar import vDDDTypes, vDuration

from domain.errors import Flaw, Invalid

COMPONENTS_MAX: Final = 10_000
LINES_MAX: Final = 100_000
DEPTH_MAX: Final = 10

OF_TIME: Final = frozenset(
    {"UID", "SEQUENCE", "STATUS", "TRANSP", "DTSTART", "DTEND", "DURATION"}
    | {"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"}
)
OF_ZONE: Final = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
KEPT: Final[Mapping[str, frozenset[str]]] = {
    "VEVENT": OF_TIME,
    "VFREEBUSY": frozenset({"UID", "FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": OF_ZONE,
    "DAYLIGHT": OF_ZONE,
}
CALENDAR: Final = "VCALENDAR"
# What may stand in what; the parts of anything else are no calendar's concern.
PARTS: Final[Mapping[str, frozenset[str]]] = {
    CALENDAR: frozenset({"VEVENT", "VFREEBUSY", "VTIMEZONE"}),
    "VTIMEZONE": frozenset({"STANDARD", "DAYLIGHT"}),
}

_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_PROPERTY = re.compile(rf"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+={_VALUE}(?:,{_VALUE})*)*):(.*)")
_PARAMETER = re.compile(rf";([A-Za-z0-9-]+)=({_VALUE})")


class CalendarUnreadable(Invalid):
    """The text as a whole is no calendar."""

    def __init__(self, detail: str) -> None:
        super().__init__(Flaw(pointer="", detail=detail))


class NotRead(Exception):
    """A part of a calendar is not heeded. reason: why, for the therapist."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property. name: in capitals. parameters: their names in capitals, quotes taken off."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True, kw_only=True)
class Component:
    """A component with the lines that are kept of it, as they were written, unfolded."""

    kind: str
    lines: list[str]
    parts: list["Component"]

    def properties(self) -> Sequence[Property]:
        """Read the lines. Raises ValueError for one that is none."""
        return [_property(line) for line in self.lines]

    def uid(self) -> str | None:
        """Give its UID, also where other lines can't be read; None where it has none."""
        for line in self.lines:
            match = _PROPERTY.fullmatch(line)
            if match is not None and match[1].upper() == "UID" and match[3].strip():
                return match[3].strip()
        return None

    def written(self) -> Iterator[str]:
        """Give the component as lines again."""
        yield f"BEGIN:{self.kind}"
        yield from self.lines
        for part in self.parts:
            yield from part.written()
        yield f"END:{self.kind}"


def read(source: bytes) -> Sequence[Component]:
    """Give the components of a calendar, in order; those of kinds that are not read are there without their lines.

    Raises CalendarUnreadable where the text is no calendar, is broken off, or holds more than is read.
    """
    calendars: list[Component] = []
    open_ones: list[Component] = []
    kept = 0
    for line in _lines(source):
        name, _, value = line.partition(":")
        match name.upper():
            case "BEGIN":
                component = Component(kind=value.strip().upper(), lines=[], parts=[])
                _begin(component, open_ones=open_ones, calendars=calendars)
            case "END":
                if not open_ones or open_ones.pop().kind != value.strip().upper():
                    raise CalendarUnreadable("The calendar is malformed: BEGIN and END do not belong together.")
            case _:
                if not open_ones:
                    raise CalendarUnreadable("This is no calendar: it starts with BEGIN:VCALENDAR.")
                kept += _keep(line, within=open_ones[-1])
                if kept > LINES_MAX:
                    raise CalendarUnreadable("The calendar says more about time than is read; shorten it.")
    if open_ones:
        raise CalendarUnreadable("The calendar is broken off: an END is missing.")
    if not calendars:
        raise CalendarUnreadable("This is no calendar: it starts with BEGIN:VCALENDAR.")
    return [component for calendar in calendars for component in calendar.parts]


def written(components: Sequence[Component]) -> str:
    """Give components as the text of one calendar, which `read` takes; kinds that are not read are left out."""
    kept = [line for each in components if each.kind in KEPT for line in each.written()]
    return "\n".join((f"BEGIN:{CALENDAR}", *kept, f"END:{CALENDAR}", ""))


def moment(text: str) -> object:
    """Read a date, a wall time or an instant, as the library does. Raises ValueError."""
    found: object = vDDDTypes.from_ical(text.strip())  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return found


def duration(text: str) -> timedelta:
    """Read a duration, as the library does. Raises ValueError, OverflowError."""
    found: timedelta = vDuration.from_ical(text)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return found


def _lines(source: bytes) -> Iterator[str]:
    """Unfold and split; folds may cut a character in two, so they are undone first. Source: RFC 5545 section 3.1."""
    text = _FOLD.sub(b"", source).decode("utf-8-sig", errors="replace")
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line and not line.isspace():
            yield line


def _begin(component: Component, *, open_ones: list[Component], calendars: list[Component]) -> None:
    if not open_ones:
        if component.kind != CALENDAR:
            raise CalendarUnreadable("This is no calendar: it starts with BEGIN:VCALENDAR.")
        calendars.append(component)
    elif len(open_ones) == DEPTH_MAX:
        raise CalendarUnreadable(f"The calendar is malformed: more than {DEPTH_MAX} components lie in each other.")
    elif open_ones[-1].kind == CALENDAR or component.kind in PARTS.get(open_ones[-1].kind, ()):
        open_ones[-1].parts.append(component)
        if sum(len(calendar.parts) for calendar in calendars[-1:]) > COMPONENTS_MAX or len(calendars) > DEPTH_MAX:
            raise CalendarUnreadable(f"At most {COMPONENTS_MAX} events; leave out those that are past.")
    open_ones.append(component)


def _keep(line: str, *, within: Component) -> bool:
    match = _NAME.match(line)
    if match is None or match[1].upper() not in KEPT.get(within.kind, ()):
        return False
    within.lines.append(line)
    return True


def _property(line: str) -> Property:
    """Read a line; of a parameter with several values the first is taken. Raises ValueError."""
    match = _PROPERTY.fullmatch(line)
    if match is None:
        raise ValueError("no property")
    parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(match[2])}
    return Property(name=match[1].upper(), parameters=parameters, value=match[3].strip())
