"""Public profiles, loaded: the columns anybody may see and no others."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, Text, any_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.availability.schedule import SessionFormat
from domain.directory import listing, queries
from domain.directory.public import PublicProfile, Sought
from domain.ids import TherapistId
from domain.licensing import permission_queries as licensing
from domain.therapists import profile as profiles
from domain.therapists.tables import Therapist

PUBLIC: Final = (
    Therapist.id,
    Therapist.display_name,
    Therapist.bio,
    Therapist.gender,
    Therapist.primary_concerns,
    Therapist.secondary_concerns,
    Therapist.approaches,
    Therapist.populations,
    Therapist.languages,
    Therapist.session_formats,
    Therapist.insurers,
    Therapist.accepting_clients,
    Therapist.first_listed_at,
)


async def one(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> PublicProfile | None:
    """Load a therapist's public profile, listed or not."""
    row = (await session.execute(_public(now).where(Therapist.id == therapist_id))).one_or_none()
    return None if row is None else _profile(row)


async def listed(
    session: AsyncSession, *, sought: Sought, after: TherapistId | None, limit: int, now: datetime
) -> Sequence[PublicProfile]:
    """Load listed therapists by id who answer to all that is sought. after: the id of the last one seen."""
    wanted = _public(now).where(queries.is_listed(now), *_conditions(sought, now=now))
    if after is not None:
        wanted = wanted.where(Therapist.id > after)
    return [_profile(row) for row in await session.execute(wanted.order_by(Therapist.id).limit(limit))]


def _public(now: datetime) -> Select[*tuple[object, ...]]:
    return select(*PUBLIC, queries.is_listed(now).label("is_listed"))


def _conditions(sought: Sought, *, now: datetime) -> Iterator[ColumnElement[bool]]:
    if sought.concern is not None:
        yield or_(
            _holds(Therapist.primary_concerns, sought.concern), _holds(Therapist.secondary_concerns, sought.concern)
        )
    if sought.approach is not None:
        yield _holds(Therapist.approaches, sought.approach)
    if sought.population is not None:
        yield _holds(Therapist.populations, sought.population)
    if sought.session_format is not None:
        yield _holds(Therapist.session_formats, sought.session_format)
    if sought.language is not None:
        yield _speaks(sought.language)
    if sought.jurisdiction is not None:
        yield licensing.permitted_at(Therapist.id, place=sought.jurisdiction, instant=now)


def _holds(column: InstrumentedAttribute[list[str]], value: str) -> ColumnElement[bool]:
    return literal(value, Text) == any_(column)


def _speaks(language: str) -> ColumnElement[bool]:
    """Compare tags by whole subtags, either way round, as matching does. Source: RFC 4647 section 3.3.1."""
    spoken = func.unnest(Therapist.languages).column_valued("spoken")
    theirs, wanted = func.lower(spoken) + "-", literal(f"{language}-".lower())
    return exists().where(or_(func.starts_with(theirs, wanted), func.starts_with(wanted, theirs)))


def _profile(row: Row[*tuple[object, ...]]) -> PublicProfile:
    return PublicProfile(
        therapist_id=row.id,
        display_name=row.display_name,
        bio=row.bio,
        gender=row.gender,
        concerns=profiles.concerns(primary=row.primary_concerns, secondary=row.secondary_concerns),
        approaches=tuple(row.approaches),
        populations=tuple(row.populations),
        languages=tuple(row.languages),
        session_formats=tuple(SessionFormat(each) for each in row.session_formats),
        insurers=tuple(row.insurers),
        accepting_clients=row.accepting_clients,
        status=listing.status(listed=row.is_listed, was_listed=row.first_listed_at is not None),
    )
