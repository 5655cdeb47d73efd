"""Move appointments."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.booking import presented
from api.v1.booking.schemas import AppointmentView, RescheduleAppointment
from domain.booking import reschedule_service
from domain.ids import BookingId
from domain.intake import service as intake

router = APIRouter(prefix="/appointments", tags=["booking"], route_class=StrictRoute)


@router.post("/{appointment_id}/reschedule", response_model=AppointmentView)
async def reschedule_appointment(
    *, appointment_id: UUID, body: RescheduleAppointment, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Move an appointment to another time; it keeps its id, its fee and its terms, or stays where it is."""
    headers: dict[str, str] = {}

    async def work() -> AppointmentView:
        moved = await reschedule_service.reschedule(
            call.session,
            appointment_id=BookingId(appointment_id),
            starts_at=body.start,
            check=lambda version: preconditions.require(if_match, version=version),
            by=call.actor,
            now=call.now,
            vault=call.parts.vault,
            after=(intake.keep_due,),
        )
        headers["ETag"] = preconditions.etag(moved.version)
        return await presented.one(moved, call)

    return await once(work, status=200, headers=lambda _view: headers)
