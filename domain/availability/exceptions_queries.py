"""Exceptions to therapists' weekly hours, loaded and counted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.tables import ExceptionRow
from domain.ids import ExceptionId, TherapistId


async def ahead(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> int:
    """Count the exceptions of a therapist that are not over."""
    statement = select(func.count()).where(
        ExceptionRow.therapist_id == therapist_id, func.upper(ExceptionRow.during) > now
    )
    return await session.scalar(statement) or 0


async def by_start(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    ends_after: datetime | None,
    starts_before: datetime | None,
    after: tuple[datetime, ExceptionId] | None,
    limit: int,
) -> Sequence[ExceptionRow]:
    """Give a therapist's exceptions by start, then id. after: the start and id of the last one seen."""
    starts_at = func.lower(ExceptionRow.during)
    wanted = select(ExceptionRow).where(ExceptionRow.therapist_id == therapist_id)
    if ends_after is not None:
        wanted = wanted.where(func.upper(ExceptionRow.during) > ends_after)
    if starts_before is not None:
        wanted = wanted.where(starts_at < starts_before)
    if after is not None:
        wanted = wanted.where(tuple_(starts_at, ExceptionRow.id) > tuple_(*after))
    return (await session.scalars(wanted.order_by(starts_at, ExceptionRow.id).limit(limit))).all()
