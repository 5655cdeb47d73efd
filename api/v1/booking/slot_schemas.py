"""Free slots on the wire."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Self

from api.wire import Instant, View
from domain.availability.schedule import SessionFormat
from domain.availability.wall_clock import EPOCH
from domain.booking.offer import Offer
from domain.booking.offers_service import Opening
from domain.ids import TherapistId


class SlotView(View):
    """A session of one therapist that can be held now."""

    start: Instant
    end: Instant
    session_type: str
    session_formats: tuple[SessionFormat, ...]


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


def slot_page(openings: Iterable[Opening]) -> bytes:
    """Write a whole page of `SlotView`, without making one for each: that would take longer than finding them."""
    slots = [_slot(start, kind.minutes, kind.code, formats) for start, kind, formats in openings]
    return b'{"data":[' + b",".join(slots) + b'],"next_cursor":null}'


@lru_cache(maxsize=65_536)
def _slot(start: int, minutes: int, code: str, formats: tuple[SessionFormat, ...]) -> bytes:
    starts_at = EPOCH + timedelta(seconds=start)
    ends_at = starts_at + timedelta(minutes=minutes)
    view = SlotView(start=starts_at, end=ends_at, session_type=code, session_formats=formats)
    return view.model_dump_json().encode()
