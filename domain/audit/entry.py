"""An entry of the audit as a row, for what is written in one statement with what it tells of."""

from datetime import datetime
from typing import Final
from uuid import UUID

from domain.access.actor import Actor
from domain.access.policy import Action
from domain.ids import uuid7
from domain.insertion import Insertion, Shape

SHAPE: Final = Shape(
    table="audit_entry",
    columns=(
        ("id", "uuid"),
        ("at", "timestamptz"),
        ("actor_id", "uuid"),
        ("actor_role", "text"),
        ("action", "text"),
        ("subject_kind", "text"),
        ("subject_id", "uuid"),
    ),
)


def entry(*, by: Actor, action: Action, subject_kind: str, subject_id: UUID, now: datetime) -> Insertion:
    """Make the entry that `service.record` would add."""
    return Insertion(
        shape=SHAPE,
        values=(uuid7(), now, by.account_id, by.role.value, action.value, subject_kind, subject_id),
    )
