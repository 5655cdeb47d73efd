"""End at once what nothing permits any more, in the transaction that takes the permission away.

Call it after `permission_service.rewrite`, whatever the cause: a suspension, a board's word, a compact that ends.
Whoever relied on a permission has committed by then, since its row could not be deleted before, so nothing slips
through. The clients are looked after by the job that `rewrite` enqueued.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking import closing_service
from domain.ids import BookingId, TherapistId
from domain.vault.cipher import Vault


async def end(session: AsyncSession, *, therapist_id: TherapistId, vault: Vault, now: datetime) -> int:
    """Cancel a therapist's appointments ahead that nothing permits, for nothing, and give how many those were.

    What is kept with the therapist for others is let go where nothing permits it either. The therapist is told once.
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
    return len(cancelled)
