"""Therapists, loaded."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import among
from domain.ids import TherapistId
from domain.therapists.session_access import SealedAccess
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


async def session_access(session: AsyncSession, *, therapist_ids: Collection[TherapistId]) -> Sequence[SealedAccess]:
    """Load how to get into the sessions of these therapists; who has not said it is left out."""
    found = await session.execute(
        select(Therapist.id, Therapist.session_access_sealed).where(
            among(Therapist.id, therapist_ids), Therapist.session_access_sealed.is_not(None)
        )
    )
    return [
        SealedAccess(therapist_id=therapist_id, sealed=sealed) for therapist_id, sealed in found if sealed is not None
    ]
