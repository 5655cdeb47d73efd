"""The parts of the score, each from 0 to 1, with the facts they rest on.

- Concern fit. For each concern sought, the closest concern the therapist names: closeness times focus (primary 1,
  secondary 0.6); the mean over the concerns sought, weighed by how certain each is. Who names everything says little,
  so it is multiplied by a breadth term: 1 up to 6 named concerns, then the square root of 6 over their number.
- Approach evidence. For each concern sought, the strongest support any of the therapist's approaches has for it or for
  a broader concern (A 1, B 0.7, C 0.4, times closeness); weighed mean and breadth term as above. Support for a
  neighbouring concern does not carry over.
  Source: VA/DoD 2023; APA 2025; strengths of single approaches stand in `concepts/data/approaches.psv`.
- Preferences. The share of the stated ones that are met; what a profile leaves unsaid counts half.
- Soonest. exp(-0.051 x weeks until the first session that fits): the odds of attending, relative to no wait.
- Price. 1 within the preferred fee, falling to 0 at twice as much.

A part that nothing was asked of is 0.5 for everybody and moves no order. These figures order a list; none of them is a
chance of getting better.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.concepts.closeness import fit, is_under
from domain.concepts.vocabulary import Strength, Vocabulary
from domain.matching.criteria import Answer, Criteria, Criterion, TherapistFacts, answers
from domain.matching.wish import Sought
from domain.money import Money
from domain.therapists.profile import Focus

NEUTRAL: Final = 0.5
FOCUS_WEIGHT: Final[Mapping[Focus, float]] = {Focus.PRIMARY: 1.0, Focus.SECONDARY: 0.6}
STRENGTH_WEIGHT: Final[Mapping[Strength, float]] = {Strength.A: 1.0, Strength.B: 0.7, Strength.C: 0.4}
NAMED_FREELY_MAX: Final = 6
DECAY_PER_WEEK: Final = 0.051
UNSAID_COUNTS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernMatch:
    """The concern of a therapist that comes closest to one sought. closeness: 0 to 1, before focus."""

    sought: Sought
    offered: str
    focus: Focus
    closeness: float

    @property
    def value(self) -> float:
        """Give closeness and focus in one."""
        return self.closeness * FOCUS_WEIGHT[self.focus]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFit:
    """How a therapist's concerns fit those sought. matches: those above 0, the weightiest first."""

    value: float
    matches: tuple[ConcernMatch, ...]
    named: int
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The best support an approach of a therapist has for a concern sought. concern_id: what it is stated for."""

    sought: Sought
    approach: str
    concern_id: str
    strength: Strength
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachEvidence:
    """How well a therapist's approaches are supported. supports: the weightiest first."""

    value: float
    supports: tuple[Support, ...]
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesMet:
    """What a profile says to the preferences, the fee's apart."""

    value: float
    answers: Mapping[Criterion, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long until the first session that fits."""

    value: float
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """How the fee stands to the preferred one. over_percent: how far above, None where there is nothing to compare."""

    value: float
    over_percent: int | None
    asked: bool


def breadth(named: int) -> float:
    """Say how much a list of so many entries tells: 1 up to 6, then less with the root of its length."""
    return math.sqrt(NAMED_FREELY_MAX / max(named, NAMED_FREELY_MAX))


def concern_fit(sought: Sequence[Sought], facts: TherapistFacts, *, vocabulary: Vocabulary) -> ConcernFit:
    """Weigh what a therapist works with against what is sought."""
    offered = (
        *((each, Focus.PRIMARY) for each in facts.primary_concerns),
        *((each, Focus.SECONDARY) for each in facts.secondary_concerns),
    )
    if not sought:
        return ConcernFit(value=NEUTRAL, matches=(), named=len(offered), asked=False)
    matches = [
        max(
            (
                ConcernMatch(
                    sought=each,
                    offered=concept_id,
                    focus=focus,
                    closeness=fit(vocabulary, wanted=each.concept_id, offered=concept_id),
                )
                for concept_id, focus in offered
            ),
            key=lambda match: match.value,
        )
        for each in sought
        if offered
    ]
    found = [match for match in matches if match.value > 0]
    mean = sum(match.value * match.sought.confidence for match in found) / sum(each.confidence for each in sought)
    found.sort(key=lambda match: -match.value * match.sought.confidence)
    return ConcernFit(value=mean * breadth(len(offered)), matches=tuple(found), named=len(offered), asked=True)


def approach_evidence(sought: Sequence[Sought], facts: TherapistFacts, *, vocabulary: Vocabulary) -> ApproachEvidence:
    """Weigh how well a therapist's approaches are supported for what is sought."""
    if not sought:
        return ApproachEvidence(value=NEUTRAL, supports=(), asked=False)
    best = [_best_support(each, facts.approaches, vocabulary=vocabulary) for each in sought]
    found = [support for support in best if support is not None]
    mean = sum(support.value * support.sought.confidence for support in found) / sum(each.confidence for each in sought)
    found.sort(key=lambda support: -support.value * support.sought.confidence)
    return ApproachEvidence(value=mean * breadth(len(facts.approaches)), supports=tuple(found), asked=True)


def preferences_met(preferences: Criteria, facts: TherapistFacts) -> PreferencesMet:
    """Weigh the stated preferences, the fee's apart, which is a part of its own."""
    said = answers(preferences.without(Criterion.MAX_FEE), facts)
    if not said:
        return PreferencesMet(value=NEUTRAL, answers={})
    worth = {Answer.YES: 1.0, Answer.UNSAID: UNSAID_COUNTS, Answer.NO: 0.0}
    return PreferencesMet(value=sum(worth[answer] for answer in said.values()) / len(said), answers=said)


def wait(first_starts_at: datetime, *, now: datetime) -> Wait:
    """Weigh the wait until the first session. Source: evidence of attendance by weeks waited, n = 1,587."""
    waited = max(first_starts_at - now, timedelta(0))
    return Wait(value=math.exp(-DECAY_PER_WEEK * (waited / timedelta(weeks=1))), wait=waited)


def price(fee: Money, *, preferred: Money | None) -> Price:
    """Weigh the fee of a session against the most a client would like to pay."""
    if preferred is None or preferred.currency != fee.currency:
        return Price(value=NEUTRAL, over_percent=None, asked=preferred is not None)
    if fee.amount <= preferred.amount:
        return Price(value=1.0, over_percent=0, asked=True)
    over = (fee.amount - preferred.amount) / max(preferred.amount, 1)
    return Price(value=max(0.0, 1.0 - over), over_percent=max(1, round(over * 100)), asked=True)


def _best_support(sought: Sought, approaches: Collection[str], *, vocabulary: Vocabulary) -> Support | None:
    found = [
        Support(
            sought=sought,
            approach=approach.id,
            concern_id=evidence.concern_id,
            strength=evidence.strength,
            value=STRENGTH_WEIGHT[evidence.strength]
            * fit(vocabulary, wanted=sought.concept_id, offered=evidence.concern_id),
        )
        for approach in (vocabulary.find(each) for each in approaches)
        if approach is not None
        for evidence in approach.evidence
        if evidence.concern_id == sought.concept_id
        or is_under(vocabulary, sought.concept_id, broader_id=evidence.concern_id)
    ]
    return max(found, key=lambda support: support.value, default=None)
