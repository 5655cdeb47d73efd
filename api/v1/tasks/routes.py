"""What waits for an admin."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api import pagination, preconditions
from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.tasks.schemas import ResolveTask, TaskStatus, TaskView
from api.wire import Page
from domain.booking import attendance_service
from domain.ids import TaskId

router = APIRouter(prefix="/admin/tasks", tags=["tasks"], route_class=StrictRoute)
LIST = "tasks"


@router.get("")
async def list_tasks(
    call: Reading,
    status: TaskStatus = TaskStatus.OPEN,
    limit: Limit = pagination.LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[TaskView]:
    """List what is open, or was closed, the oldest first."""
    of = f"{LIST}/{status}"
    after = pagination.decode(cursor, of=of, parts=2, digest_key=call.parts.digest_key)
    found = await attendance_service.disputes(
        call.session,
        is_open=status is TaskStatus.OPEN,
        after=None if after is None else (datetime.fromisoformat(after[0]), TaskId(UUID(after[1]))),
        limit=limit + 1,
        by=call.actor,
    )
    page, next_cursor = pagination.cut(
        found,
        limit=limit,
        of=of,
        digest_key=call.parts.digest_key,
        key=lambda each: (each.task.opened_at.isoformat(), str(each.task.id)),
    )
    return Page(data=[TaskView.of(each) for each in page], next_cursor=next_cursor)


@router.get("/{task_id}")
async def read_task(task_id: UUID, call: Reading, response: Response) -> TaskView:
    """See a task."""
    found = await attendance_service.dispute(call.session, task_id=TaskId(task_id), by=call.actor)
    response.headers["ETag"] = preconditions.etag(found.task.version)
    return TaskView.of(found)


@router.post("/{task_id}/resolution", response_model=TaskView)
async def resolve_task(
    *, task_id: UUID, body: ResolveTask, call: Writing, once: OnceOnly, if_match: IfMatch = None
) -> Response:
    """Decide whether the session took place: the appointment follows, and the task is closed."""
    headers: dict[str, str] = {}

    async def work() -> TaskView:
        resolved = await attendance_service.resolve(
            call.session,
            task_id=TaskId(task_id),
            outcome=body.outcome,
            reason=body.reason,
            check=lambda version: preconditions.require(if_match, version=version),
            by=call.actor,
            now=call.now,
        )
        headers["ETag"] = preconditions.etag(resolved.task.version)
        return TaskView.of(resolved)

    return await once(work, status=200, headers=lambda _view: headers)
