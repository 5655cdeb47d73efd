"""What waits for an admin: opened once about a row, closed once, and by whom. The areas say what a task is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import Conflict, NotFound
from domain.ids import TaskId, TherapistId
from domain.tasks import queries
from domain.tasks.tables import Task, TaskKind


class TaskNotFound(NotFound):
    """There is no such task."""

    def __init__(self) -> None:
        super().__init__("There is no such task.")


class TaskClosed(Conflict):
    """The task has been resolved already."""

    slug: ClassVar[str] = "transition-not-allowed"

    def __init__(self, *, task_id: TaskId) -> None:
        super().__init__("This task has been resolved already.")
        self.task_id = task_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How an admin ends a task. outcome: a word of the task's kind; reason: the admin's own words."""

    outcome: str
    reason: str = field(repr=False)


async def open_task(
    session: AsyncSession, *, kind: TaskKind, subject_id: UUID, therapist_id: TherapistId | None, now: datetime
) -> None:
    """Open a task about a row, unless one of the kind is open about it already."""
    task_id = await queries.open_once(session, kind=kind, subject_id=subject_id, therapist_id=therapist_id, now=now)
    if task_id is not None:
        audit.record(session, by=None, action=Action.TASK_OPEN, subject_kind="task", subject_id=task_id, now=now)


async def open_subjects(session: AsyncSession, *, kind: TaskKind, subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """Tell about which of these rows a task of the kind is open."""
    return await queries.open_subjects(session, kind=kind, subject_ids=subject_ids)


async def tasks(
    session: AsyncSession,
    *,
    kind: TaskKind,
    is_open: bool,
    after: tuple[datetime, TaskId] | None,
    limit: int,
    by: Actor,
) -> Sequence[Task]:
    """List tasks of a kind, the oldest first. Raises WrongRole.

    after: when the last one seen was opened, and its id.
    """
    policy.require(by, Action.TASK_READ)
    return await queries.page(session, kind=kind, is_open=is_open, after=after, limit=limit)


async def task(session: AsyncSession, *, task_id: TaskId, by: Actor) -> Task:
    """Give a task. Raises WrongRole, TaskNotFound."""
    policy.require(by, Action.TASK_READ)
    found = await queries.by_id(session, task_id=task_id)
    if found is None:
        raise TaskNotFound
    return found


async def task_to_close(session: AsyncSession, *, task_id: TaskId, by: Actor) -> Task:
    """Lock an open task for this transaction. What it is about is locked before. Raises TaskNotFound, TaskClosed."""
    policy.require(by, Action.TASK_RESOLVE)
    found = await queries.locked(session, task_id=task_id)
    if found is None:
        raise TaskNotFound
    if found.closed_at is not None:
        raise TaskClosed(task_id=task_id)
    return found


async def close(session: AsyncSession, *, task: Task, resolution: Resolution, by: Actor, now: datetime) -> None:
    """Close a locked task."""
    task.closed_at, task.closed_by = now, by.account_id
    task.resolution, task.reason = resolution.outcome, resolution.reason
    task.version += 1
    audit.record(
        session,
        by=by,
        action=Action.TASK_RESOLVE,
        subject_kind="task",
        subject_id=task.id,
        now=now,
        reason=resolution.reason,
    )
    await session.flush()
