"""Which appointments no license covers any more.

A license that was verified and is submitted again, since its therapist's identity changed, still counts here: an admin
is about to look, and nobody loses a session over it. Booking anew needs a verified one (`verdict_service`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.availability.interval import Interval
from domain.ids import BookingId
from domain.licensing import jurisdictions
from domain.licensing.licenses import License, LicenseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An appointment as the gate sees it. place: where the client will be, or in person the therapist's rooms are."""

    booking_id: BookingId
    place: str
    during: Interval


def uncovered(promises: Iterable[Promise], *, licenses: Sequence[License]) -> tuple[BookingId, ...]:
    """Give the appointments that no license verified, or waiting to be, covers whole."""
    counted = [
        replace(each, status=LicenseStatus.VERIFIED) if each.status is LicenseStatus.SUBMITTED else each
        for each in licenses
    ]
    return tuple(
        each.booking_id
        for each in promises
        if not jurisdictions.may_practice(counted, place=each.place, during=each.during).permitted
    )
