"""Therapists, loaded."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import TherapistId
from domain.therapists.tables import Therapist


async def by_id(session: AsyncSession, *, therapist_id: TherapistId) -> Therapist | None:
    """Load a therapist, listed or not."""
    statement = select(Therapist).where(Therapist.id == therapist_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def locked(session: AsyncSession, *, therapist_id: TherapistId) -> Therapist | None:
    """Load a therapist and keep others from changing the profile until the transaction ends.

    Rows that refer to the therapist can be written meanwhile. Where licenses are locked too, this lock comes first.
    """
    statement = select(Therapist).where(Therapist.id == therapist_id).with_for_update(key_share=True)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
