"""Exceptions to weekly hours on the wire. Bounds are the domain's to name (`domain/availability/exceptions.py`)."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Self

from pydantic import AfterValidator, StringConstraints

from api.v1.availability.outside_schemas import OutsideView, outside_views
from api.wire import Body, Instant, View, prose
from domain.availability.exceptions import NewException
from domain.availability.exceptions_service import StoredException
from domain.availability.schedule import ExceptionKind
from domain.booking.outside import Outside
from domain.ids import ExceptionId

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(prose)]


class CreateException(Body):
    """A stretch of time to open or close, in whole minutes. note: for your own eyes, at most 500 characters."""

    kind: ExceptionKind
    start: Instant
    end: Instant
    note: Note | None = None

    def exception(self) -> NewException:
        """Give the domain's value."""
        return NewException(
            kind=self.kind, starts_at=self.start.astimezone(UTC), ends_at=self.end.astimezone(UTC), note=self.note
        )


class ExceptionView(View):
    """A stretch of time that is open or closed whatever the weekly hours say."""

    id: ExceptionId
    kind: ExceptionKind
    start: Instant
    end: Instant
    note: str | None

    @classmethod
    def of(cls, stored: StoredException) -> Self:
        """Present an exception."""
        return cls(
            id=stored.exception_id,
            kind=stored.kind,
            start=stored.starts_at,
            end=stored.ends_at,
            note=stored.note,
        )


class AddedExceptionView(ExceptionView):
    """A new exception. appointments_outside: those that the schedule leaves no room for now, which stay booked."""

    appointments_outside: tuple[OutsideView, ...]

    @classmethod
    def added(cls, stored: StoredException, *, outside: Sequence[Outside]) -> Self:
        """Present an exception, and the appointments outside the schedule."""
        return cls(**ExceptionView.of(stored).model_dump(), appointments_outside=outside_views(outside))
