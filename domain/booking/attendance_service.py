"""Take the parties' word on whether a session took place, and let an admin decide where the two differ.

Locks: the appointment's group and the appointment, then the task about it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import attendance, attendance_queries, ending_queries, queries, states
from domain.booking.attendance import COMPLETED_AFTER, Reports, Weight
from domain.booking.refusals import AppointmentNotFound, TransitionNotAllowed
from domain.booking.states import Attendance
from domain.booking.tables import AttendanceReport, Booking
from domain.booking.terms import Party
from domain.errors import Flaw, Invalid
from domain.ids import BookingId, TaskId
from domain.tasks import service as tasks
from domain.tasks.service import Resolution
from domain.tasks.tables import Task, TaskKind

COMPLETED_AT_ONCE: Final = 200


class OutcomeNotYours(Invalid):
    """A client says only that the therapist was not there."""

    def __init__(self) -> None:
        super().__init__(
            Flaw(
                pointer="/outcome",
                detail=(
                    "As a client you say only therapist_no_show. If you met, there is nothing to do: without a word "
                    "the session counts as completed two days later."
                ),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A session on which its parties differ, as an admin may see it: nothing of the client."""

    task: Task
    starts_at: datetime
    ends_at: datetime
    reports: Reports


async def report(
    session: AsyncSession,
    *,
    appointment_id: BookingId,
    outcome: Attendance,
    check: Callable[[int], None],
    by: Actor,
    now: datetime,
) -> Booking:
    """Take one party's word on a session that has begun, and give the appointment as it then is.

    check: is given the version found, and may refuse it. Raises AppointmentNotFound, OutcomeNotYours,
    TransitionNotAllowed before the start, when it was cancelled, 30 days after the end, or for a second word.
    """
    policy.require(by, Action.APPOINTMENT_ATTEND)
    found = await queries.appointment(session, appointment_id=appointment_id, of=by)
    if found is None:
        raise AppointmentNotFound
    party = Party.THERAPIST if by.role is Role.THERAPIST else Party.CLIENT
    if not attendance.may_say(party, outcome):
        raise OutcomeNotYours
    locked = await ending_queries.lock_appointment(session, appointment=found)
    check(locked.version)
    said = (await attendance_queries.reports(session, booking_ids=(locked.id,)))[locked.id]
    weight = attendance.weigh(said, party=party, outcome=outcome)
    if weight is Weight.SAID_BEFORE:
        return locked
    _require_reportable(locked, weight=weight, outcome=outcome, now=now)
    session.add(AttendanceReport(booking_id=locked.id, party=party, outcome=outcome, reported_at=now))
    await session.flush()
    audit.record(
        session, by=by, action=Action.APPOINTMENT_ATTEND, subject_kind="booking", subject_id=locked.id, now=now
    )
    return await _weighed(session, appointment=locked, weight=weight, outcome=outcome, now=now)


async def complete_unattended(session: AsyncSession, *, now: datetime) -> int:
    """Complete a batch of sessions of which nobody said a word for 48 hours, the oldest first; give how many."""
    completed = await attendance_queries.complete_unattended(
        session, ended_before=now - COMPLETED_AFTER, limit=COMPLETED_AT_ONCE, now=now
    )
    for booking_id in completed:
        audit.record(
            session, by=None, action=Action.APPOINTMENT_COMPLETE, subject_kind="booking", subject_id=booking_id, now=now
        )
    return len(completed)


async def disputes(
    session: AsyncSession, *, is_open: bool, after: tuple[datetime, TaskId] | None, limit: int, by: Actor
) -> Sequence[Dispute]:
    """List sessions on which the parties differ or differed, the oldest task first. Raises WrongRole."""
    found = await tasks.tasks(
        session, kind=TaskKind.ATTENDANCE_DISPUTE, is_open=is_open, after=after, limit=limit, by=by
    )
    return await _as_disputes(session, found)


