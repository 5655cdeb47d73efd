"""Bodies and views of standing series."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.alternatives import ConflictView, conflict_views
from api.v1.booking.schemas import AppointmentView, CreateHold, SessionTypeCode
from api.wire import Body, Instant, Jurisdiction, View
from domain.availability.schedule import SessionFormat
from domain.booking.series import WEEKS, OnConflict
from domain.booking.series_service import BookedSeries, SeriesWanted


class CreateSeries(
    Body,
    json_schema_extra={
        "examples": [
            {
                "therapist_id": "01a206d2-0511-71af-b5b6-7a42e2744a94",
                "session_type": "individual_50",
                "start": "2027-03-01T15:00:00Z",
                "session_format": "video",
                "weeks": 12,
                "on_conflict": "abort",
            }
        ]
    },
):
    """What to book every week, from `start` on, at the same time on the therapist's wall.

    jurisdiction: where you will be, if not where your profile says. on_conflict: what to do when a week can't be had.
    """

    therapist_id: UUID
    session_type: SessionTypeCode
    start: Instant
    session_format: SessionFormat
    jurisdiction: Jurisdiction | None = None
    weeks: Annotated[int, Field(strict=True, ge=WEEKS.start, le=WEEKS.stop - 1)]
    on_conflict: OnConflict

    def wanted(self) -> SeriesWanted:
        """Give the domain's value."""
        first = CreateHold(
            therapist_id=self.therapist_id,
            session_type=self.session_type,
            start=self.start,
            session_format=self.session_format,
            jurisdiction=self.jurisdiction,
        )
        return SeriesWanted(first=first.wanted(), weeks=self.weeks, on_conflict=self.on_conflict)


class SeriesView(View):
    """A standing series, for both its parties. weeks: as many as were asked for; appointments: by start."""

    id: UUID
    therapist_id: UUID
    session_type: str
    session_format: SessionFormat
    weeks: int
    appointments: Sequence[AppointmentView]


class CreatedSeriesView(SeriesView):
    """A series that was just booked. skipped: the weeks that could not be had, with the reason."""

    skipped: Sequence[ConflictView]


def series_view(booked: BookedSeries, *, appointments: Sequence[AppointmentView]) -> SeriesView:
    """Present a series to one of its parties."""
    row = booked.series
    return SeriesView(
        id=row.id,
        therapist_id=row.therapist_id,
        session_type=row.session_type,
        session_format=row.session_format,
        weeks=row.weeks,
        appointments=appointments,
    )


def created_series_view(booked: BookedSeries, *, appointments: Sequence[AppointmentView]) -> CreatedSeriesView:
    """Present a series that was just booked to its client."""
    row = booked.series
    return CreatedSeriesView(
        id=row.id,
        therapist_id=row.therapist_id,
        session_type=row.session_type,
        session_format=row.session_format,
        weeks=row.weeks,
        appointments=appointments,
        skipped=conflict_views(booked.skipped),
    )
