"""Standing series: the same time every week."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.strict_json import StrictRoute
from api.v1.booking import presented
from api.v1.booking.series_schemas import (
    CreatedSeriesView,
    CreateSeries,
    SeriesView,
    created_series_view,
    series_view,
)
from domain.booking import series_service, told
from domain.ids import SeriesId
from domain.intake import attaching as intake

router = APIRouter(prefix="/series", tags=["booking"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=CreatedSeriesView)
async def create_series(body: CreateSeries, call: Writing, once: OnceOnly) -> Response:
    """Book the same time every week. Where weeks can't be had, `conflicts` names all of them, or the rest is booked."""

    async def work() -> CreatedSeriesView:
        booked = await series_service.create(
            call.session,
            wanted=body.wanted(),
            by=call.actor,
            now=call.now,
            after=(intake.preparing(call.parts.vault), told.telling_once()),
        )
        return created_series_view(booked, appointments=await presented.several(booked.appointments, call))

    return await once(work, status=201)


@router.get("/{series_id}")
async def read_series(series_id: UUID, call: Reading) -> SeriesView:
    """See a series of yours with all its appointments, as client or as therapist."""
    found = await series_service.read(call.session, series_id=SeriesId(series_id), by=call.actor)
    return series_view(found, appointments=await presented.several(found.appointments, call))
