"""Schedules on the wire. Bounds and contradictions are the domain's to name (`domain/availability/schedule.py`)."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import StringConstraints

from api.v1.availability.outside_schemas import OutsideView, outside_views
from api.wire import Body, MoneyWire, View, WallTime, Whole, Zone, money_wire
from domain.availability.queries import StoredSchedule
from domain.availability.schedule import Schedule, SessionFormat, SessionType, Weekday, WeeklyHours
from domain.booking.outside import Outside
from domain.ids import TherapistId

Line = Annotated[str, StringConstraints(strip_whitespace=True)]


class WeeklyHoursWire(Body):
    """Hours that come back every week. An end at or before the start is of the next day; equal ones are a whole day."""

    weekday: Weekday
    start: WallTime
    end: WallTime


class SessionTypeWire(Body):
    """What can be booked. capacity: seats; above 1 it is a group. Buffers may stick out of the hours."""

    code: str
    name: Line
    minutes: Whole
    buffer_before_minutes: Whole
    buffer_after_minutes: Whole
    fee: MoneyWire
    session_formats: tuple[SessionFormat, ...]
    capacity: Whole


class PutSchedule(Body):
    """A therapist's week and offer. daily_limit: sessions in a day of the zone, null for no limit."""

    time_zone: Zone
    weekly_hours: tuple[WeeklyHoursWire, ...]
    session_types: tuple[SessionTypeWire, ...]
    slot_interval_minutes: Whole
    minimum_notice_minutes: Whole
    horizon_days: Whole
    daily_limit: Whole | None = None

    def schedule(self) -> Schedule:
        """Give the domain's value."""
        return Schedule(
            zone=self.time_zone,
            weekly_hours=tuple(
                WeeklyHours(weekday=hours.weekday, start=hours.start, end=hours.end) for hours in self.weekly_hours
            ),
            session_types=tuple(
                SessionType(
                    code=kind.code,
                    name=kind.name,
                    minutes=kind.minutes,
                    buffer_before_minutes=kind.buffer_before_minutes,
                    buffer_after_minutes=kind.buffer_after_minutes,
                    fee=kind.fee.money(),
                    session_formats=kind.session_formats,
                    capacity=kind.capacity,
                )
                for kind in self.session_types
            ),
            slot_interval_minutes=self.slot_interval_minutes,
            minimum_notice_minutes=self.minimum_notice_minutes,
            horizon_days=self.horizon_days,
            daily_limit=self.daily_limit,
        )


class ScheduleView(View):
    """A therapist's schedule, as it was given. appointments_outside: those it leaves no room for, which stay."""

    therapist_id: TherapistId
    time_zone: str
    weekly_hours: tuple[WeeklyHoursWire, ...]
    session_types: tuple[SessionTypeWire, ...]
    slot_interval_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    appointments_outside: tuple[OutsideView, ...]

    @classmethod
    def of(cls, stored: StoredSchedule, *, outside: Sequence[Outside]) -> Self:
        """Present a schedule, and the appointments outside it."""
        schedule = stored.schedule
        return cls(
            therapist_id=stored.therapist_id,
            time_zone=schedule.zone,
            weekly_hours=tuple(
                WeeklyHoursWire(weekday=hours.weekday, start=hours.start, end=hours.end)
                for hours in schedule.weekly_hours
            ),
            session_types=tuple(
                SessionTypeWire(
                    code=kind.code,
                    name=kind.name,
                    minutes=kind.minutes,
                    buffer_before_minutes=kind.buffer_before_minutes,
                    buffer_after_minutes=kind.buffer_after_minutes,
                    fee=money_wire(kind.fee),
                    session_formats=kind.session_formats,
                    capacity=kind.capacity,
                )
                for kind in schedule.session_types
            ),
            slot_interval_minutes=schedule.slot_interval_minutes,
            minimum_notice_minutes=schedule.minimum_notice_minutes,
            horizon_days=schedule.horizon_days,
            daily_limit=schedule.daily_limit,
            appointments_outside=outside_views(outside),
        )
