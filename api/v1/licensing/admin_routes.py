"""The admins' queue of licenses, their decisions, claims and questions, and the whole file of a therapist."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import pagination, preconditions
from api.dependencies import Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.licensing.file_schemas import VerificationFileView
from api.v1.licensing.schemas import (
    AskForInformation,
    CreateDecision,
    LicenseView,
    QueuedLicenseView,
    license_view,
    queued_view,
)
from api.wire import Page
from domain.booking import lapse_service
from domain.directory import service as directory
from domain.ids import LicenseId, TherapistId
from domain.licensing import (
    claim_service,
    decision_service,
    file_service,
    information_service,
    queue_service,
)
from domain.licensing.checks import CheckName
from domain.licensing.queue_queries import Filter
from domain.licensing.queue_service import Order, Place

router = APIRouter(prefix="/admin/licenses", tags=["licensing"], route_class=StrictRoute)
files = APIRouter(prefix="/admin/therapists", tags=["licensing"], route_class=StrictRoute)
LIST = "licenses"
# In production nobody is verified against a list that was never loaded, unless two admins answer for it.
MUST_ANSWER = frozenset({CheckName.EXCLUSION_LIST})


@router.get("")
async def list_licenses(
    call: Writing,
    status: Annotated[
        Filter,
        Query(
            description="A status, or of the verified ones `stale` (nobody looked for 35 days) or `attention` (a check "
            "found something after the decision)."
        ),
    ] = Filter.SUBMITTED,
    order: Annotated[Order, Query(description="`age`: the oldest first; `risk`: the riskiest, then the oldest.")] = (
        Order.AGE
    ),
    limit: Limit = pagination.LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[QueuedLicenseView]:
    """List licenses and privileges for review, the oldest first. The look is recorded."""
    of = f"{LIST}/{status}/{order}"
    after = pagination.decode(cursor, of=of, parts=3, digest_key=call.parts.digest_key)
    page = await queue_service.queue(
        call.session,
        filter_=status,
        order=order,
        after=None if after is None else _place(after),
        limit=limit,
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    next_cursor = None
    if page.has_more:
        rank, submitted_at, license_id = page.licenses[-1].place
        key = (str(rank), submitted_at.isoformat(), str(license_id))
        next_cursor = pagination.encode(key, of=of, digest_key=call.parts.digest_key)
    return Page(data=[queued_view(each, now=call.now) for each in page.licenses], next_cursor=next_cursor)


@router.post("/{license_id}/decisions", status_code=201, response_model=LicenseView)
async def create_decision(
    *, license_id: UUID, body: CreateDecision, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Decide a license. An override, a reinstatement and what is encumbered take effect by a second admin's decision.

    What is verified may be verified again: that is a new look, from which the 35 days count. Sessions that a decision
    makes unlawful are cancelled with it, at no cost, and each client is given another way.
    """
    headers: dict[str, str] = {}

    async def work() -> LicenseView:
        meant = LicenseId(license_id)
        version = await decision_service.version_to_decide(call.session, license_id=meant, by=call.actor)
        preconditions.require(if_match, version=version)
        decided = await decision_service.decide(
            call.session,
            license_id=meant,
            decision=body.decision(),
            must_answer=MUST_ANSWER if call.parts.settings.is_production else frozenset(),
            by=call.actor,
            vault=call.parts.vault,
            now=call.now,
        )
        await directory.note_listing(call.session, therapist_id=decided.row.therapist_id, now=call.now)
        await lapse_service.end(
            call.session, therapist_id=decided.row.therapist_id, vault=call.parts.vault, now=call.now
        )
        headers["ETag"] = preconditions.etag(decided.row.version)
        return license_view(decided, now=call.now)

    return await once(work, status=201, headers=lambda _view: headers)


@router.post("/{license_id}/claim")
async def claim_license(license_id: UUID, call: Writing) -> LicenseView:
    """Work on a license alone for an hour; a decision ends it. Again renews it."""
    claimed = await claim_service.claim(call.session, license_id=LicenseId(license_id), by=call.actor, now=call.now)
    return license_view(claimed, now=call.now)


@router.delete("/{license_id}/claim", status_code=204)
async def release_license(license_id: UUID, call: Writing) -> None:
    """Let others work on a license you claimed."""
    await claim_service.release(call.session, license_id=LicenseId(license_id), by=call.actor, now=call.now)


@router.post("/{license_id}/information-requests", status_code=201, response_model=LicenseView)
async def create_information_request(
    license_id: UUID, body: AskForInformation, call: Writing, once: OnceOnly
) -> Response:
    """Ask the therapist about a license that waits: it is `needs_info` until they answer."""

    async def work() -> LicenseView:
        asked = await information_service.ask(
            call.session,
            license_id=LicenseId(license_id),
            message=body.message,
            by=call.actor,
            vault=call.parts.vault,
            now=call.now,
        )
        return license_view(asked, now=call.now)

    return await once(work, status=201)


@files.get("/{therapist_id}/verification-file")
async def read_verification_file(therapist_id: UUID, call: Writing) -> VerificationFileView:
    """See the whole file: every credential, check, decision and question, what is permitted, and the audit of it."""
    found = await file_service.verification_file(
        call.session,
        therapist_id=TherapistId(therapist_id),
        by=call.actor,
        vault=call.parts.vault,
        now=call.now,
    )
    return VerificationFileView.of(found, now=call.now)


def _place(parts: tuple[str, ...]) -> Place:
    rank, submitted_at, license_id = parts
    return int(rank), datetime.fromisoformat(submitted_at), LicenseId(UUID(license_id))
