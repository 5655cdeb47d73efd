"""Answer a repeated request as it was answered first.

A key is locked for the transaction, so that of two at once one works and the other is told. The reply is written in
the transaction of its effect: both are there, or neither. A refusal writes nothing and may be sent again.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict, DomainError
from domain.ids import AccountId, uuid7
from domain.insertion import Insertion, Shape
from domain.replay.tables import StoredReply
from domain.vault.cipher import Place, Vault

KEPT_FOR: Final = timedelta(hours=48)
SHAPE: Final = Shape(
    table="stored_reply",
    columns=(
        ("id", "uuid"),
        ("account_id", "uuid"),
        ("key_digest", "bytea"),
        ("request_digest", "bytea"),
        ("status", "integer"),
        ("body_sealed", "bytea"),
        ("created_at", "timestamptz"),
    ),
)


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

    @property
    def lock(self) -> int:
        """Give the number of the advisory lock that keeps two requests under this key apart."""
        return int.from_bytes(hashlib.sha256(self.account_id.bytes + self.key_digest).digest()[:8], signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A stored reply as it was loaded."""

    reply_id: UUID
    request_digest: bytes
    status: int
    body_sealed: bytes


async def stored(session: AsyncSession, *, request: Request, vault: Vault) -> Reply | None:
    """Lock the key for this transaction and give its reply, or None when it is new. Raises KeyInUse, KeyReused."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(request.lock))):
        raise KeyInUse("A request with this Idempotency-Key is still being worked on; repeat it in a moment.")
    row = await session.scalar(
        select(StoredReply).where(
            StoredReply.account_id == request.account_id, StoredReply.key_digest == request.key_digest
        )
    )
    if row is None:
        return None
    kept = Kept(reply_id=row.id, request_digest=row.request_digest, status=row.status, body_sealed=row.body_sealed)
    return reply_of(request=request, kept=kept, vault=vault)


def insertion(*, request: Request, reply: Reply, vault: Vault, now: datetime) -> Insertion:
    """Make the row that keeps a reply, to be written in the statement of its effect."""
    reply_id = uuid7()
    sealed = vault.seal(reply.body, place=Place(table="stored_reply", row=reply_id, column="body_sealed"))
    values = (reply_id, request.account_id, request.key_digest, request.digest, reply.status, sealed, now)
    return Insertion(shape=SHAPE, values=values)


def reply_of(*, request: Request, kept: Kept, vault: Vault) -> Reply:
    """Open a stored reply for the request it was given to. Raises KeyReused for another one."""
    if kept.request_digest != request.digest:
        raise KeyReused("This Idempotency-Key was used for another request; take a new one.")
    place = Place(table="stored_reply", row=kept.reply_id, column="body_sealed")
    return Reply(status=kept.status, body=vault.open(kept.body_sealed, place=place))


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
