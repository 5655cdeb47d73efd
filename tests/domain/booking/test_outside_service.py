from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access.policy import WrongRole
from domain.booking import outside_service
from domain.booking.outside import Where
from domain.booking.states import Kind, Status
from domain.ids import TherapistId
from tests.build import booking
from tests.build.statements import reads
from tests.build.therapists import listed_therapist, profile

NIGHT = 3  # the schedule tests build is 9 to 5


async def book(
    session: AsyncSession, therapist_id: TherapistId, starts_at: datetime, *, status: Status = Status.CONFIRMED
) -> object:
    """Put a session beside the service, and give its id."""
    client = await booking.client(session)
    return await session.scalar(
        booking.row(therapist_id=therapist_id, client_id=client.client_id, starts_at=starts_at, status=status)
    )


async def test_confirmed_sessions_ahead_outside_the_hours_are_listed_by_start(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    late = await book(session, therapist_id, booking.slot(days=9, hour=NIGHT))
    early = await book(session, therapist_id, booking.slot(days=4, hour=NIGHT))
    await book(session, therapist_id, booking.slot(days=4, hour=10))

    found = await outside_service.outside(session, by=booking.acting_therapist(therapist_id), now=now)

    assert [each.booked.appointment_id for each in found] == [early, late]
    assert {each.where for each in found} == {Where.OUTSIDE_HOURS}


async def test_what_is_past_held_over_or_anothers_is_not(session: AsyncSession, now: datetime) -> None:
    therapist_id, another = await listed_therapist(session), await listed_therapist(session)
    await book(session, therapist_id, booking.slot(days=-2, hour=NIGHT))
    await book(session, therapist_id, booking.slot(days=3, hour=NIGHT), status=Status.HELD)
    await book(session, another, booking.slot(days=4, hour=NIGHT))

    assert await outside_service.outside(session, by=booking.acting_therapist(therapist_id), now=now) == ()


async def test_a_group_is_listed_by_its_seats(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    starts_at = booking.slot(hour=NIGHT)
    group_id = await session.scalar(
        booking.row(therapist_id=therapist_id, client_id=None, starts_at=starts_at, kind=Kind.GROUP, capacity=3)
    )
    seats = [
        await session.scalar(
            booking.row(
                therapist_id=therapist_id,
                client_id=(await booking.client(session)).client_id,
                starts_at=starts_at,
                kind=Kind.SEAT,
                group_id=group_id,
                seat_number=number,
                capacity=3,
            )
        )
        for number in (1, 2)
    ]

    found = await outside_service.outside(session, by=booking.acting_therapist(therapist_id), now=now)

    assert [each.booked.appointment_id for each in found] == sorted(seat for seat in seats if seat is not None)


async def test_many_take_as_many_statements_as_one(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    by = booking.acting_therapist(therapist_id)
    await book(session, therapist_id, booking.slot(hour=NIGHT))
    statements = reads(connection)
    await outside_service.outside(session, by=by, now=now)
    for_one = len(statements)
    for number in range(5):
        await book(session, therapist_id, booking.slot(days=4 + number, hour=NIGHT))
    statements.clear()

    found = await outside_service.outside(session, by=by, now=now)

    assert len(found) == 6
    assert len(statements) == for_one <= 4


async def test_without_a_schedule_nothing_lies_outside_it(session: AsyncSession, now: datetime) -> None:
    therapist_id = await profile(session)
    await book(session, therapist_id, now + timedelta(days=3))

    assert await outside_service.outside(session, by=booking.acting_therapist(therapist_id), now=now) == ()


async def test_a_client_has_no_schedule_to_be_outside_of(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(WrongRole):
        await outside_service.outside(session, by=await booking.client(session), now=now)
