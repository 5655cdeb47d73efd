"""Forms, the answers to them, and measures."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import preconditions
from api.caring_route import CaringRoute
from api.dependencies import ProcessParts, Reading, Writing
from api.idempotency import OnceOnly
from api.pagination import LIMIT_DEFAULT, Cursor, Limit, page_of
from api.preconditions import IfMatch
from api.v1.intake.schemas import (
    AttachedFormView,
    CreateMeasure,
    FormView,
    ResponseView,
    SaveAnswers,
    SubmissionView,
    attached_form_view,
    form_view,
    response_view,
    submission_view,
)
from api.wire import Page
from domain.ids import BookingId, FormResponseId
from domain.intake import service
from domain.intake.form import FormId

router = APIRouter(tags=["intake"], route_class=CaringRoute)
CACHED_FOR_AN_HOUR = "public, max-age=3600"


@router.get("/forms")
async def list_forms(
    process: ProcessParts, response: Response, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[FormView]:
    """List the published forms, each in its newest version."""
    page, following = page_of(
        service.published(),
        cursor=cursor,
        limit=limit,
        of="forms",
        digest_key=process.digest_key,
        key=lambda form: str(form.id),
    )
    response.headers["Cache-Control"] = CACHED_FOR_AN_HOUR
    return Page(data=[form_view(form) for form in page], next_cursor=following)


@router.get("/forms/{form_id}")
async def read_form(form_id: UUID, response: Response) -> FormView:
    """Read a published form in its newest version."""
    view = form_view(service.published_form(FormId(form_id)))
    response.headers["Cache-Control"] = CACHED_FOR_AN_HOUR
    return view


@router.get("/appointments/{appointment_id}/forms")
async def list_forms_of_appointment(
    appointment_id: UUID, call: Reading, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[AttachedFormView]:
    """List an appointment's forms, for its client, and for its therapist while it is confirmed or completed."""
    attached = await service.forms_of(call.session, booking_id=BookingId(appointment_id), by=call.actor)
    page, following = page_of(
        attached,
        cursor=cursor,
        limit=limit,
        of=f"forms of {appointment_id}",
        digest_key=call.parts.digest_key,
        key=lambda form: str(form.response_id),
    )
    return Page(data=[attached_form_view(form) for form in page], next_cursor=following)


@router.get("/form-responses/{response_id}")
async def read_form_response(response_id: UUID, call: Writing, response: Response) -> ResponseView:
    """Read the answers: the client their own, its therapist those of an appointment once they are submitted.

    The look is recorded.
    """
    seen = await service.response(
        call.session,
        response_id=FormResponseId(response_id),
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    response.headers["ETag"] = preconditions.etag(seen.version)
    return response_view(seen)


@router.patch("/form-responses/{response_id}")
async def save_form_response(
    response_id: UUID, body: SaveAnswers, call: Writing, response: Response, if_match: IfMatch = None
) -> ResponseView:
    """Save some answers of a draft. They are read for danger first: `safety` comes with every answer, a refusal too."""
    saved = await service.save(
        call.session,
        response_id=FormResponseId(response_id),
        changes=body.answers,
        check_version=lambda version: preconditions.require(if_match, version=version),
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    response.headers["ETag"] = preconditions.etag(saved.version)
    return response_view(saved)


@router.post("/form-responses/{response_id}/submission", response_model=SubmissionView)
async def submit_form_response(response_id: UUID, call: Writing, once: OnceOnly, if_match: IfMatch = None) -> Response:
    """Submit a draft for good."""

    async def work() -> SubmissionView:
        submitted = await service.submit(
            call.session,
            response_id=FormResponseId(response_id),
            check_version=lambda version: preconditions.require(if_match, version=version),
            by=call.actor,
            vault=call.parts.vault,
            now=call.now,
        )
        return submission_view(submitted)

    return await once(work, status=200)


@router.post("/clients/me/measures", status_code=201, response_model=SubmissionView)
async def create_measure(body: CreateMeasure, call: Writing, once: OnceOnly) -> Response:
    """Answer an instrument outside any appointment, have it scored, and be shown whom to turn to where that helps."""

    async def work() -> SubmissionView:
        measured = await service.measure(
            call.session,
            instrument_id=body.instrument,
            answers=body.answers,
            share=body.share,
            by=call.actor,
            vault=call.parts.vault,
            now=call.now,
        )
        return submission_view(measured)

    return await once(work, status=201)
