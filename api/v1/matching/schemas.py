"""Matches on the wire."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from api import next_steps
from api.alternatives import NextStepView
from api.next_steps import NextStep
from api.safety_view import SafetyView, safety_view
from api.wire import Body, Instant, Jurisdiction, Language, MoneyWire, View, WallTime, Zone, money_wire, short
from domain.availability.schedule import SessionFormat, Weekday, WeeklyHours
from domain.booking.offer import Offer
from domain.ids import MatchId, TherapistId
from domain.matching.answer import Match
from domain.matching.conditions import Exclusion
from domain.matching.criteria import Criteria
from domain.matching.ranking import Ranked
from domain.matching.weights import Part
from domain.matching.wish import Source, Wish
from domain.therapists.profile import Gender

NARRATIVE_LENGTH_MAX = 8000
ConceptId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
AFew = Field(default=(), max_length=50)


class CriteriaWire(Body):
    """What is asked of a therapist; each is optional, and met by any one of what it lists."""

    session_formats: tuple[SessionFormat, ...] = AFew
    languages: tuple[Language, ...] = AFew
    therapist_genders: tuple[Gender, ...] = AFew
    approaches: tuple[ConceptId, ...] = AFew
    populations: tuple[ConceptId, ...] = AFew
    insurers: tuple[Annotated[str, short()], ...] = AFew
    max_fee: MoneyWire | None = None

    def criteria(self) -> Criteria:
        """Give the domain's value."""
        return Criteria(
            session_formats=self.session_formats,
            languages=self.languages,
            therapist_genders=self.therapist_genders,
            approaches=self.approaches,
            populations=self.populations,
            insurers=self.insurers,
            max_fee=None if self.max_fee is None else self.max_fee.money(),
        )


class TimesWire(Body):
    """A time of the week at which a session could be. An end at or before the start is of the next day."""

    weekday: Weekday
    start: WallTime
    end: WallTime


class CreateMatch(
    Body,
    json_schema_extra={
        "examples": [
            {
                "narrative": "I still expect everyone to leave, and I read silence as a no.",
                "jurisdiction": "US-OH",
                "requirements": {"session_formats": ["video"]},
                "times": [{"weekday": "tuesday", "start": "17:00", "end": "20:00"}],
            }
        ]
    },
):
    """What a client looks for. requirements exclude, preferences rank. time_zone: of the times, else the client's."""

    narrative: Annotated[str, StringConstraints(max_length=NARRATIVE_LENGTH_MAX)] | None = None
    concerns: tuple[ConceptId, ...] = AFew
    jurisdiction: Jurisdiction
    requirements: CriteriaWire | None = None
    preferences: CriteriaWire | None = None
    times: tuple[TimesWire, ...] = AFew
    time_zone: Zone | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=10)] = 5

    def wish(self) -> Wish:
        """Give the domain's value; words without any word are none."""
        said = self.narrative is not None and self.narrative.strip()
        return Wish(
            narrative=self.narrative if said else None,
            concerns=self.concerns,
            jurisdiction=self.jurisdiction,
            requirements=Criteria() if self.requirements is None else self.requirements.criteria(),
            preferences=Criteria() if self.preferences is None else self.preferences.criteria(),
            times=tuple(WeeklyHours(weekday=each.weekday, start=each.start, end=each.end) for each in self.times),
            zone=self.time_zone,
            limit=self.limit,
        )


class SoughtView(View):
    """A concern that was named or read in the narrative."""

    concept_id: str
    source: Source
    confidence: float


class OfferedTherapistView(View):
    """Who is offered."""

    id: TherapistId
    display_name: str


class FactorView(View):
    """A part of the score. contribution: value times weight."""

    name: Part
    value: float
    weight: float
    contribution: float
    reason: str


class NextSlotView(View):
    """A session that could be held now."""

    start: Instant
    end: Instant
    session_type: str

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Present an offer."""
        return cls(start=offer.starts_at, end=offer.ends_at, session_type=offer.session_type)


class ResultView(View):
    """A therapist who can be booked. score: the sum of the factors' contributions; fee: of the slots shown."""

    rank: int
    therapist: OfferedTherapistView
    score: float
    fee: MoneyWire
    factors: Sequence[FactorView]
    next_slots: Sequence[NextSlotView]

    @classmethod
    def of(cls, result: Ranked) -> Self:
        """Present a result."""
        facts, opening = result.therapist.facts, result.therapist.opening
        return cls(
            rank=result.rank,
            therapist=OfferedTherapistView(id=facts.therapist_id, display_name=facts.display_name),
            score=result.score,
            fee=money_wire(opening.session_type.fee),
            factors=[FactorView.model_validate(factor) for factor in result.factors],
            next_slots=[NextSlotView.of(offer) for offer in opening.next_offers],
        )


class RelaxationView(View):
    """What to let go of, and how many therapists it would gain."""

    drop: str
    gains: int


class MatchView(View):
    """Therapists in order, and why; considered = eligible + all excluded. next_steps: there when nobody was found."""

    id: MatchId
    created_at: Instant
    scoring_version: str
    safety: SafetyView
    concerns: Sequence[SoughtView]
    results: Sequence[ResultView]
    considered: int
    excluded: Mapping[Exclusion, int]
    relaxations: Sequence[RelaxationView]
    next_steps: Sequence[NextStepView]

    @classmethod
    def of(cls, match: Match) -> Self:
        """Present a match."""
        return cls(
            id=match.match_id,
            created_at=match.created_at,
            scoring_version=match.scoring_version,
            safety=safety_view(match.safety),
            concerns=[SoughtView.model_validate(each) for each in match.concerns],
            results=[ResultView.of(result) for result in match.results],
            considered=match.considered,
            excluded=match.excluded,
            relaxations=[RelaxationView.model_validate(each) for each in match.relaxations],
            next_steps=[] if match.results else [NextStepView.model_validate(step) for step in _ways_on(match)],
        )


def _ways_on(match: Match) -> tuple[NextStep, ...]:
    """Give what to do where nobody was found: ask for less where that would help, look around, get help."""
    ask_for_less = (NextStep(action="drop_a_requirement", method="POST", path="/v1/matches"),)
    again = ask_for_less if match.relaxations else ()
    return (*again, next_steps.BROWSE, next_steps.HELP_NOW)
