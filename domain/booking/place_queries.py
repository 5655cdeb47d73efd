"""Change where the client of an appointment will be."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.tables import Booking


async def move(session: AsyncSession, *, appointment: Booking, place: str, now: datetime) -> None:
    """Write the new place of a locked appointment, and let its row say so too."""
    await session.execute(
        update(Booking)
        .where(Booking.id == appointment.id)
        .values(jurisdiction=place, version=Booking.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(appointment)
