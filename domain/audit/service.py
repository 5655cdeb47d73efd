"""Write who did what, to which row, in the transaction that does it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.ids import uuid7


def record(
    session: AsyncSession,
    *,
    by: Actor | None,
    action: Action,
    subject_kind: str,
    subject_id: UUID | None,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Record an action with the caller's transaction; by=None is the service itself.

    reason: an administrator's stated reason; never a client's words.
    """
    session.add(
        AuditEntry(
            id=uuid7(),
            at=now,
            actor_id=None if by is None else by.account_id,
            actor_role=None if by is None else by.role,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            reason=reason,
        )
    )
