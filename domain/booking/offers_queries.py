"""Who takes clients on, who else could, and where: one statement each, however many are asked about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.booking.caseload import CLIENT_FOR, NO_CLIENTS, Caseload
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.database import among
from domain.directory import queries as directory
from domain.ids import ClientId, TherapistId
from domain.licensing import permission_queries as licensing
from domain.therapists.tables import Therapist


async def caseloads(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], client_id: ClientId | None, now: datetime
) -> Mapping[TherapistId, Caseload]:
    """Count each therapist's clients; every therapist asked about is there."""
    is_this_client = literal(False) if client_id is None else Booking.client_id == client_id  # noqa: FBT003 - SQL's
    statement = (
        select(Booking.therapist_id, func.count(Booking.client_id.distinct()), func.bool_or(is_this_client))
        .where(
            among(Booking.therapist_id, therapist_ids),
            Booking.client_id.is_not(None),
            Booking.status.in_((Status.CONFIRMED, Status.COMPLETED)),
            func.lower(Booking.during) > now - CLIENT_FOR,
        )
        .group_by(Booking.therapist_id)
    )
    found = {row[0]: Caseload(clients=row[1], has_this_client=row[2]) for row in await session.execute(statement)}
    return {therapist_id: found.get(therapist_id, NO_CLIENTS) for therapist_id in therapist_ids}


async def others(
    session: AsyncSession,
    *,
    than: TherapistId,
    place: str,
    during: Interval,
    limit: int,
    now: datetime,
) -> Sequence[TherapistId]:
    """Find other listed therapists with a license for the place, those who share a concern with this one first."""
    concerns = func.array_cat(Therapist.primary_concerns, Therapist.secondary_concerns)
    wanted = select(concerns).where(Therapist.id == than).correlate(None).scalar_subquery()
    shares = concerns.bool_op("&&")(wanted)
    statement = (
        select(Therapist.id)
        .where(
            Therapist.id != than,
            directory.is_listed(now),
            licensing.permitted_in(Therapist.id, place=place, during=during, now=now),
        )
        .order_by(shares.desc(), Therapist.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def rooms(session: AsyncSession, *, therapist_id: TherapistId) -> str | None:
    """Give the place where a therapist's sessions in person are held, where it is known."""
    return await session.scalar(select(Therapist.in_person_jurisdiction).where(Therapist.id == therapist_id))
