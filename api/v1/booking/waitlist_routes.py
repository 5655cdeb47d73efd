"""The waitlist: wait for a time, see what is kept for you, stop waiting."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api import pagination
from api.dependencies import Call, Reading, Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.v1.booking.waitlist_schemas import CreateWaitlistEntry, WaitlistEntryView, entry_view
from api.wire import Page
from domain.booking import waitlist_service
from domain.booking.waitlist_service import Asked
from domain.ids import WaitlistEntryId
from domain.matching import service as matching

router = APIRouter(prefix="/waitlist-entries", tags=["booking"], route_class=StrictRoute)
LIST = "waitlist-entries"


@router.post("", status_code=201, response_model=WaitlistEntryView)
async def create_waitlist_entry(body: CreateWaitlistEntry, call: Writing, once: OnceOnly) -> Response:
    """Wait for a time. One that fits and is freed is kept for you for two hours, and a mail asks you to sign in."""

    async def work() -> WaitlistEntryView:
        asked = await _asked(body, call)
        joined = await waitlist_service.join(call.session, asked=asked, by=call.actor, now=call.now)
        return entry_view(joined, now=call.now)

    return await once(work, status=201)


async def _asked(body: CreateWaitlistEntry, call: Call) -> Asked:
    therapist_id, match_id = body.meant()
    if match_id is not None:
        therapist_ids = await matching.therapists_of(
            call.session, match_id=match_id, by=call.actor, vault=call.parts.vault, now=call.now
        )
    else:
        therapist_ids = () if therapist_id is None else (therapist_id,)
    return body.asked(therapist_ids=therapist_ids)


@router.get("")
async def list_waitlist_entries(
    call: Reading, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[WaitlistEntryView]:
    """List what you wait for and waited for, the oldest first, each with what is kept for you now."""
    after = pagination.decode(cursor, of=LIST, parts=2, digest_key=call.parts.digest_key)
    found = await waitlist_service.entries(
        call.session,
        after=None if after is None else (datetime.fromisoformat(after[0]), WaitlistEntryId(UUID(after[1]))),
        limit=limit + 1,
        by=call.actor,
    )
    page, next_cursor = pagination.cut(
        found,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda entry: (entry.created_at.isoformat(), str(entry.entry_id)),
    )
    return Page(data=[entry_view(entry, now=call.now) for entry in page], next_cursor=next_cursor)


@router.get("/{entry_id}")
async def read_waitlist_entry(entry_id: UUID, call: Reading) -> WaitlistEntryView:
    """See an entry of yours, and what is kept for you now."""
    found = await waitlist_service.entry(call.session, entry_id=WaitlistEntryId(entry_id), by=call.actor)
    return entry_view(found, now=call.now)


@router.delete("/{entry_id}", status_code=204)
async def delete_waitlist_entry(entry_id: UUID, call: Writing) -> Response:
    """Stop waiting. What is kept for you goes to somebody else who waits."""
    await waitlist_service.leave(
        call.session, entry_id=WaitlistEntryId(entry_id), vault=call.parts.vault, by=call.actor, now=call.now
    )
    return Response(status_code=204)
