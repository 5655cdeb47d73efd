"""Leave time that came free in passing to a job, which offers it to those who wait for the therapist."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.booking import waitlist_queries
from domain.ids import TherapistId
from domain.job import JobName


async def offer_later(session: AsyncSession, *, therapist_ids: Collection[TherapistId]) -> None:
    """Enqueue offers of these therapists' time where somebody waits for them."""
    for therapist_id in sorted(therapist_ids):
        if await waitlist_queries.is_awaited(session, therapist_id=therapist_id):
            await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=therapist_id)
