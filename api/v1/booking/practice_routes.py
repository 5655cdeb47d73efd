"""A therapist ends their practice here."""

from fastapi import APIRouter, Response

from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.strict_json import StrictRoute
from api.wire import Body, View
from domain.booking import closing_service

router = APIRouter(tags=["booking"], route_class=StrictRoute)


class ClosePractice(Body, json_schema_extra={"examples": [{}]}):
    """Nothing needs to be said."""


class PracticeClosedView(View):
    """How many appointments ahead were cancelled."""

    cancelled: int


@router.post("/therapists/me/practice-closure", response_model=PracticeClosedView)
async def close_practice(body: ClosePractice, call: Writing, once: OnceOnly) -> Response:  # noqa: ARG001 - it is empty
    """Close your practice: nobody finds or books you any more, and every appointment ahead is cancelled.

    It costs your clients nothing, and another therapist is looked for at once for each of them. What is over stays as
    it is. Writing your profile anew with `visible` opens it again.
    """

    async def work() -> PracticeClosedView:
        return PracticeClosedView(
            cancelled=await closing_service.close(call.session, vault=call.parts.vault, by=call.actor, now=call.now)
        )

    return await once(work, status=200)
