"""A therapist's own licenses and privileges."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import pagination, preconditions
from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.v1.licensing.schemas import AnswerInformationRequest, CreateLicense, CreatePrivilege, LicenseView, license_view
from api.wire import Page
from domain.ids import LicenseId
from domain.licensing import information_service, service, submission_service

router = APIRouter(prefix="/therapists/me/licenses", tags=["licensing"], route_class=StrictRoute)
privileges = APIRouter(prefix="/therapists/me/compact-privileges", tags=["licensing"], route_class=StrictRoute)
LIST = "own-licenses"


@router.post("", status_code=201, response_model=LicenseView)
async def create_license(body: CreateLicense, call: Writing, once: OnceOnly) -> Response:
    """State a license of yours. It is checked at once, and decided by an admin."""
    headers: dict[str, str] = {}

    async def work() -> LicenseView:
        submitted = await submission_service.submit(
            call.session, claim=body.claim(), by=call.actor, vault=call.parts.vault, now=call.now
        )
        headers["ETag"] = preconditions.etag(submitted.row.version)
        return license_view(submitted, now=call.now)

    return await once(work, status=201, headers=lambda _view: headers)


@privileges.post("", status_code=201, response_model=LicenseView)
async def create_compact_privilege(body: CreatePrivilege, call: Writing, once: OnceOnly) -> Response:
    """State what a compact lets you do away from home. It is checked and decided like a license.

    A state that has enacted the compact and does not issue yet may be named: practice begins when it does.
    """
    headers: dict[str, str] = {}

    async def work() -> LicenseView:
        submitted = await submission_service.submit_privilege(
            call.session, claim=body.claim(), by=call.actor, vault=call.parts.vault, now=call.now
        )
        headers["ETag"] = preconditions.etag(submitted.row.version)
        return license_view(submitted, now=call.now)

    return await once(work, status=201, headers=lambda _view: headers)


@router.get("")
async def list_own_licenses(
    call: Reading, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[LicenseView]:
    """List your licenses and privileges with their checks, the oldest first."""
    held = await service.own_licenses(call.session, by=call.actor)
    page, next_cursor = pagination.page_of(
        held,
        cursor=cursor,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda each: str(each.row.id),
    )
    return Page(data=[license_view(each, now=call.now) for each in page], next_cursor=next_cursor)


@router.post("/{license_id}/answers", response_model=LicenseView)
async def answer_information_request(
    license_id: UUID, body: AnswerInformationRequest, call: Writing, once: OnceOnly
) -> Response:
    """Answer what an admin asked about a license of yours, and correct what was stated. It is checked anew."""

    async def work() -> LicenseView:
        answered = await information_service.answer(
            call.session,
            license_id=LicenseId(license_id),
            answer=body.answered(),
            by=call.actor,
            vault=call.parts.vault,
            now=call.now,
        )
        return license_view(answered, now=call.now)

    return await once(work, status=200)
