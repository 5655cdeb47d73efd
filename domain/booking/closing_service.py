"""End what a therapist can't keep: all of a practice that closes, or what no license covers any more.

It costs no client anything. Each is looked after for the first session they lost (`rehoming_service`), with others
where this therapist can't be booked any more, and told once. Many are not looked after within one request: a job goes
on where it ends, and does nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import closing_queries, rehoming_service, telling_service, waitlist_queries
from domain.booking.terms import Party
from domain.booking.uncovered import uncovered
from domain.ids import BookingId, ClientId, TherapistId
from domain.job import JobName
from domain.licensing import permission_queries as licensing
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.therapists import service as therapists
from domain.vault.cipher import Vault

CANCELLED_AT_ONCE: Final = 200
LOOKED_AFTER_AT_ONCE: Final = 20
LOOKED_BACK: Final = timedelta(days=2)
REVIEWED_AT_ONCE: Final = 50


async def close(session: AsyncSession, *, vault: Vault, by: Actor, now: datetime) -> int:
    """Close the caller's practice, cancel every appointment ahead for nothing, and give how many those were.

    Nobody finds or books the therapist any more. Raises ProfileMissing, WrongRole.
    """
    policy.require(by, Action.PRACTICE_CLOSE)
    therapist_id = by.therapist_id
    await therapists.withdraw(session, by=by, now=now)
    # whoever relies on a permission for a booking is waited for, and whoever wants to waits for this
    await licensing.keep_from_relying(session, therapist_id=therapist_id)
    audit.record(
        session, by=by, action=Action.PRACTICE_CLOSE, subject_kind="therapist", subject_id=therapist_id, now=now
    )
    count = 0
    while True:
        promises = await closing_queries.ahead(
            session, therapist_id=therapist_id, after=None, limit=CANCELLED_AT_ONCE, now=now
        )
        if not promises:
            break
        cancelled = await closing_queries.cancel(
            session, booking_ids=[each.booking_id for each in promises], by=Party.THERAPIST, now=now
        )
        _record(session, cancelled, by=by, now=now)
        await session.flush()
        count += len(cancelled)
    kept = await closing_queries.given(session, therapist_id=therapist_id)
    await closing_queries.release_given(session, booking_ids=[each.booking_id for each in kept], now=now)
    await waitlist_queries.end_for_one_alone(session, therapist_id=therapist_id, now=now)
    lost = await closing_queries.first_lost(
        session, therapist_id=therapist_id, since=now, after=None, limit=LOOKED_AFTER_AT_ONCE + 1, now=now
    )
    for each in lost[:LOOKED_AFTER_AT_ONCE]:
        await rehoming_service.look_after(session, lost=each, vault=vault, now=now)
    if len(lost) > LOOKED_AFTER_AT_ONCE:
        await queue.enqueue(session, job=JobName.PRACTICE_REVIEW, row_id=therapist_id)
    return count


async def cancel_uncovered(
    session: AsyncSession, *, therapist_id: TherapistId, after: BookingId | None, now: datetime
) -> tuple[Sequence[BookingId], BookingId | None]:
    """Cancel what no license covers any more of the next appointments ahead.

    after: the last one looked at. Gives what was cancelled, and the last one looked at now, None at the end.
    """
    promises = await closing_queries.ahead(
        session, therapist_id=therapist_id, after=after, limit=CANCELLED_AT_ONCE, now=now
    )
    found = uncovered(promises, permits=await licensing.permits(session, therapist_id=therapist_id))
    if found:  # one may be on its way to a time or place that is permitted: who moved it is waited for
        locked = await closing_queries.lock(session, therapist_id=therapist_id, booking_ids=found, now=now)
        found = uncovered(locked, permits=await licensing.permits(session, therapist_id=therapist_id))
    cancelled: Sequence[BookingId] = ()
    if found:
        cancelled = await closing_queries.cancel(session, booking_ids=found, by=Party.SERVICE, now=now)
        _record(session, cancelled, by=None, now=now)
    return cancelled, promises[-1].booking_id if len(promises) == CANCELLED_AT_ONCE else None


async def release_uncovered(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> None:
    """Let go of what is kept with a therapist for somebody and nothing permits any more."""
    kept = await closing_queries.given(session, therapist_id=therapist_id)
    if kept:
        found = uncovered(kept, permits=await licensing.permits(session, therapist_id=therapist_id))
        await closing_queries.release_given(session, booking_ids=found, now=now)


async def cancel_slipped_in(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> int:
    """Cancel what was booked at a practice as it closed, a batch, and give how many those were."""
    found = await closing_queries.slipped_in(session, therapist_id=therapist_id, limit=CANCELLED_AT_ONCE, now=now)
    if not found:
        return 0
    cancelled = await closing_queries.cancel(session, booking_ids=found, by=Party.THERAPIST, now=now)
    _record(session, cancelled, by=None, now=now)
    return len(found)


async def tell_therapist(
    session: AsyncSession, *, therapist_id: TherapistId, about: BookingId, vault: Vault, now: datetime
) -> None:
    """Write to a therapist that their calendar has changed. about: the first appointment that was cancelled."""
    await telling_service.tell(
        session,
        whom=therapist_id,
        about=about,
        kind=NoticeKind.SESSION_CHANGED,
        message=wording.practice_changed(),
        vault=vault,
        now=now,
    )


async def look_after_some(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    after: tuple[ClientId, datetime] | None,
    vault: Vault,
    now: datetime,
) -> tuple[ClientId, datetime] | None:
    """Look after the next of a therapist's clients who lost sessions lately. Gives the last one, None at the end."""
    lost = await closing_queries.first_lost(
        session,
        therapist_id=therapist_id,
        since=now - LOOKED_BACK,
        after=after,
        limit=LOOKED_AFTER_AT_ONCE,
        now=now,
    )
    for each in lost:
        await rehoming_service.look_after(session, lost=each, vault=vault, now=now)
    if len(lost) < LOOKED_AFTER_AT_ONCE:
        return None
    last = lost[-1]
    return None if last.client_id is None or last.cancelled_at is None else (last.client_id, last.cancelled_at)


async def sweep(session: AsyncSession, *, now: datetime) -> int:
    """Let those be reviewed who lately lost a license or closed and have an appointment ahead all the same; a batch."""
    since = now - LOOKED_BACK
    lost = await closing_queries.to_review(session, since=since, limit=REVIEWED_AT_ONCE, now=now)
    closed = await closing_queries.closed_and_booked(session, since=since, limit=REVIEWED_AT_ONCE, now=now)
    found = sorted({*lost, *closed})
    for therapist_id in found:
        await queue.enqueue(session, job=JobName.PRACTICE_REVIEW, row_id=therapist_id)
    return len(found)


def _record(session: AsyncSession, cancelled: Sequence[BookingId], *, by: Actor | None, now: datetime) -> None:
    for booking_id in cancelled:
        audit.record(
            session, by=by, action=Action.APPOINTMENT_CANCEL, subject_kind="booking", subject_id=booking_id, now=now
        )
