"""What matching knows and is asked, as tests need it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.schedule import SessionType, WeeklyHours
from domain.booking.offer import Offer
from domain.ids import TherapistId
from domain.matching.criteria import Criteria, TherapistFacts
from domain.matching.wish import Sought, Source, Wish
from domain.therapists.profile import Gender
from domain.therapists.tables import Therapist
from tests.build.availability import session_type

NARRATIVE = (
    "My father would go silent for weeks if I did something wrong, and I still expect everyone to leave. When a friend "
    "takes a day to answer I am sure she is done with me. I can't calm down and I don't trust anyone."
)
NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)  # a Monday


def facts(
    *,
    number: int = 1,
    gender: Gender = Gender.FEMALE,
    primary_concerns: Sequence[str] = ("trauma.cptsd",),
    secondary_concerns: Sequence[str] = (),
    approaches: Sequence[str] = ("emdr",),
    populations: Sequence[str] = ("adults",),
    languages: Sequence[str] = ("en",),
    insurers: Sequence[str] = (),
    accepting_clients: bool = True,
    caseload_limit: int = 30,
    session_types: Sequence[SessionType] | None = None,
) -> TherapistFacts:
    return TherapistFacts(
        therapist_id=TherapistId(UUID(int=number)),
        display_name=f"Therapist {number}",
        gender=gender,
        primary_concerns=tuple(primary_concerns),
        secondary_concerns=tuple(secondary_concerns),
        approaches=tuple(approaches),
        populations=tuple(populations),
        languages=tuple(languages),
        insurers=tuple(insurers),
        accepting_clients=accepting_clients,
        caseload_limit=caseload_limit,
        session_types=(session_type(),) if session_types is None else tuple(session_types),
    )


def sought(concept_id: str, *, confidence: float = 1.0) -> Sought:
    return Sought(concept_id=concept_id, source=Source.STATED, confidence=confidence)


def offer(starts_at: datetime, *, kind: SessionType | None = None, number: int = 1) -> Offer:
    offered = kind or session_type()
    return Offer(
        therapist_id=TherapistId(UUID(int=number)),
        kind=offered,
        zone="America/New_York",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=offered.minutes),
        session_formats=offered.session_formats,
    )


def wish(
    *,
    narrative: str | None = None,
    concerns: Sequence[str] = (),
    jurisdiction: str = "US-OH",
    requirements: Criteria | None = None,
    preferences: Criteria | None = None,
    times: Sequence[WeeklyHours] = (),
    zone: str | None = None,
    limit: int = 5,
) -> Wish:
    return Wish(
        narrative=narrative,
        concerns=tuple(concerns),
        jurisdiction=jurisdiction,
        requirements=requirements or Criteria(),
        preferences=preferences or Criteria(),
        times=tuple(times),
        zone=zone,
        limit=limit,
    )


async def describe(
    session: AsyncSession,
    therapist_id: TherapistId,
    *,
    secondary_concerns: Sequence[str] = (),
    approaches: Sequence[str] = ("emdr",),
    populations: Sequence[str] = ("adults",),
    gender: Gender = Gender.FEMALE,
    languages: Sequence[str] = ("en",),
) -> TherapistId:
    """Change what a stored profile says."""
    await session.execute(
        update(Therapist)
        .where(Therapist.id == therapist_id)
        .values(
            secondary_concerns=list(secondary_concerns),
            approaches=list(approaches),
            populations=list(populations),
            gender=gender,
            languages=list(languages),
        )
    )
    return therapist_id
