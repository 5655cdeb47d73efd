"""Sessions of which nobody said a word, and groups of which some did."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.booking import attendance_queries, attendance_service, occupation_queries
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.database import Database
from domain.ids import BookingId
from tests.build import occupied_time, therapists

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)  # before any session that other tests leave behind


async def ended(session: AsyncSession, *, ago: timedelta, status: Status = Status.CONFIRMED) -> BookingId:
    """Store a session of 50 minutes that ended so long before NOW."""
    return await occupied_time.session_of(
        session,
        therapist_id=await therapists.profile(session),
        client_id=await occupied_time.somebody(session),
        starts_at=NOW - ago - timedelta(minutes=50),
        status=status,
    )


async def status_of(session: AsyncSession, booking_id: BookingId) -> tuple[Status, int]:
    row = await session.get_one(Booking, booking_id, populate_existing=True)
    assert row.attendance is None
    return row.status, row.version


async def test_two_days_after_the_end_a_session_without_a_word_is_completed(session: AsyncSession) -> None:
    over = await ended(session, ago=timedelta(hours=48))
    not_yet = await ended(session, ago=timedelta(hours=48) - timedelta(seconds=1))
    cancelled_hold = await ended(session, ago=timedelta(days=5), status=Status.RELEASED)

    count = await attendance_service.complete_unattended(session, now=NOW)
    again = await attendance_service.complete_unattended(session, now=NOW)

    assert (count, again) == (1, 0)
    assert await status_of(session, over) == (Status.COMPLETED, 2)
    assert await status_of(session, not_yet) == (Status.CONFIRMED, 1)
    assert await status_of(session, cancelled_hold) == (Status.RELEASED, 1)


async def test_a_batch_takes_the_oldest_and_no_more_than_it_may(session: AsyncSession) -> None:
    days = (3, 5, 4, 6)
    over = {each: await ended(session, ago=timedelta(days=each)) for each in days}

    completed = await attendance_queries.complete_unattended(
        session, ended_before=NOW - timedelta(hours=48), limit=2, now=NOW
    )

    assert sorted(completed) == sorted((over[6], over[5]))


async def test_that_the_service_completed_it_is_audited(session: AsyncSession) -> None:
    over = await ended(session, ago=timedelta(days=3))

    await attendance_service.complete_unattended(session, now=NOW)
    await session.flush()

    (entry,) = await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == over))
    assert (entry.action, entry.actor_id) == (Action.APPOINTMENT_COMPLETE, None)


async def test_a_groups_own_row_is_never_completed_and_its_seats_are(session: AsyncSession) -> None:
    group_id = await occupied_time.group_of(
        session,
        therapist_id=await therapists.profile(session),
        starts_at=NOW - timedelta(days=3),
        session_type="group",
        minutes=90,
        capacity=4,
    )
    seat = await occupied_time.seat_in(
        session, group_id=group_id, number=1, client_id=await occupied_time.somebody(session)
    )

    await attendance_service.complete_unattended(session, now=NOW)

    assert await status_of(session, seat) == (Status.COMPLETED, 2)
    assert await status_of(session, group_id) == (Status.CONFIRMED, 1)


async def test_a_group_in_which_somebody_sat_stays_when_the_last_seat_that_lives_goes(session: AsyncSession) -> None:
    async def group_with(*statuses: Status) -> BookingId:
        group_id = await occupied_time.group_of(
            session,
            therapist_id=await therapists.profile(session),
            starts_at=NOW,
            session_type="group",
            minutes=90,
            capacity=4,
        )
        for number, status in enumerate(statuses, 1):
            client_id = await occupied_time.somebody(session)
            await occupied_time.seat_in(session, group_id=group_id, number=number, client_id=client_id, status=status)
        return group_id

    sat, missed, empty = (
        await group_with(Status.COMPLETED),
        await group_with(Status.NO_SHOW, Status.RELEASED),
        await group_with(Status.RELEASED),
    )

    await occupation_queries.release_empty_groups(session, group_ids=[sat, missed, empty], now=NOW)

    assert [(await status_of(session, each))[0] for each in (sat, missed, empty)] == [
        Status.CONFIRMED,
        Status.CONFIRMED,
        Status.RELEASED,
    ]


async def test_sessions_locked_elsewhere_are_left_for_the_next_sweep(database: Database) -> None:
    async with database.transaction() as session:
        locked = await ended(session, ago=timedelta(days=3))
        free = await ended(session, ago=timedelta(days=4))

    async with database.write() as elsewhere, database.transaction() as session:
        await elsewhere.execute(select(Booking.id).where(Booking.id == locked).with_for_update())
        await attendance_service.complete_unattended(session, now=NOW)
        statuses = {each: (await status_of(session, each))[0] for each in (locked, free)}
        await elsewhere.rollback()

    async with database.transaction() as session:
        await attendance_service.complete_unattended(session, now=NOW)
        then = (await status_of(session, locked))[0]
    assert (statuses, then) == ({locked: Status.CONFIRMED, free: Status.COMPLETED}, Status.COMPLETED)
