"""Matches: a client asks, and reads again what was answered."""

from fastapi import APIRouter, Response

from api.caring_route import CaringRoute
from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.v1.matching.schemas import CreateMatch, MatchView
from domain.ids import MatchId
from domain.matching import service
from domain.matching.answer import Match

router = APIRouter(tags=["matching"], route_class=CaringRoute)


@router.post("/matches", status_code=201, response_model=MatchView)
async def create_match(body: CreateMatch, call: Writing, once: OnceOnly) -> Response:
    """Match the client who is signed in with therapists who can be booked, and say why each is there."""

    async def work() -> MatchView:
        match = await service.create(
            call.session, wish=body.wish(), written=_text, by=call.actor, vault=call.parts.vault, now=call.now
        )
        return MatchView.of(match)

    return await once(work, status=201)


@router.get("/matches/{match_id}", response_model=MatchView)
async def get_match(match_id: MatchId, call: Writing) -> Response:
    """Answer what was answered then, unchanged. The look is recorded."""
    text = await service.answered(call.session, match_id=match_id, by=call.actor, vault=call.parts.vault, now=call.now)
    return Response(text, media_type="application/json")


def _text(match: Match) -> str:
    return MatchView.of(match).model_dump_json()
