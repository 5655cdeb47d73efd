"""The admins' queue of licenses, and their decisions."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api import pagination, preconditions
from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.licensing.schemas import CreateDecision, LicenseView, QueuedLicenseView, license_view, queued_view
from api.wire import Page
from domain.booking import lapse_service
from domain.directory import service as directory
from domain.ids import LicenseId
from domain.licensing import service
from domain.licensing.licenses import LicenseStatus

router = APIRouter(prefix="/admin/licenses", tags=["licensing"], route_class=StrictRoute)
LIST = "licenses"


@router.get("")
async def list_licenses(
    call: Writing,
    status: LicenseStatus = LicenseStatus.SUBMITTED,
    limit: Limit = pagination.LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[QueuedLicenseView]:
    """List licenses for review, the oldest first. The look is recorded."""
    of = f"{LIST}/{status}"
    after = pagination.decode(cursor, of=of, parts=2, digest_key=call.parts.digest_key)
    page = await service.queue(
        call.session,
        status=status,
        after=None if after is None else (datetime.fromisoformat(after[0]), LicenseId(UUID(after[1]))),
        limit=limit,
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    next_cursor = None
    if page.has_more:
        last = page.licenses[-1].license.row
        key = (last.submitted_at.isoformat(), str(last.id))
        next_cursor = pagination.encode(key, of=of, digest_key=call.parts.digest_key)
    return Page(data=[queued_view(each) for each in page.licenses], next_cursor=next_cursor)


@router.post("/{license_id}/decisions", status_code=201, response_model=LicenseView)
async def create_decision(
    *, license_id: UUID, body: CreateDecision, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Decide a license. An override and a reinstatement take effect when another admin decides the same.

    Sessions that it makes unlawful are cancelled with it, at no cost, and each client is given another way.
    """
    headers: dict[str, str] = {}

    async def work() -> LicenseView:
        meant = LicenseId(license_id)
        version = await service.version_to_decide(call.session, license_id=meant, by=call.actor)
        preconditions.require(if_match, version=version)
        decided = await service.decide(
            call.session, license_id=meant, decision=body.decision(), by=call.actor, now=call.now
        )
        await directory.note_listing(call.session, therapist_id=decided.row.therapist_id, now=call.now)
        await lapse_service.end(
            call.session, therapist_id=decided.row.therapist_id, vault=call.parts.vault, now=call.now
        )
        headers["ETag"] = preconditions.etag(decided.row.version)
        return license_view(decided)

    return await once(work, status=201, headers=lambda _view: headers)
