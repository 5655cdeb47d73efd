"""Therapists, loaded."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import TherapistId
from domain.therapists.tables import Therapist


async def by_id(session: AsyncSession, *, therapist_id: TherapistId) -> Therapist | None:
    """Load a therapist, listed or not."""
    return (await session.scalars(select(Therapist).where(Therapist.id == therapist_id))).one_or_none()


async def locked_version(session: AsyncSession, *, therapist_id: TherapistId) -> int | None:
    """Give the version of a profile and keep others from changing it until the transaction ends."""
    return await session.scalar(select(Therapist.version).where(Therapist.id == therapist_id).with_for_update())
