"""Tasks of admins, loaded, opened and closed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, any_, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.ids import TaskId, TherapistId, uuid7
from domain.tasks.tables import Task, TaskKind


async def open_once(
    session: AsyncSession, *, kind: TaskKind, subject_id: UUID, therapist_id: TherapistId | None, now: datetime
) -> TaskId | None:
    """Open a task, or give None where one of the kind is open about the row already."""
    return await session.scalar(
        insert(Task)
        .values(
            id=TaskId(uuid7()), kind=kind, subject_id=subject_id, therapist_id=therapist_id, opened_at=now, version=1
        )
        .on_conflict_do_nothing(index_elements=[Task.kind, Task.subject_id], index_where=Task.closed_at.is_(None))
        .returning(Task.id)
    )


async def open_subjects(session: AsyncSession, *, kind: TaskKind, subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """Tell about which of these rows a task of the kind is open."""
    if not subject_ids:
        return frozenset()
    asked = literal(list(subject_ids), ARRAY(Uuid))
    found = await session.scalars(
        select(Task.subject_id).where(Task.kind == kind, Task.subject_id == any_(asked), Task.closed_at.is_(None))
    )
    return frozenset(found.all())


async def by_id(session: AsyncSession, *, task_id: TaskId) -> Task | None:
    """Load a task."""
    return await session.scalar(select(Task).where(Task.id == task_id).execution_options(populate_existing=True))


async def locked(session: AsyncSession, *, task_id: TaskId) -> Task | None:
    """Load a task and keep others from closing it until the transaction ends."""
    statement = select(Task).where(Task.id == task_id).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def page(
    session: AsyncSession, *, kind: TaskKind, is_open: bool, after: tuple[datetime, TaskId] | None, limit: int
) -> Sequence[Task]:
    """Load tasks of a kind, the oldest first. after: the last one seen."""
    statement = select(Task).where(Task.kind == kind, _is_open(is_open=is_open))
    if after is not None:
        statement = statement.where(tuple_(Task.opened_at, Task.id) > tuple_(*after))
    return (await session.scalars(statement.order_by(Task.opened_at, Task.id).limit(limit))).all()


def _is_open(*, is_open: bool) -> ColumnElement[bool]:
    return Task.closed_at.is_(None) if is_open else Task.closed_at.is_not(None)
