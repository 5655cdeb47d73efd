"""Keep therapists' schedules, and hand them to whoever looks for a time."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import queries
from domain.availability.queries import StoredSchedule
from domain.availability.schedule import Schedule, check
from domain.availability.tables import ScheduleRow, SessionTypeRow, WeeklyHoursRow
from domain.errors import Conflict, NotFound
from domain.ids import TherapistId
from domain.job import JobName


class ProfileNeeded(Conflict):
    """There is no therapist's profile yet that a schedule could belong to."""

    def __init__(self) -> None:
        super().__init__("A schedule belongs to a profile; write yours first with PUT /v1/therapists/me.")


class ScheduleNotFound(NotFound):
    """The therapist has no schedule yet."""

    def __init__(self) -> None:
        super().__init__("You have no schedule yet; write it with PUT /v1/therapists/me/schedule.")


async def version_to_change(session: AsyncSession, *, by: Actor) -> int:
    """Give the version of one's own schedule, 0 before the first, which stays until the transaction ends.

    Raises WrongRole, ProfileNeeded.
    """
    policy.require(by, Action.SCHEDULE_WRITE)
    if not await queries.lock(session, therapist_id=by.therapist_id):
        raise ProfileNeeded
    return await queries.version(session, therapist_id=by.therapist_id) or 0


async def put_schedule(session: AsyncSession, *, schedule: Schedule, by: Actor, now: datetime) -> StoredSchedule:
    """Replace one's own schedule: rules, hours and session types. What is booked stays booked.

    Raises WrongRole, ScheduleImpossible, ProfileNeeded.
    """
    check(schedule)
    version = 1 + await version_to_change(session, by=by)
    therapist_id = by.therapist_id
    rules = {
        "zone": schedule.zone,
        "slot_interval_minutes": schedule.slot_interval_minutes,
        "minimum_notice_minutes": schedule.minimum_notice_minutes,
        "horizon_days": schedule.horizon_days,
        "daily_limit": schedule.daily_limit,
        "version": version,
        "updated_at": now,
    }
    await session.execute(
        upsert(ScheduleRow)
        .values(therapist_id=therapist_id, **rules)
        .on_conflict_do_update(index_elements=[ScheduleRow.therapist_id], set_=rules)
    )
    await _replace_hours(session, therapist_id=therapist_id, schedule=schedule)
    await _replace_session_types(session, therapist_id=therapist_id, schedule=schedule)
    audit.record(
        session, by=by, action=Action.SCHEDULE_WRITE, subject_kind="schedule", subject_id=therapist_id, now=now
    )
    await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=therapist_id)  # it may have opened time
    return StoredSchedule(therapist_id=therapist_id, schedule=schedule, version=version)


async def own_schedule(session: AsyncSession, *, by: Actor) -> StoredSchedule:
    """Give one's own schedule. Raises WrongRole, ScheduleNotFound."""
    policy.require(by, Action.SCHEDULE_READ_OWN)
    found = await queries.stored(session, therapist_ids=(by.therapist_id,))
    if by.therapist_id not in found:
        raise ScheduleNotFound
    return found[by.therapist_id]


async def schedules_of(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, Schedule]:
    """Give the schedules of these therapists, in two statements; who has none is left out."""
    found = await queries.stored(session, therapist_ids=therapist_ids)
    return {therapist_id: stored.schedule for therapist_id, stored in found.items()}


async def _replace_hours(session: AsyncSession, *, therapist_id: TherapistId, schedule: Schedule) -> None:
    await session.execute(delete(WeeklyHoursRow).where(WeeklyHoursRow.therapist_id == therapist_id))
    rows = [
        {
            "therapist_id": therapist_id,
            "position": position,
            "weekday": hours.weekday,
            "start_at": hours.start,
            "end_at": hours.end,
        }
        for position, hours in enumerate(schedule.weekly_hours)
    ]
    if rows:
        await session.execute(insert(WeeklyHoursRow), rows)


async def _replace_session_types(session: AsyncSession, *, therapist_id: TherapistId, schedule: Schedule) -> None:
    await session.execute(delete(SessionTypeRow).where(SessionTypeRow.therapist_id == therapist_id))
    rows = [
        {
            "therapist_id": therapist_id,
            "code": kind.code,
            "position": position,
            "name": kind.name,
            "minutes": kind.minutes,
            "buffer_before_minutes": kind.buffer_before_minutes,
            "buffer_after_minutes": kind.buffer_after_minutes,
            "fee_minor": kind.fee.amount,
            "currency": kind.fee.currency,
            "session_formats": list(kind.session_formats),
            "capacity": kind.capacity,
        }
        for position, kind in enumerate(schedule.session_types)
    ]
    await session.execute(insert(SessionTypeRow), rows)
