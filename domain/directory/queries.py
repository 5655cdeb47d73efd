"""Which therapists are listed, as one condition every statement shares."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.tables import SessionTypeRow, WeeklyHoursRow
from domain.database import among
from domain.ids import TherapistId
from domain.licensing import permission_queries as licensing
from domain.therapists.tables import Therapist


def is_listed(now: datetime) -> ColumnElement[bool]:
    """Say of a therapist's row that all is there: wanted to be found, hours, something to book, a license valid now."""
    return and_(
        Therapist.visible,
        exists().where(WeeklyHoursRow.therapist_id == Therapist.id),
        exists().where(SessionTypeRow.therapist_id == Therapist.id),
        licensing.verified_at(Therapist.id, instant=now),
    )


async def listed(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], now: datetime
) -> Sequence[Row[TherapistId, str, bool, int, list[str]]]:
    """Load id, name, whether clients are accepted, caseload limit and formats of those of these who are listed."""
    found = await session.execute(
        select(
            Therapist.id,
            Therapist.display_name,
            Therapist.accepting_clients,
            Therapist.caseload_limit,
            Therapist.session_formats,
        ).where(among(Therapist.id, therapist_ids), is_listed(now))
    )
    return found.all()


async def standing(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> Row[bool, bool] | None:
    """Tell whether a therapist is listed now, and whether they ever were."""
    statement = select(is_listed(now), Therapist.first_listed_at.is_not(None)).where(Therapist.id == therapist_id)
    return (await session.execute(statement)).one_or_none()
