"""Listed therapists as plain rows, and a client's own matches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.schedule import SessionType
from domain.directory import queries as directory
from domain.ids import ClientId, MatchId, TherapistId
from domain.matching.criteria import TherapistFacts
from domain.matching.tables import MatchRow
from domain.therapists.profile import Gender
from domain.therapists.tables import Therapist


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """What the profile of a listed therapist says, without its prose."""

    therapist_id: TherapistId
    display_name: str
    gender: Gender
    primary_concerns: list[str]
    secondary_concerns: list[str]
    approaches: list[str]
    populations: list[str]
    languages: list[str]
    insurers: list[str]
    accepting_clients: bool
    caseload_limit: int

    def facts(self, session_types: tuple[SessionType, ...]) -> TherapistFacts:
        """Give the facts of a therapist with these individual session types."""
        return TherapistFacts(
            therapist_id=self.therapist_id,
            display_name=self.display_name,
            gender=self.gender,
            primary_concerns=tuple(self.primary_concerns),
            secondary_concerns=tuple(self.secondary_concerns),
            approaches=tuple(self.approaches),
            populations=tuple(self.populations),
            languages=tuple(self.languages),
            insurers=tuple(self.insurers),
            accepting_clients=self.accepting_clients,
            caseload_limit=self.caseload_limit,
            session_types=session_types,
        )


async def listed(session: AsyncSession, *, now: datetime) -> Mapping[TherapistId, ListedRow]:
    """Load every listed therapist."""
    statement = select(
        Therapist.id.label("therapist_id"),
        Therapist.display_name,
        Therapist.gender,
        Therapist.primary_concerns,
        Therapist.secondary_concerns,
        Therapist.approaches,
        Therapist.populations,
        Therapist.languages,
        Therapist.insurers,
        Therapist.accepting_clients,
        Therapist.caseload_limit,
    ).where(directory.is_listed(now))
    rows = (ListedRow(**row) for row in (await session.execute(statement)).mappings())
    return {row.therapist_id: row for row in rows}


async def own_match(session: AsyncSession, *, match_id: MatchId, client_id: ClientId) -> MatchRow | None:
    """Load a match of this client; None where there is none, or it is somebody else's."""
    statement = select(MatchRow).where(MatchRow.id == match_id, MatchRow.client_id == client_id)
    return (await session.scalars(statement)).one_or_none()
