"""Those who wait, as tests need them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.availability.schedule import SessionFormat, WeeklyHours
from domain.booking import waitlist_service
from domain.booking.waiting import Entry
from domain.booking.waitlist_service import Asked
from domain.ids import TherapistId


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
