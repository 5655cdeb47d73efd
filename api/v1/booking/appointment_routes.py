"""Appointments: book and read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import pagination, preconditions
from api.dependencies import Call, Reading
from api.idempotency import Once
from api.pagination import Cursor, Limit
from api.quick_call import SIGNED_IN, Quick
from api.strict_json import StrictRoute
from api.v1.booking import at_once, presented
from api.v1.booking.schemas import (
    AppointmentStatus,
    AppointmentView,
    CreateAppointment,
    statuses_of,
)
from api.wire import Instant, Page
from domain.booking import at_once_service, book_service, service, ways_on_service
from domain.booking.at_once_service import Asked, Ready, Taken
from domain.booking.consequences import Consequence
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.told import telling
from domain.booking.wanted import Wanted
from domain.database import DriverConnection
from domain.ids import BookingId
from domain.intake import attaching as intake
from domain.replay.service import Kept

router = APIRouter(prefix="/appointments", tags=["booking"], route_class=StrictRoute)
LIST = "appointments"


@router.post("", status_code=201, response_model=AppointmentView, openapi_extra=SIGNED_IN)
async def create_appointment(body: CreateAppointment, quick: Quick) -> Response:
    """Book what you hold, or a time straight away."""
    wanted = body.wanted()
    after = (intake.preparing(quick.parts.vault), telling)

    async def look(connection: DriverConnection, asked: Asked) -> Ready | Kept | Taken | None:
        if isinstance(wanted, Wanted):
            return await at_once_service.look(
                connection, asked=asked, wanted=wanted, status=Status.CONFIRMED, now=quick.now
            )
        return await at_once_service.look_at_hold(connection, asked=asked, hold_id=wanted, now=quick.now)

    async def carefully(call: Call, once: Once) -> Response:
        headers: dict[str, str] = {}

        async def work() -> AppointmentView:
            booked = await _book(wanted, call, after=after)
            headers["ETag"] = preconditions.etag(booked.version)
            return await presented.one(booked, call)

        return await once(work, status=201, headers=lambda _view: headers)

    response = await at_once.answer(
        quick,
        look,
        view=lambda ready: presented.at_once(ready, vault=quick.parts.vault),
        headers=lambda booked: {"ETag": preconditions.etag(booked.version)},
        after=after,
    )
    return response or await quick.carefully(carefully)


async def _book(wanted: BookingId | Wanted, call: Call, *, after: Sequence[Consequence]) -> Booking:
    if isinstance(wanted, Wanted):
        return await book_service.book(call.session, wanted=wanted, by=call.actor, now=call.now, after=after)
    return await book_service.book_held(call.session, hold_id=wanted, by=call.actor, now=call.now, after=after)


@router.get("")
async def list_appointments(
    *,
    call: Reading,
    status: AppointmentStatus | None = None,
    starts_from: Annotated[Instant | None, Query(alias="from")] = None,
    starts_before: Annotated[Instant | None, Query(alias="to")] = None,
    limit: Limit = pagination.LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[AppointmentView]:
    """List your appointments, as client or as therapist, by start: from `from` on, before `to`."""
    after = pagination.decode(cursor, of=LIST, parts=2, digest_key=call.parts.digest_key)
    rows = await service.appointments(
        call.session,
        statuses=statuses_of(status),
        starts_from=starts_from,
        starts_before=starts_before,
        after=None if after is None else (datetime.fromisoformat(after[0]), BookingId(UUID(after[1]))),
        limit=limit + 1,
        by=call.actor,
    )
    page, next_cursor = pagination.cut(
        rows,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda row: (row.starts_at.isoformat(), str(row.id)),
    )
    return Page(data=await presented.several(page, call), next_cursor=next_cursor)


@router.get("/{appointment_id}")
async def read_appointment(appointment_id: UUID, call: Reading, response: Response) -> AppointmentView:
    """See an appointment of yours, as client or as therapist."""
    found = await service.appointment(call.session, appointment_id=BookingId(appointment_id), by=call.actor)
    ways_on = await ways_on_service.after_cancelling(call.session, appointment=found, by=call.actor, now=call.now)
    response.headers["ETag"] = preconditions.etag(found.version)
    return await presented.one(found, call, alternatives=ways_on)
