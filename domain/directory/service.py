"""Tell who is listed, and remember who was."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.directory import listing, queries
from domain.directory.listing import ListingStatus
from domain.ids import TherapistId
from domain.therapists.service import TherapistNotFound
from domain.therapists.tables import Therapist


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTherapist:
    """What booking needs to know of a listed therapist."""

    therapist_id: TherapistId
    display_name: str
    accepting_clients: bool
    caseload_limit: int
    session_formats: tuple[str, ...]


async def listed(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], now: datetime
) -> Mapping[TherapistId, ListedTherapist]:
    """Give those of these therapists who are listed; the others are not in it."""
    rows = await queries.listed(session, therapist_ids=therapist_ids, now=now)
    return {
        therapist_id: ListedTherapist(
            therapist_id=therapist_id,
            display_name=display_name,
            accepting_clients=accepting_clients,
            caseload_limit=caseload_limit,
            session_formats=tuple(session_formats),
        )
        for therapist_id, display_name, accepting_clients, caseload_limit, session_formats in rows
    }


async def note_listing(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> None:
    """Remember the first time a therapist is listed; call it after whatever may complete what it takes."""
    await session.flush()
    await session.execute(
        update(Therapist)
        .where(Therapist.id == therapist_id, Therapist.first_listed_at.is_(None), queries.is_listed(now))
        .values(first_listed_at=now)
        .execution_options(synchronize_session=False)
    )


async def status_of(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> ListingStatus:
    """Tell where a therapist stands. Raises TherapistNotFound."""
    found = await queries.standing(session, therapist_id=therapist_id, now=now)
    if found is None:
        raise TherapistNotFound
    is_listed, was_listed = found
    return listing.status(listed=is_listed, was_listed=was_listed)
