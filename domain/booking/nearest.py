"""The sessions nearest to a wanted one, with the same therapist and of the same kind: what is offered first instead.

Starts are compared as seconds and only what is picked becomes an offer, since a month holds hundreds of them. What is
near is looked at first: three sessions within a week are nearer than any beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.availability import slots
from domain.availability.interval import Interval
from domain.availability.open_hours import Span
from domain.availability.schedule import SessionFormat
from domain.booking import offer
from domain.booking.offer import Offer, Practice

ALTERNATIVES: Final = 3
# How far from the wanted start to look, one after the other.
REACHES: Final = (timedelta(days=7), timedelta(days=31))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for. near: aware UTC. own: the client's bare time. avoided: a time that was just given up."""

    session_type: str
    session_format: SessionFormat
    near: datetime
    own: Sequence[Span]
    avoided: Interval | None


def same_kind(practice: Practice, sought: Sought, *, window: Interval, now: datetime) -> tuple[Offer, ...]:
    """Give at most 3 sessions that start within the window, the nearest first, and none in another's way."""
    kind = practice.kind_of(sought.session_type)
    if kind is None:
        return ()
    shut = () if sought.avoided is None else slots.spans((sought.avoided,))
    found = offer.starts(practice, kind, window=window, own=(*sought.own, *shut), now=now)
    near = slots.floor_s(sought.near)
    length = (kind.minutes + kind.buffer_before_minutes + kind.buffer_after_minutes) * 60
    picked: list[int] = []
    for start, formats in sorted(found, key=lambda each: (abs(each[0] - near), each[0])):
        if sought.session_format in formats and all(abs(start - other) >= length for other in picked):
            picked.append(start)
            if len(picked) == ALTERNATIVES:
                break
    formats_at = dict(found)
    return tuple(offer.made(practice, kind, start=start, formats=formats_at[start]) for start in picked)


def windows(near: datetime) -> tuple[Interval, ...]:
    """Give the windows to look at, one after the other, until three sessions are found. near: aware UTC."""
    return tuple(Interval(starts_at=near - reach, ends_at=near + reach) for reach in REACHES)
