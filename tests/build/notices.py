"""Letters that wait, opened."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.notices.message import Letter, unpacked
from domain.notices.service import place
from domain.notices.tables import Notice
from domain.vault.cipher import Vault


async def waiting_letters(session: AsyncSession, *, vault: Vault, to: str) -> list[Letter]:
    """Open every letter that waits for an address, oldest first."""
    notices = (await session.scalars(select(Notice).where(Notice.sent_at.is_(None)).order_by(Notice.id))).all()
    letters = [
        unpacked(
            vault.open(notice.message_sealed, place=place(notice.id)), notice_id=notice.id, written_at=notice.created_at
        )
        for notice in notices
        if notice.message_sealed is not None
    ]
    return [letter for letter in letters if letter.to == to]


async def mailed_token(session: AsyncSession, *, vault: Vault, to: str) -> str:
    """Give the token of the newest letter that waits for an address and carries one."""
    tokens = [letter.message.token for letter in await waiting_letters(session, vault=vault, to=to)]
    return [token for token in tokens if token is not None][-1]
