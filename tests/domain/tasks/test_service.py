from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Role
from domain.access.policy import WrongRole
from domain.ids import TaskId, uuid7
from domain.tasks import service
from domain.tasks.service import Resolution, TaskClosed
from domain.tasks.tables import Task, TaskKind
from tests.build import accounts

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
KIND = TaskKind.ATTENDANCE_DISPUTE


async def test_one_task_of_a_kind_is_open_about_a_row_at_a_time(session: AsyncSession) -> None:
    about, other = uuid7(), uuid7()

    for subject_id in (about, about, other):
        await service.open_task(session, kind=KIND, subject_id=subject_id, therapist_id=None, now=NOW)

    found = await session.scalars(select(Task.subject_id).where(Task.subject_id.in_((about, other))))
    assert sorted(found.all()) == sorted((about, other))
    assert await service.open_subjects(session, kind=KIND, subject_ids=[about, uuid7()]) == {about}


async def test_a_closed_task_stays_closed_and_another_can_be_opened(session: AsyncSession) -> None:
    admin = await accounts.actor(session, role=Role.ADMIN)
    about = uuid7()
    await service.open_task(session, kind=KIND, subject_id=about, therapist_id=None, now=NOW)
    (task_id,) = await session.scalars(select(Task.id).where(Task.subject_id == about))
    task = await service.task_to_close(session, task_id=task_id, by=admin)

    await service.close(session, task=task, resolution=Resolution(outcome="attended", reason="why"), by=admin, now=NOW)

    with pytest.raises(TaskClosed):
        await service.task_to_close(session, task_id=task_id, by=admin)
    assert await service.open_subjects(session, kind=KIND, subject_ids=[about]) == frozenset()
    await service.open_task(session, kind=KIND, subject_id=about, therapist_id=None, now=NOW)
    assert await service.open_subjects(session, kind=KIND, subject_ids=[about]) == {about}


@pytest.mark.parametrize("role", [Role.CLIENT, Role.THERAPIST])
async def test_tasks_are_for_admins(session: AsyncSession, role: Role) -> None:
    actor = await accounts.actor(session, role=role)

    with pytest.raises(WrongRole):
        await service.tasks(session, kind=KIND, is_open=True, after=None, limit=10, by=actor)
    with pytest.raises(WrongRole):
        await service.task_to_close(session, task_id=TaskId(uuid7()), by=actor)


def test_a_reason_does_not_stand_where_a_resolution_is_printed() -> None:
    assert "canary" not in repr(Resolution(outcome="attended", reason="canary"))
