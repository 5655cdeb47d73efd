"""What is asked of offers, in a test's shorthand."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import offers_service, verdict_service
from domain.booking.offer import Offer
from domain.ids import ClientId, TherapistId
from tests.build import booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a therapist, in a test's shorthand."""

    therapist_id: TherapistId
    client_id: ClientId
    starts_at: datetime
    session_type: str = "individual_50"
    session_format: SessionFormat = SessionFormat.VIDEO
    place: str = "US-OH"


def noon(now: datetime, *, days: int = 3) -> datetime:
    """Give the noon of New York so many days ahead."""
    on = wall_clock.local(now, "America/New_York").date() + timedelta(days=days)
    found = wall_clock.instant(datetime.combine(on, time(12)), "America/New_York")
    assert found is not None
    return found


def day_of(instant: datetime) -> Interval:
    return Interval(starts_at=instant - timedelta(hours=8), ends_at=instant + timedelta(hours=8))


async def why_not(session: AsyncSession, asked: Asked, *, now: datetime) -> Offer:
    wanted = booking.wanted(
        asked.therapist_id,
        session_type=asked.session_type,
        starts_at=asked.starts_at,
        session_format=asked.session_format,
    )
    return await verdict_service.why_not(session, wanted=wanted, place=asked.place, client_id=asked.client_id, now=now)


async def offered(
    session: AsyncSession,
    *therapist_ids: TherapistId,
    window: Interval,
    now: datetime,
    session_type: str | None = None,
    place: str | None = "US-OH",
    client_id: ClientId | None = None,
) -> list[datetime]:
    found = await offers_service.free(
        session,
        therapist_ids=therapist_ids,
        session_type=session_type,
        window=window,
        place=place,
        client_id=client_id,
        now=now,
    )
    return [each.starts_at for offers in found.values() for each in offers]
