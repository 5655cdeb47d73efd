"""Change a schedule, with everything that is read by it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.availability import calendars_queries, calendars_service, service
from domain.availability.queries import StoredSchedule
from domain.availability.schedule import Schedule
from domain.vault.cipher import Vault


async def change(
    session: AsyncSession, *, schedule: Schedule, vault: Vault, by: Actor, now: datetime
) -> StoredSchedule:
    """Replace one's own schedule; where its zone is a new one, one's calendars are read anew in it.

    Raises WrongRole, ScheduleImpossible, ProfileNeeded.
    """
    await service.version_to_change(session, by=by)
    before = await calendars_queries.zone(session, therapist_id=by.therapist_id)
    stored = await service.put_schedule(session, schedule=schedule, by=by, now=now)
    if schedule.zone != before:
        await calendars_service.follow_zone(
            session, therapist_id=by.therapist_id, zone=schedule.zone, vault=vault, now=now
        )
    return stored
