"""Both parties, and two admins, who speak at the same moment, on real connections that commit."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from domain.access.actor import Actor, Role
from domain.booking import attendance_service
from domain.booking.refusals import TransitionNotAllowed
from domain.booking.states import Attendance, Status
from domain.booking.tables import AttendanceReport, Booking
from domain.database import Database
from domain.ids import AccountId, BookingId, SessionId, TaskId, uuid7
from domain.tasks.service import TaskClosed
from domain.tasks.tables import Task
from tests.build import accounts, occupied_time, therapists

ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)


async def session_that_was(database: Database) -> tuple[BookingId, Actor, Actor]:
    """Give a session that ended, its client and its therapist."""
    async with database.transaction() as session:
        therapist_id = await therapists.profile(session)
        client_id = await occupied_time.somebody(session)
        booking_id = await occupied_time.session_of(
            session, therapist_id=therapist_id, client_id=client_id, starts_at=NOW - timedelta(hours=2)
        )
    return (
        booking_id,
        Actor(account_id=AccountId(client_id), role=Role.CLIENT, session_id=SessionId(uuid7())),
        Actor(account_id=AccountId(therapist_id), role=Role.THERAPIST, session_id=SessionId(uuid7())),
    )


async def say(database: Database, booking_id: BookingId, outcome: Attendance, by: Actor) -> bool:
    """Say it in a transaction of its own; False where it is not taken."""
    try:
        async with database.transaction() as session:
            await attendance_service.report(
                session, appointment_id=booking_id, outcome=outcome, check=lambda _version: None, by=by, now=NOW
            )
    except TransitionNotAllowed:
        return False
    return True


async def test_of_words_said_at_once_the_first_counts_and_one_task_is_raised(database: Database) -> None:
    for _ in range(ROUNDS):
        booking_id, client, therapist = await session_that_was(database)

        taken = await asyncio.gather(
            say(database, booking_id, Attendance.THERAPIST_NO_SHOW, client),
            say(database, booking_id, Attendance.ATTENDED, therapist),
            say(database, booking_id, Attendance.THERAPIST_NO_SHOW, client),
            say(database, booking_id, Attendance.CLIENT_NO_SHOW, therapist),
        )

        async with database.read() as session:
            row = await session.get_one(Booking, booking_id)
            said = (
                await session.scalars(select(AttendanceReport.outcome).where(AttendanceReport.booking_id == booking_id))
            ).all()
            tasks = (await session.scalars(select(Task).where(Task.subject_id == booking_id))).all()
        assert (taken[0], taken[2], taken[1] != taken[3]) == (True, True, True)
        assert len(said) == 2
        assert row.attendance in said
        assert row.status is (Status.COMPLETED if row.attendance is Attendance.ATTENDED else Status.NO_SHOW)
        assert len(tasks) == 1


async def test_of_two_admins_one_resolves(database: Database) -> None:
    booking_id, client, therapist = await session_that_was(database)
    await say(database, booking_id, Attendance.THERAPIST_NO_SHOW, client)
    await say(database, booking_id, Attendance.ATTENDED, therapist)
    async with database.transaction() as session:
        admins = [await accounts.actor(session, role=Role.ADMIN) for _ in range(2)]
        (task_id,) = await session.scalars(select(Task.id).where(Task.subject_id == booking_id))

    async def resolve(by: Actor, outcome: Attendance, task_id: TaskId = task_id) -> Attendance | None:
        try:
            async with database.transaction() as session:
                await attendance_service.resolve(
                    session,
                    task_id=task_id,
                    outcome=outcome,
                    reason="why",
                    check=lambda _version: None,
                    by=by,
                    now=NOW,
                )
        except TaskClosed:
            return None
        return outcome

    resolved = await asyncio.gather(
        resolve(admins[0], Attendance.ATTENDED), resolve(admins[1], Attendance.CLIENT_NO_SHOW)
    )

    async with database.read() as session:
        row = await session.get_one(Booking, booking_id)
    assert resolved.count(None) == 1
    assert row.attendance in resolved
