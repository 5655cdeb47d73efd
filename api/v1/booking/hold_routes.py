"""Holds: ten minutes in which a time is yours."""

from email.utils import format_datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.strict_json import StrictRoute
from api.v1.booking.schemas import CreateHold, HoldView, hold_view
from domain.booking import hold_service
from domain.booking.tables import Booking
from domain.ids import BookingId

router = APIRouter(prefix="/holds", tags=["booking"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=HoldView)
async def create_hold(body: CreateHold, call: Writing, once: OnceOnly) -> Response:
    """Keep a time for ten minutes, while you decide. `slot-taken` names up to three others that can be held."""
    headers: dict[str, str] = {}

    async def work() -> HoldView:
        held = await hold_service.hold(call.session, wanted=body.wanted(), by=call.actor, now=call.now)
        headers.update(_expires(held))
        return hold_view(held)

    return await once(work, status=201, headers=lambda _view: headers)


@router.get("/{hold_id}")
async def read_hold(hold_id: UUID, call: Reading, response: Response) -> HoldView:
    """See a hold of yours while it lives."""
    held = await hold_service.live_hold(call.session, hold_id=BookingId(hold_id), by=call.actor)
    response.headers.update(_expires(held))
    return hold_view(held)


@router.delete("/{hold_id}", status_code=204)
async def delete_hold(hold_id: UUID, call: Writing) -> Response:
    """Give a hold up, so that somebody else can have the time."""
    await hold_service.release(call.session, hold_id=BookingId(hold_id), by=call.actor, now=call.now)
    return Response(status_code=204)


def _expires(hold: Booking) -> dict[str, str]:
    """Say when the hold runs out. Source: RFC 9110 section 5.6.7 for the form of the date."""
    return {} if hold.expires_at is None else {"Expires": format_datetime(hold.expires_at, usegmt=True)}
