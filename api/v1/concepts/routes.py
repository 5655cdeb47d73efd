"""What we can speak of, and what somebody's words speak of."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.caring_route import CaringRoute
from api.dependencies import ProcessParts
from api.pagination import LIMIT_DEFAULT, Cursor, Limit, page_of
from api.rate_limit import ReadingLimit
from api.v1.concepts.schemas import ConceptView, CreateInterpretation, InterpretationView, interpretation_view
from api.wire import Page
from domain.concepts import vocabulary
from domain.safety import reading_service
from domain.safety.reading import interpret

router = APIRouter(tags=["concepts"], route_class=CaringRoute)

WantedKind = Annotated[vocabulary.Kind | None, Query(description="List one kind only")]


@router.get("/concepts")
async def list_concepts(
    process: ProcessParts,
    response: Response,
    kind: WantedKind = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[ConceptView]:
    """List concerns, approaches and populations; their ids are what profiles and matches speak of."""
    known = vocabulary.load()
    page, following = page_of(
        known.concepts if kind is None else known.of_kind(kind),
        cursor=cursor,
        limit=limit,
        of=f"concepts {kind or ''}",
        digest_key=process.digest_key,
        key=lambda concept: concept.id,
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return Page(data=[ConceptView.model_validate(concept) for concept in page], next_cursor=following)


@router.post("/interpretations", dependencies=[ReadingLimit])
async def interpret_text(body: CreateInterpretation) -> InterpretationView:
    """Read somebody's own words as concerns, and for signs of danger. Nothing of it is kept.

    Evidence counts in Unicode code points from the start of the text as it was sent, half-open.
    """
    # 8,000 characters take some 60 ms, and some ten times that where they are made to: other requests go on meanwhile
    reading = await reading_service.in_turn(partial(interpret, body.text, body.country))
    return interpretation_view(reading)
