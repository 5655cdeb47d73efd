"""How to get into sessions, loaded for any number of therapists in one statement."""

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import TherapistId
from domain.therapists import queries as therapists
from domain.therapists.session_access import SealedAccess


async def access_of(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, SealedAccess]:
    """Give how to get into the sessions of these therapists, sealed; who has not said it is left out."""
    if not therapist_ids:
        return {}
    found = await therapists.session_access(session, therapist_ids=therapist_ids)
    return {each.therapist_id: each for each in found}
