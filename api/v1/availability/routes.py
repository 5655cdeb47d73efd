"""A therapist's own schedule."""

from typing import Final

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Reading, Writing
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.availability.calendar_routes import router as calendars
from api.v1.availability.exception_routes import router as exceptions
from api.v1.availability.schemas import PutSchedule, ScheduleView
from domain.availability import change_service, service
from domain.booking import outside_service
from domain.directory import service as directory

router = APIRouter(tags=["availability"], route_class=StrictRoute)
routers: Final = (router, exceptions, calendars)


@router.put("/therapists/me/schedule")
async def put_schedule(body: PutSchedule, call: Writing, response: Response, if_match: IfMatch = None) -> ScheduleView:
    """Replace the schedule of the therapist who is signed in.

    What is booked stays booked: `appointments_outside` names what the schedule leaves no room for now.
    """
    version = await service.version_to_change(call.session, by=call.actor)
    preconditions.require(if_match, version=version)
    stored = await change_service.change(
        call.session, schedule=body.schedule(), vault=call.parts.vault, by=call.actor, now=call.now
    )
    await directory.note_listing(call.session, therapist_id=stored.therapist_id, now=call.now)
    response.headers["ETag"] = preconditions.etag(stored.version)
    outside = await outside_service.outside(call.session, by=call.actor, now=call.now)
    return ScheduleView.of(stored, outside=outside)


@router.get("/therapists/me/schedule")
async def get_schedule(call: Reading, response: Response) -> ScheduleView:
    """Give the schedule of the therapist who is signed in."""
    stored = await service.own_schedule(call.session, by=call.actor)
    response.headers["ETag"] = preconditions.etag(stored.version)
    outside = await outside_service.outside(call.session, by=call.actor, now=call.now)
    return ScheduleView.of(stored, outside=outside)
