"""What follows from a booking or a move in the same transaction, decided by areas above this one and passed in.

A consequence is told of the booking and gives rows; it does nothing itself. So a booking and all that belongs to it
can be one statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from domain.access.actor import Actor
from domain.ids import BookingId, ClientId, TherapistId
from domain.insertion import Insertion

Session_contra = TypeVar("Session_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment that is just being confirmed.

    first_with_therapist: the client has no other with the therapist that is confirmed or was held.
    """

    booking_id: BookingId
    client_id: ClientId
    therapist_id: TherapistId
    starts_at: datetime
    first_with_therapist: bool
    by: Actor
    now: datetime


Consequence: TypeAlias = Callable[[Booked], Sequence[Insertion]]


def rows(booked: Booked, *, after: Sequence[Consequence]) -> tuple[Insertion, ...]:
    """Give all rows that follow from a booking."""
    return tuple(row for consequence in after for row in consequence(booked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An appointment that just got another time. starts_at: the new one, aware UTC."""

    booking_id: BookingId
    starts_at: datetime
    now: datetime


class MoveConsequence(Protocol[Session_contra]):
    """Does what follows from a move, in its transaction; what it raises undoes the move."""

    async def __call__(self, session: Session_contra, moved: Moved) -> None:
        """Do it."""
