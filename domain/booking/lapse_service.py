"""End at once what nothing permits any more, in the transaction that takes the permission away.

Whatever the cause: a suspension, a board's word, a compact that ends. Whoever relied on a permission has committed by
then, since its row could not be deleted before, so nothing slips through. The clients are looked after by a job.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.booking import closing_service
from domain.ids import BookingId, TherapistId
from domain.job import JobName
from domain.licensing import permission_service
from domain.therapists import queries as therapist_queries
from domain.vault.cipher import Vault


async def bring_in_line(session: AsyncSession, *, therapist_id: TherapistId, vault: Vault, now: datetime) -> int:
    """Write a therapist's permissions anew, cancel what none covers any more, and give how many sessions that were.

    Locks the therapist. For what changes without a credential of theirs, such as a compact's members.
    """
    if await therapist_queries.locked(session, therapist_id=therapist_id) is None:
        return 0
    await permission_service.rewrite(session, therapist_id=therapist_id)
    return await end(session, therapist_id=therapist_id, vault=vault, now=now)


async def end(session: AsyncSession, *, therapist_id: TherapistId, vault: Vault, now: datetime) -> int:
    """Cancel a therapist's appointments ahead that nothing permits, for nothing, and give how many those were.

    Call it after `permission_service.rewrite`. What is kept with the therapist for others is let go where nothing
    permits it either. The therapist is told once.
    """
    cancelled: list[BookingId] = []
    last: BookingId | None = None
    while True:
        found, last = await closing_service.cancel_uncovered(session, therapist_id=therapist_id, after=last, now=now)
        cancelled.extend(found)
        if last is None:
            break
    await closing_service.release_uncovered(session, therapist_id=therapist_id, now=now)
    if cancelled:
        await closing_service.tell_therapist(
            session, therapist_id=therapist_id, about=min(cancelled), vault=vault, now=now
        )
        await queue.enqueue(session, job=JobName.PRACTICE_REVIEW, row_id=therapist_id)
    return len(cancelled)
