"""What a client could let go of, and how many therapists that would gain.

One requirement at a time, or the times, since the smallest step is the one to offer. Who is left out by a license, by
age, or because their list is closed is gained by nothing a client can change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.availability.interval import Interval
from domain.booking.offer import Offer
from domain.matching.criteria import Criteria, TherapistFacts, session_types_for, unmet
from domain.matching.openings import cheapest

TIMES: Final = "times"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A therapist who misses a requirement or has no session that fits, with every session they could offer."""

    facts: TherapistFacts
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """drop: "requirements.<criterion>" or "times". gains: how many therapists would join, at least 1."""

    drop: str
    gains: int


def misses_one(requirements: Criteria, facts: TherapistFacts) -> bool:
    """Tell whether dropping one requirement, and no more, would leave none unmet."""
    return any(not unmet(requirements.without(criterion), facts) for criterion in requirements.stated())


def relaxations(
    left_out: Sequence[LeftOut], *, requirements: Criteria, free_time: Sequence[Interval] | None
) -> tuple[Relaxation, ...]:
    """List what dropping alone would gain therapists, the greatest gain first, then by name."""
    gains = {
        f"requirements.{criterion}": _joining(left_out, requirements.without(criterion), free_time)
        for criterion in requirements.stated()
    }
    if free_time is not None:
        gains[TIMES] = _joining(left_out, requirements, None)
    found = (Relaxation(drop=drop, gains=count) for drop, count in gains.items() if count)
    return tuple(sorted(found, key=lambda each: (-each.gains, each.drop)))


def gains_are_settled(missing: LeftOut, *, requirements: Criteria, free_time: Sequence[Interval] | None) -> bool:
    """Tell whether later offers can't change what dropping one requirement would gain of this therapist."""
    relaxed = [requirements.without(criterion) for criterion in requirements.stated()]
    return all(_joins(missing, each, free_time) for each in relaxed if not unmet(each, missing.facts))


def _joining(left_out: Iterable[LeftOut], requirements: Criteria, free_time: Sequence[Interval] | None) -> int:
    return sum(_joins(each, requirements, free_time) for each in left_out)


def _joins(each: LeftOut, requirements: Criteria, free_time: Sequence[Interval] | None) -> bool:
    if unmet(requirements, each.facts):
        return False
    kinds = session_types_for(requirements, each.facts)
    formats = requirements.session_formats
    return cheapest(kinds, offers=each.offers, free_time=free_time, formats=formats) is not None
