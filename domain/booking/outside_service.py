"""Tell a therapist which of their booked sessions the schedule, as it stands now, leaves no room for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.availability import service as availability
from domain.booking import outside as rules
from domain.booking import outside_queries
from domain.booking.outside import Outside

LISTED_MAX: Final = 500
# Buffers of a session that starts now reach back less than this.
BEFORE: Final = timedelta(days=1)


async def outside(session: AsyncSession, *, by: Actor, now: datetime) -> Sequence[Outside]:
    """Give one's own appointments ahead that lie outside one's schedule, by start: the first 500 of them.

    The number of statements does not grow with what is booked. Raises WrongRole.
    """
    policy.require(by, Action.SCHEDULE_READ_OWN)
    sessions = await outside_queries.sessions_ahead(session, therapist_id=by.therapist_id, now=now)
    if not sessions:
        return ()
    schedules = await availability.schedules_of(session, therapist_ids=(by.therapist_id,))
    if by.therapist_id not in schedules:
        return ()
    times = await outside_queries.times(session, therapist_id=by.therapist_id, since=now - BEFORE)
    return rules.outside(schedules[by.therapist_id], times, sessions=sessions)[:LISTED_MAX]
