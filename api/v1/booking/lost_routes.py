"""What a lost license cost whom, for admins: sessions, and whether those who lost them were reached."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter

from api import pagination
from api.dependencies import Writing
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.wire import Instant, Page, View
from domain.availability.schedule import SessionFormat
from domain.booking import lost_service
from domain.booking.lost import LostSession, Told
from domain.ids import TherapistId

router = APIRouter(prefix="/admin/therapists", tags=["booking"], route_class=StrictRoute)
LIST = "lost-sessions"


class LostSessionView(View):
    """A session the service cancelled because nothing permitted it any more. Whose it was is not told.

    told: whether a message has left for the client; offered: whether another session was held for them; accepted:
    whether they took it.
    """

    appointment_id: UUID
    start: Instant
    end: Instant
    session_format: SessionFormat | None
    jurisdiction: str | None
    cancelled_at: Instant
    told: Told
    offered: bool
    accepted: bool

    @classmethod
    def of(cls, lost: LostSession) -> Self:
        """Present a lost session."""
        return cls(
            appointment_id=lost.appointment_id,
            start=lost.starts_at,
            end=lost.ends_at,
            session_format=lost.session_format,
            jurisdiction=lost.jurisdiction,
            cancelled_at=lost.cancelled_at,
            told=lost.told,
            offered=lost.offered,
            accepted=lost.accepted,
        )


@router.get("/{therapist_id}/lost-sessions")
async def list_lost_sessions(
    therapist_id: UUID, call: Writing, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[LostSessionView]:
    """List what was cancelled of a therapist in 90 days because nothing permitted it, and whom no message reached."""
    found = await lost_service.lost_sessions(
        call.session, therapist_id=TherapistId(therapist_id), by=call.actor, now=call.now
    )
    page, next_cursor = pagination.page_of(
        found,
        cursor=cursor,
        limit=limit,
        of=f"{LIST}/{therapist_id}",
        digest_key=call.parts.digest_key,
        key=lambda each: str(each.appointment_id),
    )
    return Page(data=[LostSessionView.of(each) for each in page], next_cursor=next_cursor)
