"""Sessions that have begun or are over, as tests of attendance need them."""

from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.states import Status
from domain.database import database_now
from domain.ids import BookingId
from tests.build import occupied_time
from tests.build.booked import Scene


async def session_that_began(
    session: AsyncSession,
    scene: Scene,
    *,
    ago: timedelta = timedelta(hours=1),
    status: Status = Status.CONFIRMED,
) -> BookingId:
    """Store a session of the scene's client that began so long ago (50 minutes), or will when it is negative."""
    present = await session.scalar(func.date_trunc("minute", database_now()).select())
    booking_id = await occupied_time.session_of(
        session,
        therapist_id=scene.therapist_id,
        client_id=scene.client.actor.client_id,
        starts_at=present - ago,
        status=status,
    )
    await session.commit()
    return booking_id
