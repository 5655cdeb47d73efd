"""Post messages: they are sealed and wait in the caller's transaction, and go out once it has committed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.ids import NoticeId, uuid7
from domain.notices.message import Message, NoticeKind, packed
from domain.notices.tables import Notice
from domain.queue import JobName
from domain.vault.cipher import Place, Vault


async def post(
    session: AsyncSession, *, kind: NoticeKind, to: str, message: Message, vault: Vault, now: datetime
) -> NoticeId:
    """Seal a message and enqueue its delivery with the caller's transaction."""
    notice_id = NoticeId(uuid7())
    session.add(
        Notice(
            id=notice_id,
            kind=kind,
            message_sealed=vault.seal(packed(message, to=to), place=place(notice_id)),
            created_at=now,
            sent_at=None,
        )
    )
    await queue.enqueue(session, job=JobName.NOTICE_DELIVER, row_id=notice_id)
    return notice_id


def place(notice_id: NoticeId) -> Place:
    """Give the place a notice's message is sealed for."""
    return Place(table="notice", row=notice_id, column="message_sealed")
