"""Kinds of jobs, and a job as a row: for what is enqueued in the statement that causes it.

The row is that of the queue's own table (`domain/queue.py`); its trigger tells the workers.
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.insertion import Insertion, Shape

SHAPE: Final = Shape(
    table="pgqueuer",
    columns=(
        ("priority", "integer"),
        ("status", "pgqueuer_status"),
        ("entrypoint", "text"),
        ("payload", "bytea"),
        ("dedupe_key", "text"),
    ),
)


class JobName(StrEnum):
    """Every kind of job there is."""

    NOTICE_DELIVER = "notice.deliver"
    BOOKING_CONFIRMED = "booking.confirmed"
    PRACTICE_REVIEW = "practice.review"
    PERMISSIONS_REWRITE = "permissions.rewrite"
    WAITLIST_OFFER = "waitlist.offer"


def insertion(*, job: JobName, row_id: UUID) -> Insertion:
    """Make the row that enqueues a job about a new row, to be written in the statement that makes that one."""
    return Insertion(shape=SHAPE, values=(0, "queued", job.value, row_id.bytes, f"{job.value}:{row_id}"))
