"""Expire holds that have run out, and hand their time to who waits for it.

Whoever wants the time of a hold that has run out clears it themselves (`occupation_queries`); this is for the times
that only somebody who waits may want. Groups are locked before their seats, and what is locked elsewhere is left alone.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import expiry_queries, freed_service, waitlist_queries
from domain.booking.states import Origin
from domain.job import JobName
from domain.vault.cipher import Vault

EXPIRED_AT_ONCE: Final = 200
OFFERED_AT_ONCE: Final = 10  # times handed on in the sweep itself; a job sees to the rest


async def sweep(session: AsyncSession, *, vault: Vault, now: datetime) -> int:
    """Expire a batch of holds that have run out, the oldest first, and give how many those were."""
    expired = await expiry_queries.expire(session, of=None, limit=EXPIRED_AT_ONCE, now=now)
    for hold in expired:
        if hold.origin is not Origin.CLIENT:
            audit.record(
                session, by=None, action=Action.HOLD_EXPIRE, subject_kind="booking", subject_id=hold.id, now=now
            )
    awaited = {
        therapist_id
        for therapist_id in sorted({hold.therapist_id for hold in expired})
        if await waitlist_queries.is_awaited(session, therapist_id=therapist_id)
    }
    wanted = [hold for hold in expired if hold.therapist_id in awaited]
    for hold in wanted[:OFFERED_AT_ONCE]:
        await freed_service.freed(
            session,
            therapist_id=hold.therapist_id,
            during=hold.occupied_time,
            left_by=hold.client_id,
            vault=vault,
            now=now,
        )
    for therapist_id in sorted({hold.therapist_id for hold in wanted[OFFERED_AT_ONCE:]}):
        await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=therapist_id)
    return len(expired)
