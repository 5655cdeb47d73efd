"""What waits for an admin: what it is about, as an id, and how it ended. No client's words and no client's name."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import AccountId, TaskId, TherapistId


class TaskKind(StrEnum):
    """Every kind of task there is."""

    ATTENDANCE_DISPUTE = "attendance_dispute"


class Task(Base):
    """Something an admin is to look at. subject_id: the row it is about, which has one open task of a kind."""

    __tablename__ = "admin_task"

    id: Mapped[TaskId] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(stored_enum(TaskKind))
    subject_id: Mapped[UUID]
    therapist_id: Mapped[TherapistId | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[AccountId | None]
    resolution: Mapped[str | None]
    reason: Mapped[str | None]
    version: Mapped[int]
