"""What follows from a booking or a move in the same transaction, decided by areas above this one and passed in.

The kind of session is a parameter, so that this file stays pure: `Consequence[AsyncSession]` is what is used.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from domain.access.actor import Actor
from domain.ids import BookingId, ClientId, TherapistId

Session_contra = TypeVar("Session_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment that was just confirmed.

    first_with_therapist: the client has no other with the therapist that is confirmed or was held.
    """

    booking_id: BookingId
    client_id: ClientId
    therapist_id: TherapistId
    starts_at: datetime
    first_with_therapist: bool
    by: Actor
    now: datetime


class Consequence(Protocol[Session_contra]):
    """Does what follows from a booking, in its transaction; what it raises undoes the booking."""

    async def __call__(self, session: Session_contra, booked: Booked) -> None:
        """Do it."""


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
