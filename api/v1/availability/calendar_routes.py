"""A therapist's own busy calendars: what they say is busy, is blocked.

A calendar is received and read before the transaction that keeps it is opened: either may take a while.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from api import pagination, preconditions, rate_limit
from api.body_limit import CALENDAR_TYPE
from api.dependencies import Bearer, ProcessParts, Reading, Writing
from api.pagination import Cursor, Limit
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.availability.calendar_schemas import BusyCalendarView, ListedCalendarView
from api.wire import Page
from domain.accounts import service as accounts
from domain.availability import calendars, calendars_service
from domain.availability.calendars_service import Sent
from domain.availability.ical_source import CalendarUnreadable
from domain.booking import outside_service

router = APIRouter(prefix="/therapists/me/busy-calendars", tags=["availability"], route_class=StrictRoute)
LIST: Final = "busy-calendars"
BODY: Final[dict[str, object]] = {
    "requestBody": {
        "required": True,
        "description": "A calendar of RFC 5545, at most 2 MiB",
        "content": {CALENDAR_TYPE: {"schema": {"type": "string"}}},
    }
}
Name = Annotated[str, Path(description="1 to 50 letters, digits, hyphens or underscores")]


async def _sent(request: Request, name: Name, process: ProcessParts, bearer: Bearer) -> Sent:
    """Receive and read a calendar, for whom may keep it. Raises CalendarUnreadable and what keeping raises."""
    now = process.clock.now()
    async with process.database.read() as session:
        token = bearer.credentials if bearer is not None else None
        actor = await accounts.actor_of(session, access_token=token, signing_key=process.signing_key, now=now)
        zone = await calendars_service.zone_to_read_in(session, by=actor)
    calendars.check_name(name)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CALENDAR_TYPE:
        raise CalendarUnreadable(f"Send the calendar itself, as {CALENDAR_TYPE}.")
    await rate_limit.count_calendar(process, by=actor, now=now)
    return await calendars_service.read(await request.body(), zone=zone, now=now)


Received = Annotated[Sent, Depends(_sent, scope="function")]


@router.put("/{name}", openapi_extra=BODY)
async def put_calendar(
    *, name: Name, sent: Received, call: Writing, response: Response, if_match: IfMatch = None
) -> BusyCalendarView:
    """Block what a calendar says is busy, in place of what a calendar of that name said before.

    Of what it holds, only what says when something takes place is kept, sealed. What shuts no time is in `ignored`
    with the reason. What is held or booked stays: `appointments_outside` names what now lies in blocked time.
    """
    version = await calendars_service.version_to_change(call.session, name=name, by=call.actor)
    preconditions.require(if_match, version=version)
    stored = await calendars_service.put(
        call.session, name=name, sent=sent, vault=call.parts.vault, by=call.actor, now=call.now
    )
    outside = await outside_service.outside(call.session, by=call.actor, now=call.now)
    response.headers["ETag"] = preconditions.etag(stored.version)
    return BusyCalendarView.of(stored, outside=outside)


@router.get("")
async def list_calendars(
    call: Reading, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[ListedCalendarView]:
    """List your busy calendars, by name."""
    found = await calendars_service.own(call.session, by=call.actor)
    page, next_cursor = pagination.page_of(
        found, cursor=cursor, limit=limit, of=LIST, digest_key=call.parts.digest_key, key=lambda each: each.name
    )
    return Page(data=[ListedCalendarView.of(each) for each in page], next_cursor=next_cursor)


@router.delete("/{name}", status_code=204)
async def delete_calendar(name: Name, call: Writing) -> Response:
    """End a busy calendar: what it blocked is open again."""
    await calendars_service.end(call.session, name=name, by=call.actor, now=call.now)
    return Response(status_code=204)
