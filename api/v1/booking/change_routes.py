"""Change appointments, one or more of a series: move them, cancel them, and see before what cancelling costs."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.booking import presented
from api.v1.booking.schemas import (
    CancelAppointment,
    CancellationPreviewView,
    ChangedAppointmentView,
    RescheduleAppointment,
    preview_view,
)
from domain.booking import reschedule_service, series_cancel_service
from domain.booking.reschedule_service import NewTime
from domain.booking.series import Scope
from domain.ids import BookingId
from domain.intake import service as intake

router = APIRouter(prefix="/appointments", tags=["booking"], route_class=StrictRoute)


@router.get("/{appointment_id}/cancellation-preview")
async def preview_cancellation(
    appointment_id: UUID, call: Reading, scope: Scope = Scope.ONE
) -> CancellationPreviewView:
    """See what cancelling would cost now, and by which rule; `scope` says how much of its series."""
    due = await series_cancel_service.preview(
        call.session, appointment_id=BookingId(appointment_id), scope=scope, by=call.actor, now=call.now
    )
    return preview_view(due)


@router.post("/{appointment_id}/cancel", response_model=ChangedAppointmentView)
async def cancel_appointment(
    *, appointment_id: UUID, body: CancelAppointment, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Cancel an appointment before it starts, or more of its series; the time is free at once."""
    headers: dict[str, str] = {}

    async def work() -> ChangedAppointmentView:
        cancelled = await series_cancel_service.cancel(
            call.session,
            appointment_id=BookingId(appointment_id),
            scope=body.scope,
            request=body.request(),
            check=lambda version: preconditions.require(if_match, version=version),
            vault=call.parts.vault,
            by=call.actor,
            now=call.now,
        )
        headers["ETag"] = preconditions.etag(cancelled[0].version)
        return await presented.changed(cancelled, call)

    return await once(work, status=200, headers=lambda _view: headers)


@router.post("/{appointment_id}/reschedule", response_model=ChangedAppointmentView)
async def reschedule_appointment(
    *, appointment_id: UUID, body: RescheduleAppointment, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Move an appointment to another time, or more of its series; ids, fees and terms stay, or all stays as it is."""
    headers: dict[str, str] = {}

    async def work() -> ChangedAppointmentView:
        moved = await reschedule_service.reschedule(
            call.session,
            new=NewTime(appointment_id=BookingId(appointment_id), starts_at=body.start, scope=body.scope),
            check=lambda version: preconditions.require(if_match, version=version),
            by=call.actor,
            now=call.now,
            vault=call.parts.vault,
            after=(intake.keep_due,),
        )
        headers["ETag"] = preconditions.etag(moved[0].version)
        return await presented.changed(moved, call)

    return await once(work, status=200, headers=lambda _view: headers)
