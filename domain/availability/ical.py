"""Read a calendar: what it shuts of a therapist's time, and what of it is not heeded, each with its reason.

Nothing is left out in silence. What can't be read shuts nothing, and so each of it is named. An occurrence that is
moved or cancelled by itself is taken out of its series by a change that can be read, and by no other. Of several
versions of an event the latest counts.

Work is bounded, whatever a calendar asks for: by its size, its components, the days that all its recurrences may walk,
and the stretches it may shut.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.availability import ical_event, ical_series, ical_source
from domain.availability.ical_event import Event, Heading
from domain.availability.ical_recurrence import Budget
from domain.availability.ical_series import Change
from domain.availability.ical_source import Component, NotRead, Property
from domain.availability.ical_zone import NamedZone, Zones
from domain.availability.interval import Interval, merge

BYTES_MAX: Final = 2 * 1024 * 1024
LOOKED_AT_MAX: Final = 200_000
STRETCHES_MAX: Final = 20_000
UID_SHOWN_MAX: Final = 200

UNREADABLE: Final = "It can't be read."
LATER_VERSION: Final = "The calendar holds a later version of it."
NOT_AN_EVENT: Final = "Only events and busy times are read."
TOO_MANY_STRETCHES: Final = f"The calendar shuts more than {STRETCHES_MAX} stretches of time; shorten it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """What was not heeded. uid: its own, None where it has none."""

    uid: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a calendar says. events: how many were heeded. busy: within the window, sorted and disjoint.

    kept: the calendar's text, cut down to what it says about time.
    """

    events: int
    busy: tuple[Interval, ...]
    ignored: tuple[Ignored, ...]
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """An event before its times are read. place: which component it is."""

    place: int
    uid: str | None
    heading: Heading
    properties: Sequence[Property]


def read(source: bytes, *, zone: str, window: Interval) -> Reading:
    """Read a calendar. zone: where times without one are, and days. window: busy times that reach into it are given.

    Raises CalendarUnreadable where the text as a whole is no calendar, ZoneUnknown.
    """
    components = ical_source.read(source)
    reader = _Reader(components, zone=zone, window=window)
    reader.read()
    return Reading(
        events=reader.events,
        busy=merge(reader.found),
        ignored=tuple(ignored for _, ignored in sorted(reader.ignored, key=lambda each: each[0])),
        kept=ical_source.written(components),
    )


