"""Which sessions a therapist could start with: the cheapest kind that fits, at times the client can.

A session fits when it lies wholly inside a client's times (`availability/weekly_times.py`); without times, every one
does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, SessionType
from domain.availability.weekly_times import lies_within
from domain.booking.offer import Offer

NEXT_SLOTS_MAX: Final = 3
NEAR: Final = timedelta(days=14)  # most therapists have three sessions within it, and a whole year is costly to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session type with the soonest sessions of it that fit: at least one, at most 3, by start."""

    session_type: SessionType
    next_offers: tuple[Offer, ...]


def cheapest(
    session_types: Sequence[SessionType],
    *,
    offers: Sequence[Offer],
    free_time: Sequence[Interval] | None,
    formats: Sequence[SessionFormat] = (),
) -> Opening | None:
    """Give the first session type with a session that fits, and its soonest; None where there is no such session.

    session_types: the cheapest first. offers: a therapist's, by start. free_time: as of `weekly_times.stretches`, None
    for always. formats: those that would do, none for any; a license may cover one of them and not another.
    """
    for kind in session_types:
        fitting = [
            offer
            for offer in offers
            if offer.session_type == kind.code
            and (not formats or not set(formats).isdisjoint(offer.session_formats))
            and (free_time is None or lies_within(offer.during, free_time))
        ]
        if fitting:
            return Opening(session_type=kind, next_offers=tuple(fitting[:NEXT_SLOTS_MAX]))
    return None


def near_and_far(window: Interval) -> tuple[Interval, Interval | None]:
    """Cut a window where what is near ends; there may be nothing beyond."""
    cut = min(window.starts_at + NEAR, window.ends_at)
    near = Interval(starts_at=window.starts_at, ends_at=cut)
    return near, Interval.or_none(starts_at=cut, ends_at=window.ends_at)


def is_settled(
    session_types: Sequence[SessionType],
    *,
    offers: Sequence[Offer],
    free_time: Sequence[Interval] | None,
    formats: Sequence[SessionFormat] = (),
) -> bool:
    """Tell whether later offers can't change what `cheapest` gives: it is the first session type, and has them all."""
    found = cheapest(session_types, offers=offers, free_time=free_time, formats=formats)
    return found is not None and found.session_type == session_types[0] and len(found.next_offers) == NEXT_SLOTS_MAX
