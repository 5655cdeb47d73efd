from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.booking import book_service, hold_service
from domain.booking.consequences import Booked
from domain.booking.refusals import (
    HoldExpired,
    HoldNotFound,
    LicenseNotValidAtSession,
    OwnTimeOverlaps,
    SlotNotOffered,
    SlotTaken,
    TransitionNotAllowed,
)
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import BookingId, uuid7
from domain.insertion import Insertion
from domain.licensing.licenses import LicenseStatus
from domain.money import Money
from domain.therapists.tables import Therapist
from tests.build import booking, therapists
from tests.build.availability import hours, schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist, schedule_of


class Recorder:
    """A consequence that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[Booked] = []

    def __call__(self, booked: Booked) -> tuple[Insertion, ...]:
        self.told.append(booked)
        return ()


class Broken(Exception):
    """What a consequence may raise."""


def broken(booked: Booked) -> tuple[Insertion, ...]:
    raise Broken


async def test_a_hold_becomes_the_appointment_under_the_same_id(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    booked = await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    assert (booked.id, booked.status, booked.version) == (held.id, Status.CONFIRMED, 2)
    assert booked.confirmed_at is not None


async def test_a_hold_is_a_promise_whatever_the_schedule_says_later(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)
    dearer = session_type(fee=Money(amount=99_900, currency="usd"))
    await schedule_of(
        session,
        therapist_id=therapist_id,
        schedule=schedule(weekly_hours=hours("18:00", "20:00"), session_types=(dearer,)),
    )
    await session.execute(
        update(Therapist).where(Therapist.id == therapist_id).values(accepting_clients=False, caseload_limit=0)
    )

    booked = await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    assert booked.status is Status.CONFIRMED
    assert booked.fee == Money(amount=15_000, currency="usd")


async def test_a_hold_that_has_run_out_is_not_booked_and_names_ways_on(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await booking.run_out(session, hold_id=held.id)

    with pytest.raises(HoldExpired) as refused:
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    assert booking.slot() in {offer.starts_at for offer in refused.value.alternatives}


async def test_a_hold_is_booked_once(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    with pytest.raises(TransitionNotAllowed) as refused:
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    assert refused.value.appointment_id == held.id


async def test_a_hold_of_somebody_else_or_released_can_not_be_booked(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    stranger = await client(session)

    with pytest.raises(HoldNotFound):
        await book_service.book_held(session, hold_id=held.id, by=stranger, now=now, after=())
    with pytest.raises(HoldNotFound):
        await book_service.book_held(session, hold_id=BookingId(uuid7()), by=by, now=now, after=())
    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)
    with pytest.raises(HoldNotFound):
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())


async def test_a_license_lost_meanwhile_stops_the_booking(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)
    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)

    with pytest.raises(LicenseNotValidAtSession):
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())


async def test_a_therapist_who_went_out_of_sight_is_not_booked(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)
    await session.execute(update(Therapist).where(Therapist.id == therapist_id).values(visible=False))

    with pytest.raises(SlotNotOffered):
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())


async def test_booking_straight_away_takes_the_time(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session))

    booked = await book_service.book(session, wanted=wanted, by=await client(session), now=now, after=())

    assert (booked.status, booked.held_at, booked.expires_at) == (Status.CONFIRMED, None, None)
    with pytest.raises(SlotTaken):
        await book_service.book(session, wanted=wanted, by=await client(session), now=now, after=())


async def test_booking_straight_away_what_one_holds_confirms_the_hold(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    wanted = booking.wanted(await listed_therapist(session))
    held = await hold_service.hold(session, wanted=wanted, by=by, now=now)

    booked = await book_service.book(session, wanted=wanted, by=by, now=now, after=())

    assert (booked.id, booked.status) == (held.id, Status.CONFIRMED)


async def test_booking_another_kind_than_one_holds_is_a_conflict(session: AsyncSession, now: datetime) -> None:
    kinds = (session_type(), session_type(code="long_80", minutes=80))
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=kinds))
    by = await client(session)
    await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)

    with pytest.raises(OwnTimeOverlaps):
        await book_service.book(
            session, wanted=booking.wanted(therapist_id, session_type="long_80"), by=by, now=now, after=()
        )


async def test_a_consequence_is_told_whether_it_is_the_first_session(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    recorder = Recorder()
    starts = (booking.slot(), booking.slot(days=10))

    booked = [
        await book_service.book(
            session, wanted=booking.wanted(therapist_id, starts_at=at), by=by, now=now, after=(recorder,)
        )
        for at in starts
    ]

    assert [told.booking_id for told in recorder.told] == [each.id for each in booked]
    assert [told.first_with_therapist for told in recorder.told] == [True, False]
    assert recorder.told[0].starts_at == starts[0]


async def test_a_consequence_that_fails_undoes_the_booking(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session))
    by = await client(session)

    with pytest.raises(Broken):
        async with session.begin_nested():
            await book_service.book(session, wanted=wanted, by=by, now=now, after=(broken,))

    assert (await session.scalars(select(Booking).where(Booking.client_id == by.client_id))).all() == []


async def test_a_booking_is_written_to_the_audit(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    wanted = booking.wanted(await listed_therapist(session))

    booked = await book_service.book(session, wanted=wanted, by=by, now=now, after=())

    entries = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == booked.id))
    assert entries.all() == [Action.APPOINTMENT_BOOK]
