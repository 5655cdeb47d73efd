from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.refusals import SlotTaken
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.moves import booked, moved
from tests.build.therapists import listed_therapist

GROUP = session_type(code="group_50", capacity=2)


async def groups(session: AsyncSession, therapist_id: TherapistId) -> list[tuple[datetime, Status]]:
    rows = await session.execute(
        select(func.lower(Booking.during), Booking.status)
        .where(Booking.kind == Kind.GROUP, Booking.therapist_id == therapist_id)
        .order_by(func.lower(Booking.during), Booking.id)
    )
    return [(row[0], row[1]) for row in rows]


async def test_a_seat_moves_to_a_group_made_for_it_and_the_old_one_goes(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(GROUP,), slot_interval=30))
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, session_type="group_50", now=now)
    old = appointment.starts_at
    new = old + timedelta(minutes=30)  # over the time of the group that is left

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert (after.starts_at, after.seat_number) == (new, 1)
    assert await groups(session, therapist_id) == [(old, Status.RELEASED), (new, Status.CONFIRMED)]


async def test_a_seat_joins_a_group_that_meets_and_leaves_the_others_theirs(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(GROUP,)))
    by, others = await client(session), [await client(session) for _ in range(2)]
    old, new = booking.slot(hour=10), booking.slot(hour=13)
    appointment = await booked(session, therapist_id, by=by, session_type="group_50", starts_at=old, now=now)
    await booked(session, therapist_id, by=others[0], session_type="group_50", starts_at=old, now=now)
    there = await booked(session, therapist_id, by=others[1], session_type="group_50", starts_at=new, now=now)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert (after.group_id, after.seat_number) == (there.group_id, 2)
    assert await groups(session, therapist_id) == [(old, Status.CONFIRMED), (new, Status.CONFIRMED)]


async def test_a_full_group_is_taken(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(GROUP,)))
    by = await client(session)
    old, new = booking.slot(hour=10), booking.slot(hour=13)
    appointment = await booked(session, therapist_id, by=by, session_type="group_50", starts_at=old, now=now)
    for _ in range(2):
        other = await client(session)
        await booked(session, therapist_id, by=other, session_type="group_50", starts_at=new, now=now)

    with pytest.raises(SlotTaken):
        await moved(session, appointment, to=new, by=by, now=now)

    assert await groups(session, therapist_id) == [(old, Status.CONFIRMED), (new, Status.CONFIRMED)]
