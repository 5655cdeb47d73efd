"""SQL that goes around the service meets the database's own rules."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.ids import BookingId, ClientId, TherapistId
from tests.build import booking
from tests.build.booking import client
from tests.build.therapists import profile


async def client_id(session: AsyncSession) -> ClientId:
    return (await client(session)).client_id


async def write(session: AsyncSession, row: ReturningInsert[BookingId]) -> BookingId:
    async with session.begin_nested():
        return (await session.scalars(row)).one()


async def refused(session: AsyncSession, row: ReturningInsert[BookingId], *, by: str) -> None:
    with pytest.raises(IntegrityError, match=by):
        await write(session, row)


async def group(session: AsyncSession, *, therapist_id: TherapistId, capacity: int = 2) -> BookingId:
    return await write(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=None,
            starts_at=booking.slot(),
            kind=Kind.GROUP,
            capacity=capacity,
        ),
    )


@pytest.mark.parametrize("minutes", [-49, 0, 49])
@pytest.mark.parametrize("status", [Status.HELD, Status.CONFIRMED])
async def test_a_therapist_is_never_with_two_clients(session: AsyncSession, minutes: int, status: Status) -> None:
    therapist_id = await profile(session)
    starts_at = booking.slot()
    await write(
        session, booking.row(therapist_id=therapist_id, client_id=await client_id(session), starts_at=starts_at)
    )

    await refused(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=await client_id(session),
            starts_at=starts_at + timedelta(minutes=minutes),
            status=status,
        ),
        by="booking_therapist_time_excl",
    )


async def test_buffers_keep_a_therapists_sessions_apart(session: AsyncSession) -> None:
    therapist_id = await profile(session)
    starts_at = booking.slot()
    await write(
        session,
        booking.row(
            therapist_id=therapist_id, client_id=await client_id(session), starts_at=starts_at, buffer_minutes=10
        ),
    )

    await refused(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=await client_id(session),
            starts_at=starts_at + timedelta(minutes=59),
        ),
        by="booking_therapist_time_excl",
    )
    await write(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=await client_id(session),
            starts_at=starts_at + timedelta(minutes=60),
        ),
    )


async def test_a_client_is_never_with_two_therapists(session: AsyncSession) -> None:
    by = await client_id(session)
    starts_at = booking.slot()
    await write(session, booking.row(therapist_id=await profile(session), client_id=by, starts_at=starts_at))

    await refused(
        session,
        booking.row(therapist_id=await profile(session), client_id=by, starts_at=starts_at + timedelta(minutes=49)),
        by="booking_client_time_excl",
    )


async def test_a_clients_sessions_may_touch_though_buffers_overlap(session: AsyncSession) -> None:
    by = await client_id(session)
    starts_at = booking.slot()

    for at in (starts_at, starts_at + timedelta(minutes=50)):
        await write(
            session,
            booking.row(therapist_id=await profile(session), client_id=by, starts_at=at, buffer_minutes=10),
        )


async def test_a_group_and_an_individual_session_exclude_each_other(session: AsyncSession) -> None:
    therapist_id = await profile(session)
    await group(session, therapist_id=therapist_id)

    await refused(
        session,
        booking.row(therapist_id=therapist_id, client_id=await client_id(session), starts_at=booking.slot()),
        by="booking_therapist_time_excl",
    )


async def test_a_cancelled_row_can_not_come_back_over_a_rival(session: AsyncSession) -> None:
    therapist_id = await profile(session)
    starts_at = booking.slot()
    gone = await write(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=await client_id(session),
            starts_at=starts_at,
            status=Status.EXPIRED,
        ),
    )
    await write(
        session, booking.row(therapist_id=therapist_id, client_id=await client_id(session), starts_at=starts_at)
    )

    with pytest.raises(IntegrityError, match="booking_therapist_time_excl"):
        async with session.begin_nested():
            await session.execute(update(Booking).where(Booking.id == gone).values(status=Status.HELD, hold_number=1))


async def test_a_seat_is_taken_once_and_no_seat_is_beyond_the_capacity(session: AsyncSession) -> None:
    therapist_id = await profile(session)
    group_id = await group(session, therapist_id=therapist_id)

    async def seat(number: int, *, capacity: int = 2) -> ReturningInsert[BookingId]:
        return booking.row(
            therapist_id=therapist_id,
            client_id=await client_id(session),
            starts_at=booking.slot(),
            kind=Kind.SEAT,
            group_id=group_id,
            seat_number=number,
            capacity=capacity,
        )

    await write(session, await seat(1))
    await refused(session, await seat(1), by="booking_seat_key")
    await refused(session, await seat(3), by="booking_seat_check")
    await refused(session, await seat(3, capacity=3), by="booking_group_id_fkey")


async def test_a_seat_is_of_its_groups_therapist_and_time(session: AsyncSession) -> None:
    therapist_id = await profile(session)
    group_id = await group(session, therapist_id=therapist_id)

    for other_therapist, later in ((await profile(session), timedelta(0)), (therapist_id, timedelta(minutes=5))):
        await refused(
            session,
            booking.row(
                therapist_id=other_therapist,
                client_id=await client_id(session),
                starts_at=booking.slot() + later,
                kind=Kind.SEAT,
                group_id=group_id,
                seat_number=1,
                capacity=2,
            ),
            by="booking_group_id_fkey",
        )


@pytest.mark.parametrize(
    ("values", "by"),
    [
        ({"status": Status.CANCELLED}, "booking_cancelled_check"),
        ({"confirmed_at": None}, "booking_confirmed_check"),
        ({"status": Status.HELD}, "booking_hold_expires_check|booking_confirmed_check"),
        ({"fee_minor": -1}, "booking_fee_minor_check"),
        ({"fee_minor": None}, "booking_of_client_check"),
        ({"late_fee_percent": 101}, "booking_late_fee_percent_check"),
        ({"client_id": None}, "booking_group_has_no_client_check"),
        ({"note_sealed": b"a note without a cancellation"}, "booking_cancelled_check"),
        ({"version": 0}, "booking_version_check"),
    ],
)
async def test_a_row_that_contradicts_itself_is_refused(
    session: AsyncSession, values: dict[str, object], by: str
) -> None:
    booking_id = await write(
        session,
        booking.row(therapist_id=await profile(session), client_id=await client_id(session), starts_at=booking.slot()),
    )

    with pytest.raises(IntegrityError, match=by):
        async with session.begin_nested():
            await session.execute(update(Booking).where(Booking.id == booking_id).values(**values))
