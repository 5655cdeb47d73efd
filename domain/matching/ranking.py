"""Eligible therapists, scored and put in order.

The score is the sum of the contributions, each a value times its weight. Values are rounded to 4 decimals and weights
are hundredths, so contributions are exact to 6 decimals and so is their sum. Equal scores go by the sooner session,
then by the therapist's id: the same input on the same data gives the same order, and nothing is drawn.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.concepts.vocabulary import Vocabulary
from domain.matching import explain, score
from domain.matching.criteria import Criteria, TherapistFacts
from domain.matching.openings import Opening
from domain.matching.weights import WEIGHTS, Part
from domain.matching.wish import Sought

VALUE_DECIMALS: Final = 4
SCORE_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """A therapist who can be offered, and the sessions to start with."""

    facts: TherapistFacts
    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One part of a score. value: 0 to 1; contribution: value times weight; reason: a sentence for the client."""

    name: Part
    value: float
    weight: float
    contribution: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A therapist with score and place. rank: from 1, the best first."""

    rank: int
    therapist: Eligible
    score: float
    factors: tuple[Factor, ...]


def ranked(
    eligible: Iterable[Eligible],
    *,
    sought: Sequence[Sought],
    preferences: Criteria,
    vocabulary: Vocabulary,
    now: datetime,
) -> tuple[Ranked, ...]:
    """Score therapists and put them in order, the best first."""
    scored = [
        (factors_of(each, sought=sought, preferences=preferences, vocabulary=vocabulary, now=now), each)
        for each in eligible
    ]
    scored.sort(key=lambda pair: (-total(pair[0]), _first_start(pair[1]), pair[1].facts.therapist_id))
    return tuple(
        Ranked(rank=rank, therapist=each, score=total(factors), factors=factors)
        for rank, (factors, each) in enumerate(scored, start=1)
    )


def total(factors: Iterable[Factor]) -> float:
    """Give the score: the sum of the contributions, exact to 6 decimals."""
    return round(math.fsum(factor.contribution for factor in factors), SCORE_DECIMALS)


def factors_of(
    therapist: Eligible,
    *,
    sought: Sequence[Sought],
    preferences: Criteria,
    vocabulary: Vocabulary,
    now: datetime,
) -> tuple[Factor, ...]:
    """Give the parts of a therapist's score, each with its reason, in the order of `Part`."""
    facts = therapist.facts
    concerns = score.concern_fit(sought, facts, vocabulary=vocabulary)
    approaches = score.approach_evidence(sought, facts, vocabulary=vocabulary)
    met = score.preferences_met(preferences, facts)
    waiting = score.wait(_first_start(therapist), now=now)
    fee = score.price(therapist.opening.session_type.fee, preferred=preferences.max_fee)
    return (
        _factor(Part.CONCERN_FIT, concerns.value, explain.concern_fit(concerns, vocabulary=vocabulary)),
        _factor(Part.APPROACH_EVIDENCE, approaches.value, explain.approach_evidence(approaches, vocabulary=vocabulary)),
        _factor(Part.PREFERENCES, met.value, explain.preferences(met)),
        _factor(Part.SOONEST, waiting.value, explain.soonest(waiting)),
        _factor(Part.PRICE, fee.value, explain.price(fee)),
    )


def _factor(name: Part, value: float, reason: str) -> Factor:
    shown, weight = round(value, VALUE_DECIMALS), WEIGHTS[name].share
    contribution = round(shown * weight, SCORE_DECIMALS)
    return Factor(name=name, value=shown, weight=weight, contribution=contribution, reason=reason)


def _first_start(therapist: Eligible) -> datetime:
    return therapist.opening.next_offers[0].starts_at