async def dispute(session: AsyncSession, *, task_id: TaskId, by: Actor) -> Dispute:
    """Give one of them. Raises WrongRole, TaskNotFound."""
    (found,) = await _as_disputes(session, (await tasks.task(session, task_id=task_id, by=by),))
    return found


async def resolve(
    session: AsyncSession,
    *,
    task_id: TaskId,
    outcome: Attendance,
    reason: str,
    check: Callable[[int], None],
    by: Actor,
    now: datetime,
) -> Dispute:
    """Let an admin say whether the session took place: the appointment follows, and the task is closed.

    check: is given the task's version, and may refuse it. Raises WrongRole, TaskNotFound, TaskClosed.
    """
    meant = await tasks.task(session, task_id=task_id, by=by)
    booking_id = BookingId(meant.subject_id)
    about = (await attendance_queries.times(session, booking_ids=(booking_id,)))[booking_id]
    appointment = await ending_queries.lock_appointment(session, appointment=about)
    task = await tasks.task_to_close(session, task_id=task_id, by=by)
    check(task.version)
    await _set(session, appointment=appointment, outcome=outcome, now=now)
    await tasks.close(session, task=task, resolution=Resolution(outcome=outcome.value, reason=reason), by=by, now=now)
    (resolved,) = await _as_disputes(session, (task,))
    return resolved


def _require_reportable(appointment: Booking, *, weight: Weight, outcome: Attendance, now: datetime) -> None:
    """Refuse a word that comes too early or too late, or is a second one. Raises TransitionNotAllowed."""
    if weight is Weight.TAKEN_BACK:
        detail = "You have said otherwise before; each party says it once. An admin settles it where the two differ."
        raise TransitionNotAllowed(detail, appointment_id=appointment.id)
    if states.after(appointment.status, attendance.event_of(outcome)) is None:
        raise TransitionNotAllowed(f"The appointment is {appointment.status}.", appointment_id=appointment.id)
    if now < appointment.starts_at:
        raise TransitionNotAllowed("The session has not started yet; say it then.", appointment_id=appointment.id)
    if not attendance.is_open(starts_at=appointment.starts_at, ends_at=appointment.ends_at, now=now):
        raise TransitionNotAllowed(
            "The session ended more than 30 days ago; what was recorded stays.", appointment_id=appointment.id
        )


async def _weighed(
    session: AsyncSession, *, appointment: Booking, weight: Weight, outcome: Attendance, now: datetime
) -> Booking:
    """Do what a new word does."""
    if weight is Weight.FIRST:
        return await _set(session, appointment=appointment, outcome=outcome, now=now)
    if weight is Weight.DIFFERS:
        await tasks.open_task(
            session,
            kind=TaskKind.ATTENDANCE_DISPUTE,
            subject_id=appointment.id,
            therapist_id=appointment.therapist_id,
            now=now,
        )
        # that it is disputed shows in the appointment, so it is another version of it
        return await attendance_queries.write(
            session, booking=appointment, status=appointment.status, outcome=appointment.attendance, now=now
        )
    return appointment


async def _set(session: AsyncSession, *, appointment: Booking, outcome: Attendance, now: datetime) -> Booking:
    """Set whether a locked appointment took place. Raises TransitionNotAllowed."""
    status = states.after(appointment.status, attendance.event_of(outcome))
    if status is None:
        raise TransitionNotAllowed(f"The appointment is {appointment.status}.", appointment_id=appointment.id)
    return await attendance_queries.write(session, booking=appointment, status=status, outcome=outcome, now=now)


async def _as_disputes(session: AsyncSession, found: Sequence[Task]) -> Sequence[Dispute]:
    booking_ids = [BookingId(each.subject_id) for each in found]
    if not booking_ids:
        return []
    about = await attendance_queries.times(session, booking_ids=booking_ids)
    said = await attendance_queries.reports(session, booking_ids=booking_ids)
    return [
        Dispute(
            task=each,
            starts_at=about[booking_id].starts_at,
            ends_at=about[booking_id].ends_at,
            reports=said[booking_id],
        )
        for each, booking_id in zip(found, booking_ids, strict=True)
    ]
