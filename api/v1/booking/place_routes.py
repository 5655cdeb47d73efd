"""Say where one will be during a session, and see before what would come of it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import preconditions
from api.alternatives import AlternativeView, NextStepView, alternative_views
from api.dependencies import Reading, Writing
from api.next_steps import FIND_THERAPIST, HELP_NOW, NextStep
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.booking import presented
from api.v1.booking.schemas import AppointmentView
from api.wire import Body, Jurisdiction, View
from domain.booking import place_service, ways_on_service
from domain.booking.states import Status
from domain.ids import BookingId

router = APIRouter(prefix="/appointments", tags=["booking"], route_class=StrictRoute)


WAIT = NextStep(action="join_waitlist", method="POST", path="/v1/waitlist-entries")


class PutPlace(Body, json_schema_extra={"examples": [{"jurisdiction": "US-TX"}]}):
    """Where you will be during the session, ISO 3166-2."""

    jurisdiction: Jurisdiction


class PlacePreviewView(View):
    """What would come of it. reason: why the session could not be held; alternatives: sessions that could, there."""

    permitted: bool
    reason: str | None
    alternatives: Sequence[AlternativeView]
    next_steps: Sequence[NextStepView]


class PlacedAppointmentView(AppointmentView):
    """An appointment after its client said where they will be. next_steps: there when it could not be held there."""

    next_steps: Sequence[NextStepView]


def ways_on(*, permitted: bool) -> list[NextStepView]:
    """Give what else somebody can do whose session can't be held where they will be."""
    if permitted:
        return []
    return [NextStepView.model_validate(step) for step in (FIND_THERAPIST, WAIT, HELP_NOW)]


@router.get("/{appointment_id}/place-preview")
async def preview_place(
    appointment_id: UUID, call: Reading, jurisdiction: Annotated[Jurisdiction, Query(description="ISO 3166-2")]
) -> PlacePreviewView:
    """See what would come of being elsewhere: whether the session could be held, and which others could."""
    found = await place_service.preview(
        call.session,
        appointment_id=BookingId(appointment_id),
        jurisdiction=jurisdiction,
        by=call.actor,
        now=call.now,
    )
    return PlacePreviewView(
        permitted=found.permitted,
        reason=found.reason,
        alternatives=alternative_views(found.alternatives),
        next_steps=ways_on(permitted=found.permitted),
    )


@router.put("/{appointment_id}/place")
async def put_place(
    *, appointment_id: UUID, body: PutPlace, call: Writing, response: Response, if_match: IfMatch = None
) -> PlacedAppointmentView:
    """Say where you will be during the session.

    Where your therapist may treat you there, it stays. Where they may not, it can't be held: it is `cancelled` at no
    cost, and `alternatives` for that place are in the answer, of which one is held for you.
    """
    placed = await place_service.put(
        call.session,
        appointment_id=BookingId(appointment_id),
        jurisdiction=body.jurisdiction,
        check=lambda version: preconditions.require(if_match, version=version),
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    response.headers["ETag"] = preconditions.etag(placed.version)
    instead = await ways_on_service.after_cancelling(call.session, appointment=placed, by=call.actor, now=call.now)
    shown = await presented.one(placed, call, alternatives=instead)
    permitted = placed.status is not Status.CANCELLED
    return PlacedAppointmentView(**dict(shown), next_steps=ways_on(permitted=permitted))
