"""Standing series as their parties may see them, and the sessions of one."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.booking.states import APPOINTMENT, Status
from domain.booking.tables import Booking, Series
from domain.ids import SeriesId


async def series(session: AsyncSession, *, series_id: SeriesId, of: Actor) -> Series | None:
    """Give a series to one of its parties."""
    own = Series.therapist_id == of.therapist_id if of.role is Role.THERAPIST else Series.client_id == of.client_id
    return await session.scalar(select(Series).where(Series.id == series_id, own))


async def sessions(
    session: AsyncSession,
    *,
    series_id: SeriesId,
    statuses: Collection[Status] = APPOINTMENT,
    starts_from: datetime | None = None,
) -> Sequence[Booking]:
    """Give a series' appointments by start, as they are now. starts_from: included."""
    starts_at = func.lower(Booking.during)
    wanted = select(Booking).where(Booking.series_id == series_id, Booking.status.in_(statuses))
    if starts_from is not None:
        wanted = wanted.where(starts_at >= starts_from)
    found = await session.scalars(wanted.order_by(starts_at, Booking.id).execution_options(populate_existing=True))
    return found.all()