class _Reader:
    """Reads one calendar, and gathers what it finds on the way."""

    def __init__(self, components: Sequence[Component], *, zone: str, window: Interval) -> None:
        self.events = 0
        self.found: list[Interval] = []
        self.ignored: list[tuple[int, Ignored]] = []
        self._components = components
        self._full = False
        self._window = window
        self._budget = Budget(left=LOOKED_AT_MAX)
        self._floating = NamedZone(key=zone)
        self._zones = Zones(components, window=window, budget=self._budget)

    def read(self) -> None:
        """Read every component."""
        series: dict[str, list[_Said]] = {}
        for place, component in enumerate(self._components):
            match component.kind:
                case "VEVENT":
                    said = self._said(place, component)
                    if said is not None:
                        series.setdefault(said.uid or f"\x00{place}", []).append(said)
                case "VFREEBUSY":
                    self._read_busy_times(place, component)
                case "VTIMEZONE":
                    pass
                case _:
                    self._ignore(place, uid=None, reason=NOT_AN_EVENT)
        for versions in series.values():
            self._read_series(self._latest(versions))

    def _said(self, place: int, component: Component) -> _Said | None:
        uid = component.uid()
        try:
            properties = component.properties()
            heading = ical_event.heading(properties, zone_of=self._zones.of, floating=self._floating)
        except NotRead as refused:
            self._ignore(place, uid=uid, reason=refused.reason)
        except (ValueError, OverflowError):
            self._ignore(place, uid=uid, reason=UNREADABLE)
        else:
            return _Said(place=place, uid=uid, heading=heading, properties=properties)
        return None

    def _latest(self, versions: Sequence[_Said]) -> Iterator[_Said]:
        """Give the latest version of an event and of each of its changes, and name the others."""
        sequences: dict[datetime | None, int] = {}
        for said in versions:
            of = said.heading.replaces
            key = None if of is None else of.instant()
            sequences[key] = max(said.heading.sequence, sequences.get(key, 0))
        for said in versions:
            of = said.heading.replaces
            if said.heading.sequence == sequences[None if of is None else of.instant()]:
                yield said
            else:
                self._ignore(said.place, uid=said.uid, reason=LATER_VERSION)

    def _read_series(self, versions: Iterable[_Said]) -> None:
        """Read an event with all its changes: what changes an occurrence takes place by itself."""
        events: list[tuple[_Said, Event]] = []
        changes: list[Change] = []
        for said in versions:
            heading = said.heading
            event = self._event(said) if heading.frees is None else None
            if heading.frees is not None:
                self._ignore(said.place, uid=said.uid, reason=heading.frees)
            elif event is None:
                continue  # what can't be read changes nothing
            if heading.replaces is None:
                events += [] if event is None else [(said, event)]
                continue
            once = None if event is None else ical_series.without_recurrence(event)
            changes.append(Change(replaces=heading.replaces, and_later=heading.and_later, event=once))
            if once is not None:
                self._take(said, once, changes=())
        for said, event in events:
            self._take(said, event, changes=changes)

    def _event(self, said: _Said) -> Event | None:
        try:
            self._budget.spend(sum(_cost(each) for each in said.properties))
            return ical_event.event(said.properties, zone_of=self._zones.of, floating=self._floating)
        except NotRead as refused:
            self._ignore(said.place, uid=said.uid, reason=refused.reason)
        except OverflowError:
            self._ignore(said.place, uid=said.uid, reason=UNREADABLE)
        return None

    def _take(self, said: _Said, event: Event, *, changes: Sequence[Change]) -> None:
        """Shut the time of an event: all of it, or none with the reason."""
        try:
            self._require_room()
            found = ical_series.busy(event, changes, window=self._window, budget=self._budget)
            self._shut(found)
        except NotRead as refused:
            self._ignore(said.place, uid=said.uid, reason=refused.reason)

    def _read_busy_times(self, place: int, component: Component) -> None:
        uid = component.uid()
        try:
            periods = [
                Interval(starts_at=begins, ends_at=ends)
                for begins, ends in ical_event.busy_periods(component.properties())
                if begins < self._window.ends_at and ends > self._window.starts_at
            ]
            self._budget.spend(len(periods))
            self._shut(periods)
        except NotRead as refused:
            self._ignore(place, uid=uid, reason=refused.reason)
        except (ValueError, OverflowError):
            self._ignore(place, uid=uid, reason=UNREADABLE)

    def _shut(self, found: Sequence[Interval]) -> None:
        """Shut time. Raises NotRead where that is too much; then nothing more of the calendar is shut."""
        self._full = self._full or len(self.found) + len(found) > STRETCHES_MAX
        self._require_room()
        self.found += found
        self.events += 1

    def _require_room(self) -> None:
        if self._full:
            raise NotRead(TOO_MANY_STRETCHES)

    def _ignore(self, place: int, *, uid: str | None, reason: str) -> None:
        shown = None if uid is None else "".join(sign for sign in uid[:UID_SHOWN_MAX] if sign.isprintable())
        self.ignored.append((place, Ignored(uid=shown, reason=reason)))


def _cost(each: Property) -> int:
    """Give what reading a property costs, in days walked; what is short costs nothing worth counting."""
    match each.name:
        case "RDATE" | "EXDATE":
            return 2 * (each.value.count(",") + 1)
        case "RRULE":
            return len(each.value) // 2
        case _:
            return 0
