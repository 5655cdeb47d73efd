"""Free slots on the wire."""

from typing import Self

from api.wire import Instant, View
from domain.availability.schedule import SessionFormat
from domain.booking.offer import Offer
from domain.ids import TherapistId


class SlotView(View):
    """A session of one therapist that can be held now."""

    start: Instant
    end: Instant
    session_type: str
    session_formats: tuple[SessionFormat, ...]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Present an offer."""
        return cls(
            start=offer.starts_at,
            end=offer.ends_at,
            session_type=offer.session_type,
            session_formats=offer.session_formats,
        )


class TherapistSlotView(View):
    """A session that can be held now, with its therapist."""

    therapist_id: TherapistId
    start: Instant
    end: Instant
    session_type: str
    session_formats: tuple[SessionFormat, ...]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Present an offer."""
        return cls(
            therapist_id=offer.therapist_id,
            start=offer.starts_at,
            end=offer.ends_at,
            session_type=offer.session_type,
            session_formats=offer.session_formats,
        )
