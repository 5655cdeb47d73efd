"""Holds: ten minutes in which a time is yours."""

from email.utils import format_datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import Call, Reading, Writing
from api.idempotency import Once, OnceOnly
from api.quick_call import SIGNED_IN, Quick
from api.strict_json import StrictRoute
from api.v1.booking import at_once
from api.v1.booking.schemas import CreateHold, HoldView, hold_view
from domain.booking import at_once_service, hold_service
from domain.booking.at_once_service import Asked, Ready, Taken
from domain.booking.states import Status
from domain.database import DriverConnection
from domain.ids import BookingId
from domain.replay.service import Kept

router = APIRouter(prefix="/holds", tags=["booking"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=HoldView, openapi_extra=SIGNED_IN)
async def create_hold(body: CreateHold, quick: Quick) -> Response:
    """Keep a time for ten minutes, while you decide. `slot-taken` names up to three others that can be held."""
    wanted = body.wanted()

    async def look(connection: DriverConnection, asked: Asked) -> Ready | Kept | Taken | None:
        return await at_once_service.look(connection, asked=asked, wanted=wanted, status=Status.HELD, now=quick.now)

    async def carefully(call: Call, once: Once) -> Response:
        async def work() -> HoldView:
            return hold_view(await hold_service.hold(call.session, wanted=wanted, by=call.actor, now=call.now))

        return await once(work, status=201)

    response = await at_once.answer(
        quick, look, view=lambda ready: hold_view(ready.booking), headers=lambda _held: {}, after=()
    )
    response = response or await quick.carefully(carefully)
    # a repeat tells it as well: the time is the hold's own, whatever has become of it
    response.headers.update(_expires(HoldView.model_validate_json(bytes(response.body))))
    return response


@router.get("/{hold_id}")
async def read_hold(hold_id: UUID, call: Reading, response: Response) -> HoldView:
    """See a hold of yours while it lives."""
    held = await hold_service.live_hold(call.session, hold_id=BookingId(hold_id), by=call.actor)
    view = hold_view(held)
    response.headers.update(_expires(view))
    return view


@router.post("/{hold_id}/renewal", response_model=HoldView)
async def renew_hold(hold_id: UUID, call: Writing, once: OnceOnly) -> Response:
    """Keep a hold of yours for ten more minutes from now, 30 in all since you made it."""

    async def work() -> HoldView:
        return hold_view(
            await hold_service.renew(call.session, hold_id=BookingId(hold_id), by=call.actor, now=call.now)
        )

    response = await once(work, status=200)
    response.headers.update(_expires(HoldView.model_validate_json(bytes(response.body))))
    return response


@router.delete("/{hold_id}", status_code=204)
async def delete_hold(hold_id: UUID, call: Writing) -> Response:
    """Give a hold up, so that somebody else can have the time."""
    await hold_service.release(
        call.session, hold_id=BookingId(hold_id), vault=call.parts.vault, by=call.actor, now=call.now
    )
    return Response(status_code=204)


def _expires(hold: HoldView) -> dict[str, str]:
    """Say when the hold runs out. Source: RFC 9110 section 5.6.7 for the form of the date."""
    return {"Expires": format_datetime(hold.expires_at, usegmt=True)}
