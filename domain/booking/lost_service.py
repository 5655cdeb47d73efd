"""Show an admin what a lost license cost whom, without saying whom, and where no message arrived."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import lost_queries
from domain.booking.lost import LostSession, Told
from domain.booking.tables import Booking
from domain.ids import TherapistId, uuid7_of
from domain.notices.message import NoticeKind
from domain.therapists import queries as therapists
from domain.therapists.service import TherapistNotFound

LOOKED_BACK: Final = timedelta(days=90)
SHOWN_MAX: Final = 1000


async def lost_sessions(
    session: AsyncSession, *, therapist_id: TherapistId, by: Actor, now: datetime
) -> Sequence[LostSession]:
    """List what the service cancelled of a therapist in 90 days, the latest first; the look is audited.

    Raises TherapistNotFound, WrongRole.
    """
    policy.require(by, Action.LOST_SESSIONS_READ)
    if await therapists.by_id(session, therapist_id=therapist_id) is None:
        raise TherapistNotFound
    rows = await lost_queries.cancelled(session, therapist_id=therapist_id, since=now - LOOKED_BACK, limit=SHOWN_MAX)
    letters = await lost_queries.letters(session, notice_ids=[_letter(row) for row in rows])
    given = await lost_queries.given(session, booking_ids=[row.id for row in rows])
    together: dict[tuple[object, object], list[Booking]] = {}
    for row in rows:
        together.setdefault((row.client_id, row.cancelled_at), []).append(row)
    audit.record(
        session,
        by=by,
        action=Action.LOST_SESSIONS_READ,
        subject_kind="therapist",
        subject_id=therapist_id,
        now=now,
    )
    return [
        LostSession(
            appointment_id=row.id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            session_format=row.session_format,
            jurisdiction=row.jurisdiction,
            cancelled_at=row.cancelled_at,
            told=_told([letters.get(_letter(each), now) for each in group if _letter(each) in letters]),
            offered=any(each.id in given for each in group),
            accepted=any(given.get(each.id, False) for each in group),
        )
        for row in rows
        if row.cancelled_at is not None
        for group in (together[row.client_id, row.cancelled_at],)
    ]


def _letter(row: Booking) -> UUID:
    """Give the id of the letter about a lost session, as `notices.post_once` derives it."""
    return uuid7_of(row.id, label=f"{NoticeKind.SESSION_CHANGED}:{row.client_id}")


def _told(sent: Sequence[datetime | None]) -> Told:
    if not sent:
        return Told.NOT_TOLD
    return Told.SENT if any(each is not None for each in sent) else Told.WAITING
