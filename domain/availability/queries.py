"""Schedules, loaded: always in two statements, however many therapists are asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.schedule import Schedule, SessionFormat, SessionType, WeeklyHours
from domain.availability.tables import ScheduleRow, SessionTypeRow, WeeklyHoursRow
from domain.database import among
from domain.ids import TherapistId
from domain.money import Money
from domain.therapists.tables import Therapist


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSchedule:
    """A therapist's schedule, and the number of its version."""

    therapist_id: TherapistId
    schedule: Schedule
    version: int


async def stored(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, StoredSchedule]:
    """Load the schedules of these therapists; who has none is left out."""
    if not therapist_ids:
        return {}
    rules_and_hours = (
        select(
            ScheduleRow.therapist_id,
            ScheduleRow.version,
            ScheduleRow.zone,
            ScheduleRow.slot_interval_minutes,
            ScheduleRow.minimum_notice_minutes,
            ScheduleRow.horizon_days,
            ScheduleRow.daily_limit,
            WeeklyHoursRow.weekday,
            WeeklyHoursRow.start_at,
            WeeklyHoursRow.end_at,
        )
        .outerjoin(WeeklyHoursRow, WeeklyHoursRow.therapist_id == ScheduleRow.therapist_id)
        .where(among(ScheduleRow.therapist_id, therapist_ids))
        .order_by(ScheduleRow.therapist_id, WeeklyHoursRow.position)
    )
    rows = (await session.execute(rules_and_hours)).all()
    types = await _session_types(session, therapist_ids=therapist_ids) if rows else {}
    hours: dict[TherapistId, list[WeeklyHours]] = {}
    for row in rows:
        kept = hours.setdefault(row.therapist_id, [])
        if row.weekday is not None:
            kept.append(WeeklyHours(weekday=row.weekday, start=row.start_at, end=row.end_at))
    rules = {row.therapist_id: row for row in rows}
    return {
        therapist_id: StoredSchedule(
            therapist_id=therapist_id,
            version=row.version,
            schedule=Schedule(
                zone=row.zone,
                weekly_hours=tuple(hours[therapist_id]),
                session_types=tuple(types.get(therapist_id, ())),
                slot_interval_minutes=row.slot_interval_minutes,
                minimum_notice_minutes=row.minimum_notice_minutes,
                horizon_days=row.horizon_days,
                daily_limit=row.daily_limit,
            ),
        )
        for therapist_id, row in rules.items()
    }


async def lock(session: AsyncSession, *, therapist_id: TherapistId) -> bool:
    """Keep others from changing the therapist's schedule until the transaction ends; False without a profile."""
    statement = select(Therapist.id).where(Therapist.id == therapist_id).with_for_update(key_share=True)
    return await session.scalar(statement) is not None


async def version(session: AsyncSession, *, therapist_id: TherapistId) -> int | None:
    """Give the version of a therapist's schedule, or None without one."""
    return await session.scalar(select(ScheduleRow.version).where(ScheduleRow.therapist_id == therapist_id))


async def _session_types(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, Sequence[SessionType]]:
    statement = (
        select(*SessionTypeRow.__table__.columns)
        .where(among(SessionTypeRow.therapist_id, therapist_ids))
        .order_by(SessionTypeRow.therapist_id, SessionTypeRow.position)
    )
    found: dict[TherapistId, list[SessionType]] = {}
    for row in await session.execute(statement):
        found.setdefault(row.therapist_id, []).append(_session_type(row))
    return found


def _session_type(row: Row[*tuple[object, ...]]) -> SessionType:
    return SessionType(
        code=row.code,
        name=row.name,
        minutes=row.minutes,
        buffer_before_minutes=row.buffer_before_minutes,
        buffer_after_minutes=row.buffer_after_minutes,
        fee=Money(amount=row.fee_minor, currency=row.currency),
        session_formats=tuple(SessionFormat(each) for each in row.session_formats),
        capacity=row.capacity,
    )
