"""What waits for an admin, on the wire. Nothing here tells who a client is."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from api.wire import Body, Instant, View, short
from domain.booking.attendance_service import Dispute
from domain.booking.states import Attendance
from domain.tasks.tables import TaskKind

REASON_LENGTH_MAX = 2000


class TaskStatus(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    CLOSED = "closed"


class ResolveTask(Body, json_schema_extra={"examples": [{"outcome": "attended", "reason": "Both say so by phone."}]}):
    """What an admin decides. reason: why, for the audit; it names no client."""

    outcome: Attendance
    reason: Annotated[str, short(REASON_LENGTH_MAX)]


class TaskAppointmentView(View):
    """When the session was that a task is about."""

    start: Instant
    end: Instant


class TaskReportsView(View):
    """What each party said of it; null where it said nothing."""

    client: Attendance | None
    therapist: Attendance | None


class ResolutionView(View):
    """How a task ended."""

    outcome: Attendance
    reason: str
    resolved_at: Instant


class TaskView(View):
    """A task: the parties of a session differ on whether it took place. resolution: once an admin has decided."""

    id: UUID
    kind: TaskKind
    status: TaskStatus
    therapist_id: UUID | None
    appointment: TaskAppointmentView
    reports: TaskReportsView
    opened_at: Instant
    resolution: ResolutionView | None

    @classmethod
    def of(cls, dispute: Dispute) -> Self:
        """Present a task to an admin."""
        task = dispute.task
        return cls(
            id=task.id,
            kind=task.kind,
            status=TaskStatus.OPEN if task.closed_at is None else TaskStatus.CLOSED,
            therapist_id=task.therapist_id,
            appointment=TaskAppointmentView(start=dispute.starts_at, end=dispute.ends_at),
            reports=TaskReportsView(client=dispute.reports.client, therapist=dispute.reports.therapist),
            opened_at=task.opened_at,
            resolution=_resolution_view(dispute),
        )


def _resolution_view(dispute: Dispute) -> ResolutionView | None:
    task = dispute.task
    if task.closed_at is None or task.resolution is None:
        return None
    return ResolutionView(outcome=Attendance(task.resolution), reason=task.reason or "", resolved_at=task.closed_at)
