from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import book_service, cancel_service, hold_service, service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import OwnTimeOverlaps, SlotTaken
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.booking.wanted import Wanted
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist

KINDS = (session_type(), session_type(code="group_90", minutes=90, after=15, capacity=2))


async def group_therapist(session: AsyncSession) -> TherapistId:
    return await listed_therapist(session, schedule=schedule(session_types=KINDS))


def seat(therapist_id: TherapistId) -> Wanted:
    return booking.wanted(therapist_id, session_type="group_90")


async def hold_seat(session: AsyncSession, therapist_id: TherapistId, *, by: Actor, now: datetime) -> Booking:
    return await hold_service.hold(session, wanted=seat(therapist_id), by=by, now=now)


async def groups(session: AsyncSession, therapist_id: TherapistId) -> list[Status]:
    own = select(Booking.status).where(Booking.kind == Kind.GROUP, Booking.therapist_id == therapist_id)
    return list(await session.scalars(own.order_by(Booking.id)))


async def test_seats_are_numbered_and_hang_on_one_group(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)

    seats = [await hold_seat(session, therapist_id, by=await client(session), now=now) for _ in range(2)]

    assert [(each.kind, each.seat_number, each.capacity) for each in seats] == [(Kind.SEAT, 1, 2), (Kind.SEAT, 2, 2)]
    assert seats[0].group_id == seats[1].group_id
    assert await groups(session, therapist_id) == [Status.CONFIRMED]


async def test_a_full_group_is_taken(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    for _ in range(2):
        await hold_seat(session, therapist_id, by=await client(session), now=now)

    with pytest.raises(SlotTaken) as refused:
        await hold_seat(session, therapist_id, by=await client(session), now=now)

    assert refused.value.alternatives


async def test_a_group_shuts_the_therapists_time_for_others(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    await hold_seat(session, therapist_id, by=await client(session), now=now)

    with pytest.raises(SlotTaken):
        await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)


async def test_an_individual_session_shuts_out_the_group(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)

    with pytest.raises(SlotTaken):
        await hold_seat(session, therapist_id, by=await client(session), now=now)


async def test_one_client_takes_one_seat(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    by = await client(session)
    await hold_seat(session, therapist_id, by=by, now=now)

    with pytest.raises(OwnTimeOverlaps):
        await hold_seat(session, therapist_id, by=by, now=now)


async def test_the_lowest_free_seat_is_given(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await group_therapist(session)
    first = await client(session)
    held = await hold_seat(session, therapist_id, by=first, now=now)
    await hold_seat(session, therapist_id, by=await client(session), now=now)
    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=first, now=now)

    again = await hold_seat(session, therapist_id, by=await client(session), now=now)

    assert (again.seat_number, again.group_id) == (1, held.group_id)


async def test_the_group_goes_with_its_last_released_seat(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await group_therapist(session)
    by = await client(session)
    held = await hold_seat(session, therapist_id, by=by, now=now)

    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)
    individual = await hold_service.hold(
        session, wanted=booking.wanted(therapist_id), by=await client(session), now=now
    )

    assert await groups(session, therapist_id) == [Status.RELEASED]
    assert individual.status is Status.HELD


async def test_the_group_goes_with_its_last_cancelled_seat(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await group_therapist(session)
    people = [await client(session) for _ in range(2)]
    seats = [await book_service.book(session, wanted=seat(therapist_id), by=by, now=now, after=()) for by in people]
    seen: list[list[Status]] = []

    for by, booked in zip(people, seats, strict=True):
        await cancel_service.cancel(
            session,
            appointment_id=booked.id,
            request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
            vault=parts.vault,
            by=by,
            now=now,
        )
        seen.append(await groups(session, therapist_id))

    assert seen == [[Status.CONFIRMED], [Status.RELEASED]]


async def test_expired_seats_go_and_their_group_with_them(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    stale = [await hold_seat(session, therapist_id, by=await client(session), now=now) for _ in range(2)]
    for each in stale:
        await booking.run_out(session, hold_id=each.id)

    individual = await hold_service.hold(
        session, wanted=booking.wanted(therapist_id), by=await client(session), now=now
    )

    assert individual.status is Status.HELD
    assert await groups(session, therapist_id) == [Status.RELEASED]


async def test_an_expired_seat_makes_room_in_a_full_group(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    stale = await hold_seat(session, therapist_id, by=await client(session), now=now)
    await hold_seat(session, therapist_id, by=await client(session), now=now)
    await booking.run_out(session, hold_id=stale.id)

    held = await hold_seat(session, therapist_id, by=await client(session), now=now)

    assert (held.seat_number, held.group_id) == (1, stale.group_id)


async def test_a_therapist_sees_the_seats_and_not_the_group(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_therapist(session)
    seats = [
        await book_service.book(session, wanted=seat(therapist_id), by=await client(session), now=now, after=())
        for _ in range(2)
    ]

    seen = await service.appointments(
        session,
        statuses=tuple(Status),
        starts_from=None,
        starts_before=None,
        after=None,
        limit=10,
        by=booking.acting_therapist(therapist_id),
    )

    assert {each.id for each in seen} == {each.id for each in seats}
