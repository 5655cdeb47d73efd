"""Post messages: they are sealed and wait in the caller's transaction, and go out once it has committed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.ids import NoticeId, uuid7, uuid7_of
from domain.job import JobName
from domain.notices.message import Message, NoticeKind, packed
from domain.notices.tables import Notice
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


async def post_once(
    session: AsyncSession,
    *,
    about: UUID,
    whom: UUID,
    kind: NoticeKind,
    to: str,
    message: Message,
    vault: Vault,
    now: datetime,
) -> bool:
    """Post a message unless one of this kind about this row was posted to this account before; say whether it was now.

    about: the row, whose id is a UUIDv7; whom: the account. The notice's id is derived from them, so that twice is
    once, whoever is first.
    """
    notice_id = NoticeId(uuid7_of(about, label=f"{kind}:{whom}"))
    posted = await session.scalar(
        insert(Notice)
        .values(
            id=notice_id,
            kind=kind,
            message_sealed=vault.seal(packed(message, to=to), place=place(notice_id)),
            created_at=now,
            sent_at=None,
        )
        .on_conflict_do_nothing(index_elements=[Notice.id])
        .returning(Notice.id)
    )
    if posted is None:
        return False
    await queue.enqueue(session, job=JobName.NOTICE_DELIVER, row_id=notice_id)
    return True


def place(notice_id: NoticeId) -> Place:
    """Give the place a notice's message is sealed for."""
    return Place(table="notice", row=notice_id, column="message_sealed")
