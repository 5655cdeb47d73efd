"""What can stand against a hold or a booking, with ways on.

Where several apply, the license is named first, then hours, then the client's own time, then rivals.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.availability.schedule import SessionFormat
from domain.booking.offer import Offer
from domain.booking.series import WeekRefused
from domain.errors import Conflict, DomainError, NotFound
from domain.ids import BookingId, TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold as its client sees it in a refusal. Instants are aware UTC."""

    hold_id: BookingId
    therapist_id: TherapistId
    session_type: str
    session_format: SessionFormat
    jurisdiction: str
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


class SlotTaken(Conflict):
    """Somebody else has the therapist's time, or the last seat. alternatives: at most 3, each can be held now."""

    slug: ClassVar[str] = "slot-taken"

    def __init__(self, *, alternatives: tuple[Offer, ...]) -> None:
        super().__init__("That time has just been taken by somebody else.")
        self.alternatives = alternatives


class WeeksRefused(Conflict):
    """Weeks of a standing series can't be had. conflicts: every one, by start; alternatives: for the first of them."""

    slug: ClassVar[str] = "slot-taken"

    def __init__(self, *, conflicts: tuple[WeekRefused, ...], alternatives: tuple[Offer, ...]) -> None:
        super().__init__(f"{len(conflicts)} of the sessions can't be had at that time; nothing was booked or moved.")
        self.conflicts = conflicts
        self.alternatives = alternatives


class SlotNotOffered(DomainError):
    """The therapist does not offer this start. alternatives: at most 3, each can be held now."""

    slug: ClassVar[str] = "slot-not-offered"

    def __init__(self, detail: str, *, alternatives: tuple[Offer, ...]) -> None:
        super().__init__(detail)
        self.alternatives = alternatives


class LicenseNotValidAtSession(DomainError):
    """No verified license covers the whole session for the client's place. alternatives: at most 3, holdable."""

    slug: ClassVar[str] = "license-not-valid-at-session"

    def __init__(self, detail: str, *, alternatives: tuple[Offer, ...]) -> None:
        super().__init__(detail)
        self.alternatives = alternatives


class HoldExpired(Conflict):
    """The hold ran out before it was booked. alternatives: at most 3, each can be held now."""

    slug: ClassVar[str] = "hold-expired"

    def __init__(self, *, alternatives: tuple[Offer, ...]) -> None:
        super().__init__("The hold has run out; hold the time again, or take another.")
        self.alternatives = alternatives


class OwnTimeOverlaps(Conflict):
    """The client has something else at that time. hold_id, appointment_id: which; one of them, where it is known."""

    def __init__(self, *, hold_id: BookingId | None = None, appointment_id: BookingId | None = None) -> None:
        super().__init__("You have a hold or an appointment of your own at that time.")
        self.hold_id = hold_id
        self.appointment_id = appointment_id


class TooManyHolds(Conflict):
    """The client holds as many times as one client may. holds: all of them."""

    def __init__(self, *, holds: tuple[Held, ...]) -> None:
        super().__init__(f"You hold {len(holds)} times already; book one or let one go, and then hold another.")
        self.holds = holds


class HoldNotRenewable(Conflict):
    """The hold lasts as long as a hold may, 30 minutes in all, or was given with a time of its own."""

    def __init__(self, *, hold_id: BookingId) -> None:
        super().__init__("This hold can't last any longer; book it while it lives, or hold the time again later.")
        self.hold_id = hold_id


class TransitionNotAllowed(Conflict):
    """What is asked does not follow from the appointment's state."""

    slug: ClassVar[str] = "transition-not-allowed"

    def __init__(self, detail: str, *, appointment_id: BookingId) -> None:
        super().__init__(detail)
        self.appointment_id = appointment_id


class HoldNotFound(NotFound):
    """There is no such hold of this client."""

    def __init__(self) -> None:
        super().__init__("There is no such hold of yours.")


class SeriesNotFound(NotFound):
    """There is no such series of this client or therapist."""

    def __init__(self) -> None:
        super().__init__("There is no such series of yours.")


class AppointmentNotFound(NotFound):
    """There is no such appointment of this client or therapist."""

    def __init__(self) -> None:
        super().__init__("There is no such appointment of yours.")
