"""Answer a repeated request as it was answered first.

A key is locked for the transaction, so that of two at once one works and the other is told. The reply is written in
the transaction of its effect: both are there, or neither. A refusal writes nothing and may be sent again.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict, DomainError
from domain.ids import AccountId, uuid7
from domain.replay.tables import StoredReply
from domain.vault.cipher import Place, Vault

KEPT_FOR: Final = timedelta(hours=48)


class KeyInUse(Conflict):
    """A request with this key is being worked on."""

    slug: ClassVar[str] = "idempotency-key-in-use"


class KeyReused(DomainError):
    """The key was used for another request."""

    slug: ClassVar[str] = "idempotency-key-reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A status and a body, as they were sent."""

    status: int
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked, under which key. digest: SHA-256 of method, path and canonical body."""

    account_id: AccountId
    key: str
    digest: bytes

    @property
    def key_digest(self) -> bytes:
        """Give what stands for the key in the table."""
        return hashlib.sha256(self.key.encode()).digest()


async def stored(session: AsyncSession, *, request: Request, vault: Vault) -> Reply | None:
    """Lock the key for this transaction and give its reply, or None when it is new. Raises KeyInUse, KeyReused."""
    lock = int.from_bytes(hashlib.sha256(request.account_id.bytes + request.key_digest).digest()[:8], signed=True)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise KeyInUse("A request with this Idempotency-Key is still being worked on; repeat it in a moment.")
    row = await session.scalar(
        select(StoredReply).where(
            StoredReply.account_id == request.account_id, StoredReply.key_digest == request.key_digest
        )
    )
    if row is None:
        return None
    if row.request_digest != request.digest:
        raise KeyReused("This Idempotency-Key was used for another request; take a new one.")
    return Reply(status=row.status, body=vault.open(row.body_sealed, place=_place(row)))


def store(session: AsyncSession, *, request: Request, reply: Reply, vault: Vault, now: datetime) -> None:
    """Keep the reply with the caller's transaction."""
    row = StoredReply(
        id=uuid7(),
        account_id=request.account_id,
        key_digest=request.key_digest,
        request_digest=request.digest,
        status=reply.status,
        created_at=now,
    )
    row.body_sealed = vault.seal(reply.body, place=_place(row))
    session.add(row)


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Delete replies kept for longer than 48 hours and give how many went."""
    old = delete(StoredReply).where(StoredReply.created_at < now - KEPT_FOR)
    gone = await session.scalars(old.returning(StoredReply.id))
    return len(gone.all())


def _place(row: StoredReply) -> Place:
    return Place(table="stored_reply", row=row.id, column="body_sealed")
