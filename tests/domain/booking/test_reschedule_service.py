from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.availability import wall_clock
from domain.booking import hold_service
from domain.booking.consequences import Moved
from domain.booking.refusals import (
    AppointmentNotFound,
    LicenseNotValidAtSession,
    OwnTimeOverlaps,
    SlotNotOffered,
    SlotTaken,
    TransitionNotAllowed,
)
from domain.booking.states import Status
from domain.money import Money
from domain.therapists.tables import Therapist
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.moves import Recorder, booked, moved, times
from tests.build.therapists import listed_therapist, schedule_of


async def test_a_moved_appointment_keeps_its_id_and_frees_its_old_time(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    old, new = booking.slot(hour=10), booking.slot(hour=13)
    appointment = await booked(session, therapist_id, by=by, starts_at=old, now=now)
    recorder = Recorder()

    after = await moved(session, appointment, to=new, by=by, now=now, recorder=recorder)
    again = await hold_service.hold(
        session, wanted=booking.wanted(therapist_id, starts_at=old), by=await client(session), now=now
    )

    assert (after.id, after.starts_at, after.ends_at) == (appointment.id, new, new + timedelta(minutes=50))
    assert (after.status, after.version, after.updated_at) == (Status.CONFIRMED, 2, now)
    assert after.wall_start.time() == time(13)
    assert again.status is Status.HELD
    assert recorder.told == [Moved(booking_id=appointment.id, starts_at=new, now=now)]


async def test_a_session_moves_over_its_own_old_time(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(slot_interval=30))
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    new = appointment.starts_at + timedelta(minutes=30)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert after.starts_at == new


async def test_moving_to_the_very_same_time_changes_nothing(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)
    recorder = Recorder()

    after = await moved(session, appointment, to=appointment.starts_at, by=by, now=now, recorder=recorder)

    assert (after.starts_at, after.version) == (appointment.starts_at, 1)
    assert recorder.told == []


async def test_fee_and_terms_stay_while_length_and_buffers_are_those_of_now(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    dearer = session_type(minutes=60, before=15, after=0, fee=Money(amount=99_000, currency="usd"))
    await schedule_of(session, therapist_id=therapist_id, schedule=schedule(session_types=(dearer,)))
    new = booking.slot(hour=14)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert after.fee == Money(amount=15_000, currency="usd")
    assert after.ends_at == new + timedelta(minutes=60)
    assert after.occupied.lower == new - timedelta(minutes=15)
    assert after.occupied.upper == new + timedelta(minutes=60)


async def test_wall_time_and_zone_are_written_anew(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    await schedule_of(session, therapist_id=therapist_id, schedule=schedule(zone="America/Chicago"))

    after = await moved(session, appointment, to=booking.slot(hour=14), by=by, now=now)

    assert (after.zone, after.wall_start.time()) == ("America/Chicago", time(13))


async def test_the_wall_stays_over_a_change_of_the_clock(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    before, behind = days_around_a_change(now)
    old, new = (wall_clock.instant(datetime.combine(on, time(10)), booking.ZONE) for on in (before, behind))
    assert old is not None
    assert new is not None
    assert (new - old) % timedelta(days=1) != timedelta(0)
    appointment = await booked(session, therapist_id, by=by, starts_at=old, now=now)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert after.wall_start == datetime.combine(behind, time(10))
    with pytest.raises(SlotNotOffered):  # the same clock time reckoned with the old offset
        await moved(session, appointment, to=new + timedelta(minutes=30), by=by, now=now)


def days_around_a_change(now: datetime) -> tuple[date, date]:
    """Give the days before and after the next change of New York's clocks."""
    today = wall_clock.local(now, booking.ZONE).date()
    for ahead in range(3, 300):
        days = (today + timedelta(days=ahead), today + timedelta(days=ahead + 2))
        noons = [wall_clock.instant(datetime.combine(on, time(12)), booking.ZONE) for on in days]
        if None not in noons and noons[1] - noons[0] != timedelta(days=2):  # type: ignore[operator]  # none is None
            return days
    raise AssertionError


async def test_a_rivals_time_is_taken_and_the_appointment_stays(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by, rival = await client(session), await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    new = booking.slot(hour=13)
    await hold_service.hold(session, wanted=booking.wanted(therapist_id, starts_at=new), by=rival, now=now)
    old = appointment.starts_at

    with pytest.raises(SlotTaken) as refused:
        await moved(session, appointment, to=new, by=by, now=now)

    assert len(refused.value.alternatives) == 3
    assert old not in {each.starts_at for each in refused.value.alternatives}
    assert await times(session, appointment.id) == (old, 1)


async def test_a_hold_that_has_run_out_makes_way(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by, rival = await client(session), await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    new = booking.slot(hour=13)
    stale = await hold_service.hold(session, wanted=booking.wanted(therapist_id, starts_at=new), by=rival, now=now)
    await booking.run_out(session, hold_id=stale.id)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert after.starts_at == new


async def test_ones_own_other_session_is_a_conflict(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    new = booking.slot(hour=13)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)
    other = await booked(session, await listed_therapist(session), by=by, starts_at=new, now=now)

    with pytest.raises(OwnTimeOverlaps) as refused:
        await moved(session, appointment, to=new, by=by, now=now)

    assert refused.value.appointment_id == other.id


async def test_hours_bind_the_new_time(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(SlotNotOffered) as refused:
        await moved(session, appointment, to=booking.slot(hour=20), by=by, now=now)

    assert refused.value.alternatives


async def test_the_license_binds_the_new_time_for_the_place_of_the_appointment(
    session: AsyncSession, now: datetime
) -> None:
    ends = wall_clock.local(now, booking.ZONE).date() + timedelta(days=10)
    therapist_id = await listed_therapist(session, expires_on=ends)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)

    with pytest.raises(LicenseNotValidAtSession):
        await moved(session, appointment, to=booking.slot(days=20), by=by, now=now)


async def test_its_own_session_does_not_count_against_the_day(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=2))
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    other = await client(session)
    await booked(session, therapist_id, by=other, starts_at=booking.slot(hour=12), now=now)
    new = booking.slot(hour=14)

    after = await moved(session, appointment, to=new, by=by, now=now)

    assert after.starts_at == new


async def test_a_full_day_takes_no_session_from_another_day(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=1))
    by, other = await client(session), await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    await booked(session, therapist_id, by=other, starts_at=booking.slot(days=4, hour=12), now=now)

    with pytest.raises(SlotNotOffered):
        await moved(session, appointment, to=booking.slot(days=4, hour=14), by=by, now=now)


async def test_a_session_type_that_is_gone_can_not_be_moved(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    await schedule_of(
        session, therapist_id=therapist_id, schedule=schedule(session_types=(session_type(code="other_50"),))
    )

    with pytest.raises(SlotNotOffered):
        await moved(session, appointment, to=booking.slot(hour=13), by=by, now=now)


async def test_a_session_type_that_became_a_group_can_not_be_moved(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    await schedule_of(session, therapist_id=therapist_id, schedule=schedule(session_types=(session_type(capacity=5),)))

    with pytest.raises(SlotNotOffered):
        await moved(session, appointment, to=booking.slot(hour=13), by=by, now=now)


async def test_with_a_therapist_who_is_not_listed_any_more_it_stays(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    (await session.get_one(Therapist, therapist_id)).visible = False
    await session.flush()

    with pytest.raises(SlotNotOffered):
        await moved(session, appointment, to=booking.slot(hour=13), by=by, now=now)


async def test_what_has_started_can_not_be_moved(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(TransitionNotAllowed):
        await moved(session, appointment, to=booking.slot(hour=13), by=by, now=appointment.starts_at)


async def test_to_everybody_else_there_is_no_appointment(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id, by=by, now=now)
    held = await hold_service.hold(
        session, wanted=booking.wanted(therapist_id, starts_at=booking.slot(hour=15)), by=by, now=now
    )

    with pytest.raises(AppointmentNotFound):
        await moved(session, appointment, to=booking.slot(hour=13), by=await client(session), now=now)
    with pytest.raises(AppointmentNotFound):
        await moved(session, held, to=booking.slot(hour=13), by=by, now=now)
    with pytest.raises(WrongRole):
        await moved(session, appointment, to=booking.slot(hour=13), by=booking.acting_therapist(therapist_id), now=now)


async def test_the_audit_says_who_moved_what(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)

    await moved(session, appointment, to=booking.slot(hour=13), by=by, now=now)
    await session.flush()

    entries = await session.scalars(
        select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == by.account_id, AuditEntry.action == Action.APPOINTMENT_RESCHEDULE
        )
    )
    assert list(entries) == [appointment.id]


async def test_an_offset_of_any_kind_names_the_same_instant(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)
    new = booking.slot(hour=13)

    after = await moved(session, appointment, to=new.astimezone(wall_clock.zone("Asia/Kolkata")), by=by, now=now)

    assert after.starts_at == new.astimezone(UTC)
