"""What a client asks a match for, and the concerns that are read from it.

A concern the client names is certain; one read in their words is as certain as the reader says. What is both is
certain. Concerns of danger are kept like any other: who speaks of suicide is matched with who works with it, beside
the help that is offered at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.availability.schedule import WeeklyHours
from domain.clients.profile import country_of
from domain.concepts.text import ConcernReading
from domain.concepts.vocabulary import Kind, Vocabulary
from domain.errors import Flaw, Invalid
from domain.licensing import places
from domain.matching import criteria
from domain.matching.criteria import Criteria

CERTAIN: Final = 1.0


class Source(StrEnum):
    """Where a concern comes from."""

    STATED = "stated"
    NARRATIVE = "narrative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A concern the client seeks help with. confidence: above 0, up to 1."""

    concept_id: str
    source: Source
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client asks for. narrative: their own words. zone: of the times, None for the client's own.

    jurisdiction: where the client will be (ISO 3166-2). limit: how many therapists to answer with, 1 to 10.
    """

    narrative: str | None = field(repr=False)
    concerns: tuple[str, ...] = field(repr=False)
    jurisdiction: str
    requirements: Criteria = field(repr=False)
    preferences: Criteria = field(repr=False)
    times: tuple[WeeklyHours, ...]
    zone: str | None
    limit: int

    @property
    def country(self) -> str:
        """Give the ISO 3166-1 code of the jurisdiction."""
        return country_of(self.jurisdiction)


class WishImpossible(Invalid):
    """The wish names what does not exist; every flaw is named."""


def check(wish: Wish, *, vocabulary: Vocabulary) -> None:
    """Refuse a wish that names what does not exist. Raises WishImpossible; pointers are of the request's body."""
    found = tuple(_flaws(wish, vocabulary=vocabulary))
    if found:
        raise WishImpossible(*found)


def sought(stated: Iterable[str], readings: Iterable[ConcernReading]) -> tuple[Sought, ...]:
    """Join stated and read concerns, each once: the stated ones first, then the most certain."""
    named = {each: Sought(concept_id=each, source=Source.STATED, confidence=CERTAIN) for each in stated}
    read = sorted(
        (
            Sought(concept_id=reading.concept_id, source=Source.NARRATIVE, confidence=reading.confidence)
            for reading in readings
            if reading.concept_id not in named
        ),
        key=lambda each: (-each.confidence, each.concept_id),
    )
    return (*named.values(), *read)


def _flaws(wish: Wish, *, vocabulary: Vocabulary) -> Iterator[Flaw]:
    for index, concept_id in enumerate(wish.concerns):
        if not vocabulary.knows(concept_id, kind=Kind.CONCERN):
            detail = "This is not a concern of GET /v1/concepts?kind=concern."
            yield Flaw(pointer=f"/concerns/{index}", detail=detail)
    if not places.is_known(wish.jurisdiction):
        yield Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH.")
    yield from criteria.flaws(wish.requirements, at="/requirements", vocabulary=vocabulary)
    yield from criteria.flaws(wish.preferences, at="/preferences", vocabulary=vocabulary)
