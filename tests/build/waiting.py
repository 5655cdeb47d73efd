"""Those who wait, as tests need them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.availability.schedule import SessionFormat, WeeklyHours
from domain.booking import book_service, cancel_service, waitlist_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.booking.waiting import Entry
from domain.booking.waitlist_service import Asked
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import hours, schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist

KINDS = (
    session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.PHONE)),
    session_type(code="group_50", capacity=2),
)


def asked(
    *therapist_ids: TherapistId,
    session_type: str | None = None,
    session_formats: Sequence[SessionFormat] = (),
    times: Sequence[WeeklyHours] = (),
    zone: str | None = None,
    jurisdiction: str | None = None,
    until: datetime | None = None,
) -> Asked:
    return Asked(
        therapist_ids=therapist_ids,
        match_id=None,
        session_type=session_type,
        session_formats=tuple(session_formats),
        times=tuple(times),
        zone=zone,
        jurisdiction=jurisdiction,
        until=until or datetime.now(UTC) + timedelta(days=60),
    )


async def waits(session: AsyncSession, *, by: Actor, asked: Asked, now: datetime | None = None) -> Entry:
    """Let a client wait."""
    return await waitlist_service.join(session, asked=asked, by=by, now=now or datetime.now(UTC))


async def therapist(session: AsyncSession, *, notice: int = 0, daily_limit: int | None = None) -> TherapistId:
    """Store one who has no time but from 10 to 11, so that what is freed is the only offer of the day."""
    return await listed_therapist(
        session,
        schedule=schedule(
            weekly_hours=hours("10:00", "11:00"), session_types=KINDS, notice=notice, daily_limit=daily_limit
        ),
    )


async def booked(session: AsyncSession, therapist_id: TherapistId, *, by: Actor, now: datetime) -> Booking:
    """Book the time at 10 in three days."""
    return await book_service.book(session, wanted=booking.wanted(therapist_id), by=by, now=now, after=())


async def cancel(session: AsyncSession, appointment: Booking, *, by: Actor, parts: Parts, now: datetime) -> None:
    """Cancel as the client."""
    await cancel_service.cancel(
        session,
        appointment_id=appointment.id,
        request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
        vault=parts.vault,
        by=by,
        now=now,
    )


async def freed_time(session: AsyncSession, therapist_id: TherapistId, *, parts: Parts, now: datetime) -> None:
    """Book the time, and cancel it."""
    by = await client(session)
    await cancel(session, await booked(session, therapist_id, by=by, now=now), by=by, parts=parts, now=now)


async def seen(session: AsyncSession, entry: Entry, *, by: Actor) -> Entry:
    """Give an entry as its client sees it now."""
    return await waitlist_service.entry(session, entry_id=entry.entry_id, by=by)


async def given_hold(session: AsyncSession, entry: Entry, *, by: Actor) -> Booking:
    """Give the hold that is kept for an entry."""
    offered = (await seen(session, entry, by=by)).offered
    assert offered is not None
    return await session.get_one(Booking, offered.hold_id, populate_existing=True)
