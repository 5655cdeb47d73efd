from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access.actor import Actor, Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.availability import service
from domain.availability.schedule import ScheduleImpossible, Weekday
from domain.availability.service import ProfileNeeded, ScheduleNotFound
from domain.availability.tables import ScheduleRow, SessionTypeRow, WeeklyHoursRow
from domain.ids import AccountId
from tests.build import accounts, therapists
from tests.build.availability import hours, schedule, session_type
from tests.build.statements import reads

TWO_KINDS = schedule(
    weekly_hours=(*hours("09:00", "12:00", Weekday.MONDAY), *hours("22:00", "02:00", Weekday.SUNDAY)),
    session_types=(session_type(code="b_first"), session_type(code="a_second", minutes=80, capacity=6)),
    daily_limit=4,
)


async def a_therapist(session: AsyncSession) -> Actor:
    therapist_id = await therapists.profile(session)
    return await accounts.actor(session, role=Role.THERAPIST, of=AccountId(therapist_id))


async def test_a_schedule_comes_back_as_it_was_given(session: AsyncSession, now: datetime) -> None:
    by = await a_therapist(session)

    put = await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)

    assert await service.own_schedule(session, by=by) == put
    assert (put.schedule, put.version) == (TWO_KINDS, 1)


async def test_a_new_schedule_replaces_the_old_one_whole(session: AsyncSession, now: datetime) -> None:
    by = await a_therapist(session)
    await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)
    without_hours = replace(schedule(), weekly_hours=())

    put = await service.put_schedule(session, schedule=without_hours, by=by, now=now)

    assert (await service.own_schedule(session, by=by)).schedule == without_hours
    assert put.version == 2


async def test_every_change_is_audited(session: AsyncSession, now: datetime) -> None:
    by = await a_therapist(session)

    await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)

    own = select(AuditEntry.subject_id).where(
        AuditEntry.actor_id == by.account_id, AuditEntry.action == Action.SCHEDULE_WRITE
    )
    assert (await session.scalars(own)).all() == [by.account_id]


async def test_an_impossible_schedule_is_refused_and_nothing_is_stored(session: AsyncSession, now: datetime) -> None:
    by = await a_therapist(session)

    with pytest.raises(ScheduleImpossible) as refused:
        await service.put_schedule(session, schedule=replace(TWO_KINDS, zone="Mars/Olympus"), by=by, now=now)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/time_zone"]
    for table in (ScheduleRow, WeeklyHoursRow, SessionTypeRow):
        assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_a_schedule_needs_a_profile(session: AsyncSession, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)

    with pytest.raises(ProfileNeeded):
        await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)


async def test_a_client_has_no_schedule_to_write_or_read(session: AsyncSession, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.CLIENT)

    with pytest.raises(WrongRole):
        await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)
    with pytest.raises(WrongRole):
        await service.own_schedule(session, by=by)


async def test_before_the_first_schedule_there_is_none_to_read(session: AsyncSession) -> None:
    by = await a_therapist(session)

    with pytest.raises(ScheduleNotFound):
        await service.own_schedule(session, by=by)


async def test_schedules_of_many_take_two_statements(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    several = [await a_therapist(session) for _ in range(5)]
    for by in several[:4]:
        await service.put_schedule(session, schedule=TWO_KINDS, by=by, now=now)
    statements = reads(connection)

    found = await service.schedules_of(session, therapist_ids=[by.therapist_id for by in several])

    assert found == {by.therapist_id: TWO_KINDS for by in several[:4]}
    assert len(statements) == 2
