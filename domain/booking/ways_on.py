"""What is left to a client who lost a session through no doing of theirs, and how it is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.availability.interval import Interval
from domain.booking.offer import Offer
from domain.booking.terms import Party
from domain.ids import BookingId, TherapistId

WAYS_ON: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """That a session is held for the client already."""

    hold_id: BookingId
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """A session the client can have instead. kept: where it is held for them; otherwise it can be held now."""

    therapist_id: TherapistId
    session_type: str
    starts_at: datetime
    ends_at: datetime
    kept: Kept | None


def with_kept(kept: WayOn | None, offers: Iterable[Offer]) -> tuple[WayOn, ...]:
    """Put what is kept first, then offers that leave room for it: at most 3 that one client can have together."""
    found = [
        WayOn(
            therapist_id=offer.therapist_id,
            session_type=offer.session_type,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            kept=None,
        )
        for offer in offers
        if kept is None or not offer.during.overlaps(Interval(starts_at=kept.starts_at, ends_at=kept.ends_at))
    ]
    return tuple(([] if kept is None else [kept]) + found)[:WAYS_ON]


def message(*, cancelled_by: Party) -> str | None:
    """Say to a client, kindly, that a session was cancelled by somebody else; None where it was they."""
    match cancelled_by:
        case Party.CLIENT:
            return None
        case Party.THERAPIST:
            return (
                "Your therapist can't be there for this session. It is not about you, and it costs you nothing. "
                "You will find other times here; where one is already kept for you, you need only say yes."
            )
        case Party.SERVICE:
            return (
                "We had to cancel this session. It is not about you, and it costs you nothing. "
                "You will find other times here; where one is already kept for you, you need only say yes."
            )
