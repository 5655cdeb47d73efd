"""Which states take part in a compact: data that an admin replaces."""

from collections.abc import Sequence

from fastapi import APIRouter

from api import pagination
from api.dependencies import Reading, Writing
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.v1.licensing.membership_schemas import MembershipView, PutMembership
from api.wire import Page
from domain import queue
from domain.booking import lapse_service
from domain.ids import TherapistId
from domain.job import JobName
from domain.licensing import membership_service
from domain.licensing.compacts import Compact

router = APIRouter(prefix="/admin/compact-memberships", tags=["licensing"], route_class=StrictRoute)
LIST = "compact-memberships"
AT_ONCE = 50  # more holders than this follow in a moment, each in its own transaction


@router.get("")
async def list_compact_memberships(
    call: Reading, compact: Compact | None = None, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[MembershipView]:
    """List what is known of compacts' members, by compact and jurisdiction."""
    found = await membership_service.memberships(call.session, compact=compact, by=call.actor)
    page, next_cursor = pagination.page_of(
        found,
        cursor=cursor,
        limit=limit,
        of=f"{LIST}/{compact}",
        digest_key=call.parts.digest_key,
        key=lambda each: str(each.id),
    )
    return Page(data=[MembershipView.of(each) for each in page], next_cursor=next_cursor)


@router.put("/{compact}/{jurisdiction}")
async def put_compact_membership(
    compact: Compact, jurisdiction: str, body: PutMembership, call: Writing
) -> MembershipView:
    """Replace what is known of a state's part in a compact. What it takes away nobody books on any more at once."""
    row, holders = await membership_service.replace(
        call.session, claim=body.claim(compact=compact, jurisdiction=jurisdiction), by=call.actor, now=call.now
    )
    await _bring_in_line(call, holders)
    return MembershipView.of(row)


async def _bring_in_line(call: Writing, holders: Sequence[TherapistId]) -> None:
    for therapist_id in holders[:AT_ONCE]:
        await lapse_service.bring_in_line(call.session, therapist_id=therapist_id, vault=call.parts.vault, now=call.now)
    for therapist_id in holders[AT_ONCE:]:
        await queue.enqueue(call.session, job=JobName.PERMISSIONS_REWRITE, row_id=therapist_id)
