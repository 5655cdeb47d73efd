"""Say whether a session took place."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.booking import presented
from api.v1.booking.schemas import AppointmentView
from api.wire import Body
from domain.booking import attendance_service
from domain.booking.states import Attendance
from domain.ids import BookingId

router = APIRouter(prefix="/appointments", tags=["booking"], route_class=StrictRoute)


class ReportAttendance(Body, json_schema_extra={"examples": [{"outcome": "attended"}]}):
    """Whether the session took place. As a client you say only `therapist_no_show`."""

    outcome: Attendance


@router.post("/{appointment_id}/attendance", response_model=AppointmentView)
async def report_attendance(
    *, appointment_id: UUID, body: ReportAttendance, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Say, once it has started, whether a session took place.

    The first word counts. If the other party says otherwise, nothing changes until an admin has decided. Without a
    word the session is completed 48 hours after its end; words are taken for 30 days.
    """
    headers: dict[str, str] = {}

    async def work() -> AppointmentView:
        reported = await attendance_service.report(
            call.session,
            appointment_id=BookingId(appointment_id),
            outcome=body.outcome,
            check=lambda version: preconditions.require(if_match, version=version),
            by=call.actor,
            now=call.now,
        )
        headers["ETag"] = preconditions.etag(reported.version)
        return await presented.one(reported, call)

    return await once(work, status=200, headers=lambda _view: headers)
