"""Concepts as they are listed, and a text as it is read."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from api.safety_view import SafetyView, safety_view
from api.wire import Body, View
from domain.concepts.vocabulary import Kind, Recognition
from domain.safety.reading import Reading


class ConceptView(View):
    """A concern, an approach or a population, and how it relates to others of its kind."""

    id: str
    kind: Kind
    label: str
    description: str
    broader: Sequence[str]
    related: Sequence[str]
    recognition: Recognition
    content_warnings: Sequence[str]


class CreateInterpretation(
    Body, json_schema_extra={"examples": [{"text": "I still expect everyone to leave, and I read silence as a no."}]}
):
    """Somebody's own words. country: where they are, for the places to turn to (ISO 3166-1 alpha-2)."""

    text: Annotated[str, Field(min_length=1, max_length=8000)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "US"


class SpanView(View):
    """A place in the text, half-open: counted in Unicode code points, not in bytes or UTF-16 units."""

    start: int
    end: int


class ConcernView(View):
    """A concern read in the text. confidence: 0 to 1; evidence: the words it rests on."""

    concept_id: str
    label: str
    confidence: float
    evidence: Sequence[SpanView]


class InterpretationView(View):
    """What the text says, the likeliest concern first, and how near danger it sounds."""

    concerns: Sequence[ConcernView]
    safety: SafetyView


def interpretation_view(reading: Reading) -> InterpretationView:
    """Present a reading."""
    return InterpretationView(
        concerns=[ConcernView.model_validate(concern) for concern in reading.concerns],
        safety=safety_view(reading.safety),
    )
