"""Appointments that a schedule leaves no room for, on the wire."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, PlainSerializer

from api.wire import Instant, View
from domain.booking.outside import Outside, Where
from domain.ids import BookingId

# What a wall shows: no offset, since the zone stands beside it.
WallStart = Annotated[
    datetime,
    PlainSerializer(lambda value: value.strftime("%Y-%m-%dT%H:%M"), return_type=str),
    Field(json_schema_extra={"format": "local-date-time", "examples": ["2027-03-01T09:00"]}),
]


class OutsideView(View):
    """An appointment outside the schedule. It stays booked, at the instant it was booked for.

    booked_wall_start: what the wall of `booked_time_zone` showed when it was booked; wall_start: what the schedule's
    shows now.
    """

    appointment_id: BookingId
    start: Instant
    end: Instant
    session_type: str
    reason: Where
    booked_wall_start: WallStart
    booked_time_zone: str
    wall_start: WallStart
    time_zone: str

    @classmethod
    def of(cls, outside: Outside) -> Self:
        """Present one."""
        booked = outside.booked
        return cls(
            appointment_id=booked.appointment_id,
            start=booked.during.starts_at,
            end=booked.during.ends_at,
            session_type=booked.session_type,
            reason=outside.where,
            booked_wall_start=booked.wall_start,
            booked_time_zone=booked.zone,
            wall_start=outside.wall_start,
            time_zone=outside.zone,
        )


def outside_views(outside: Iterable[Outside]) -> tuple[OutsideView, ...]:
    """Present them, in the order given."""
    return tuple(OutsideView.of(each) for each in outside)
