"""Send what waits: at least once, and recognisable where it was twice.

A letter goes out between two short transactions, never within one.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access.policy import Action
from domain.audit import service as audit
from domain.database import Database
from domain.ids import NoticeId
from domain.job import JobName
from domain.notices.message import Letter, Mailer, unpacked
from domain.notices.service import place
from domain.notices.tables import Notice
from domain.vault.cipher import Vault

STALE_AFTER: Final = timedelta(minutes=2)
GIVEN_UP_AFTER: Final = timedelta(days=2)  # what it says no longer holds, and the queue has tried long enough
SWEPT_AT_ONCE: Final = 200


class Clock(Protocol):
    """Where a job has its time from."""

    def now(self) -> datetime:
        """Give the current instant, aware, in UTC."""


async def deliver(notice_id: UUID, *, database: Database, vault: Vault, mailer: Mailer, clock: Clock) -> None:
    """Send a notice unless it was sent, then forget what it said. What the mailer raises goes on up, to be retried."""
    letter = await _waiting(NoticeId(notice_id), database=database, vault=vault)
    if letter is None:
        return
    await mailer.send(letter)
    now = clock.now()
    async with database.transaction() as session:
        done = await session.scalar(
            update(Notice)
            .where(Notice.id == letter.notice_id, Notice.sent_at.is_(None))
            .values(sent_at=now, message_sealed=None)
            .returning(Notice.id)
        )
        if done is not None:
            audit.record(session, by=None, action=Action.NOTICE_SEND, subject_kind="notice", subject_id=done, now=now)


async def sweep(session: AsyncSession, *, now: datetime) -> int:
    """Enqueue again what has waited for two minutes to two days, oldest first, and give how many those are."""
    stale = await session.scalars(
        select(Notice.id)
        .where(
            Notice.sent_at.is_(None),
            Notice.created_at < now - STALE_AFTER,
            Notice.created_at > now - GIVEN_UP_AFTER,
        )
        .order_by(Notice.created_at)
        .limit(SWEPT_AT_ONCE)
    )
    waiting = stale.all()
    for notice_id in waiting:
        await queue.enqueue(session, job=JobName.NOTICE_DELIVER, row_id=notice_id)
    return len(waiting)


async def give_up(session: AsyncSession, *, now: datetime) -> int:
    """Forget what could not be sent for two days, whom it was for and what it said, and give how many those were."""
    gone = await session.scalars(
        delete(Notice)
        .where(Notice.sent_at.is_(None), Notice.created_at <= now - GIVEN_UP_AFTER)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def _waiting(notice_id: NoticeId, *, database: Database, vault: Vault) -> Letter | None:
    async with database.read() as session:
        notice = await session.get(Notice, notice_id)
    if notice is None or notice.message_sealed is None:
        return None
    opened = vault.open(notice.message_sealed, place=place(notice_id))
    return unpacked(opened, notice_id=notice_id, written_at=notice.created_at)
