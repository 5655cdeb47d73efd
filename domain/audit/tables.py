"""The audit: append-only by the role's rights and by a trigger. No health data, only ids and the names of actions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from domain.access.actor import Role
from domain.access.policy import Action
from domain.database import Base, stored_enum
from domain.ids import AccountId


class AuditEntry(Base):
    """One thing done: who, what, to which row, when. actor_id is null where the service itself acts."""

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[AccountId | None]
    actor_role: Mapped[Role | None] = mapped_column(stored_enum(Role))
    action: Mapped[Action] = mapped_column(stored_enum(Action))
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    reason: Mapped[str | None]
