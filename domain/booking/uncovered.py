"""Which appointments nothing permits any more.

A license that was verified and is looked at again, since its therapist's identity changed or its last check is old,
still counts here: nobody loses a session over that. Booking anew needs a verified one (`verdict_service`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.availability.interval import Interval
from domain.ids import BookingId
from domain.licensing import permissions
from domain.licensing.permissions import Permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An appointment as the gate sees it. place: where the client will be, or in person the therapist's rooms are."""

    booking_id: BookingId
    place: str
    during: Interval
    in_person: bool


def uncovered(promises: Iterable[Promise], *, permits: Sequence[Permit]) -> tuple[BookingId, ...]:
    """Give the appointments that no permission covers whole."""
    return tuple(
        each.booking_id
        for each in promises
        if not permissions.covering(permits, place=each.place, during=each.during, in_person=each.in_person)
    )
