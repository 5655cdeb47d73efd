"""Busy calendars on the wire."""

from collections.abc import Sequence
from typing import Self

from api.v1.availability.outside_schemas import OutsideView, outside_views
from api.wire import Instant, View
from domain.availability.calendars_service import StoredCalendar
from domain.booking.outside import Outside


class IgnoredView(View):
    """Something in a calendar that shuts no time, and why. uid: the event's own, null where it has none."""

    uid: str | None
    reason: str


class BusyCalendarView(View):
    """A busy calendar as it was read. events: how many were heeded; ignored: what was not, each with its reason.

    appointments_outside: those that the schedule leaves no room for now, which stay booked.
    """

    name: str
    events: int
    ignored: tuple[IgnoredView, ...]
    appointments_outside: tuple[OutsideView, ...]

    @classmethod
    def of(cls, stored: StoredCalendar, *, outside: Sequence[Outside]) -> Self:
        """Present a calendar that was just read, and the appointments outside the schedule."""
        return cls(
            name=stored.name,
            events=stored.events,
            ignored=tuple(IgnoredView(uid=each.uid, reason=each.reason) for each in stored.ignored),
            appointments_outside=outside_views(outside),
        )


class ListedCalendarView(View):
    """A busy calendar in a list. events: how many of it are heeded."""

    name: str
    events: int
    updated_at: Instant

    @classmethod
    def of(cls, stored: StoredCalendar) -> Self:
        """Present a calendar."""
        return cls(name=stored.name, events=stored.events, updated_at=stored.updated_at)
