from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.booking import cancel_service, hold_service, series_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import SlotNotOffered, WeeksRefused
from domain.booking.series import OnConflict, Reason, Scope, WeekRefused
from domain.booking.series_service import NoSeries, SeriesWanted
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.moves import VAULT, booked, moved, shifted, times
from tests.build.therapists import listed_therapist, schedule_of

HALF_HOURS = schedule(slot_interval=30)


def week(number: int, *, hour: int = 10, minute: int = 0, days: int = 3) -> datetime:
    """Give the start of a week of the series, counted from 0."""
    return booking.slot(days=days + 7 * number, hour=hour, minute=minute)


async def standing(
    session: AsyncSession,
    therapist_id: TherapistId,
    *,
    by: Actor,
    now: datetime,
    weeks: int = 4,
    session_type: str = "individual_50",
) -> list[Booking]:
    first = booking.wanted(therapist_id, starts_at=week(0), session_type=session_type)
    found = await series_service.create(
        session, wanted=SeriesWanted(first=first, weeks=weeks, on_conflict=OnConflict.ABORT), by=by, now=now, after=()
    )
    return list(found.appointments)


async def starts(session: AsyncSession, rows: list[Booking]) -> list[datetime]:
    return [(await times(session, row.id))[0] for row in rows]


async def test_this_and_later_move_by_the_wall(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, weeks=26, now=now)

    changed = await shifted(session, rows[1], to=week(1, hour=15, days=4), scope=Scope.THIS_AND_LATER, by=by, now=now)

    assert [row.id for row in changed] == [row.id for row in rows[1:]]
    assert await starts(session, rows) == [week(0), *(week(number, hour=15, days=4) for number in range(1, 26))]
    assert {row.wall_start.time() for row in changed} == {time(15)}


async def test_all_that_is_ahead_moves_over_its_own_old_times(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session, schedule=HALF_HOURS), by=by, now=now)

    later = await shifted(session, rows[2], to=week(2, minute=30), scope=Scope.ALL, by=by, now=now)
    moved_later = await starts(session, rows)
    await shifted(session, rows[0], to=week(0), scope=Scope.ALL, by=by, now=now)

    assert later[0].id == rows[2].id
    assert [row.id for row in later[1:]] == [rows[0].id, rows[1].id, rows[3].id]
    assert moved_later == [week(number, minute=30) for number in range(4)]
    assert await starts(session, rows) == [week(number) for number in range(4)]


@pytest.mark.parametrize("weeks", [1, -1])
async def test_a_series_moves_by_a_week_into_its_own_places(session: AsyncSession, now: datetime, weeks: int) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    rows = await standing(session, therapist_id, by=by, now=now)
    ahead = rows[1:]  # the first stays out, and a week earlier is then its place
    await moved(session, rows[0], to=week(0, hour=15), by=by, now=now)

    await shifted(session, ahead[0], to=week(1 + weeks), scope=Scope.THIS_AND_LATER, by=by, now=now)

    assert await starts(session, ahead) == [week(number + weeks) for number in (1, 2, 3)]


async def test_seats_move_by_a_week_and_leave_no_empty_group(session: AsyncSession, now: datetime) -> None:
    kind = session_type(code="group_50", capacity=2)
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(kind,)))
    by, other = await client(session), await client(session)
    rows = await standing(session, therapist_id, by=by, session_type="group_50", now=now)
    await booked(session, therapist_id, by=other, session_type="group_50", starts_at=week(2), now=now)

    changed = await shifted(session, rows[0], to=week(1), scope=Scope.ALL, by=by, now=now)

    assert [row.starts_at for row in changed] == [week(number) for number in range(1, 5)]
    assert {row.kind for row in changed} == {Kind.SEAT}
    assert len({row.group_id for row in changed}) == 4


async def test_every_week_that_can_not_be_had_is_named_and_all_stay(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session, schedule=HALF_HOURS)
    rows = await standing(session, therapist_id, by=by, now=now)
    for number in (1, 3):
        wanted = booking.wanted(therapist_id, starts_at=week(number, hour=13))
        await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)

    with pytest.raises(WeeksRefused) as refused:
        await shifted(session, rows[0], to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)

    assert refused.value.conflicts == tuple(
        WeekRefused(starts_at=week(number, hour=13), reason=Reason.TAKEN) for number in (1, 3)
    )
    assert refused.value.alternatives
    assert await starts(session, rows) == [week(number) for number in range(4)]


async def test_a_session_that_was_moved_by_itself_keeps_its_difference(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)
    await moved(session, rows[2], to=week(2, hour=12, days=4), by=by, now=now)

    await shifted(session, rows[0], to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)

    assert await starts(session, rows) == [
        week(0, hour=13),
        week(1, hour=13),
        week(2, hour=15, days=4),
        week(3, hour=13),
    ]


async def test_what_is_over_or_cancelled_stays_where_it_was(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)
    request = CancelRequest(reason=ReasonCode.SCHEDULE, note=None)
    await cancel_service.cancel(session, appointment_id=rows[2].id, request=request, vault=VAULT, by=by, now=now)
    later = week(0) + timedelta(hours=1)

    await shifted(session, rows[1], to=week(1, hour=15), scope=Scope.ALL, by=by, now=later)

    assert await starts(session, rows) == [week(0), week(1, hour=15), week(2), week(3, hour=15)]


async def test_notice_binds_only_the_first_of_those_that_move(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session, schedule=schedule(horizon_days=12))
    rows = await standing(session, therapist_id, by=by, now=now)

    changed = await shifted(session, rows[3], to=week(3, hour=15), scope=Scope.ALL, by=by, now=now)

    assert len(changed) == 4


async def test_a_daily_limit_counts_what_moved_in_already(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=1))
    rows = await standing(session, therapist_id, by=by, now=now)

    changed = await shifted(session, rows[0], to=week(1, hour=15), scope=Scope.ALL, by=by, now=now)

    assert [row.starts_at for row in changed] == [week(number, hour=15) for number in range(1, 5)]


async def test_two_that_would_meet_are_refused_and_all_stay(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    rows = await standing(session, therapist_id, by=by, weeks=2, now=now)
    await moved(session, rows[1], to=week(0, hour=11), by=by, now=now)
    await schedule_of(session, therapist_id=therapist_id, schedule=schedule(session_types=(session_type(minutes=90),)))

    with pytest.raises(WeeksRefused) as refused:
        await shifted(session, rows[0], to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)

    assert len(refused.value.conflicts) == 1
    assert await starts(session, rows) == [week(0), week(0, hour=11)]


async def test_sessions_that_are_no_more_can_not_be_moved(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    rows = await standing(session, therapist_id, by=by, now=now)
    other = schedule(session_types=(session_type(code="other_50"),))
    await schedule_of(session, therapist_id=therapist_id, schedule=other)

    with pytest.raises(SlotNotOffered):
        await shifted(session, rows[0], to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)


async def test_an_appointment_of_no_series_has_no_scope(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(NoSeries) as refused:
        await shifted(session, appointment, to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/scope"]


async def test_the_very_same_time_changes_nothing(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)

    changed = await shifted(session, rows[0], to=week(0), scope=Scope.ALL, by=by, now=now)

    assert [(row.id, row.version) for row in changed] == [(rows[0].id, 1)]


async def test_a_row_that_is_not_confirmed_any_more_goes_nowhere(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, weeks=2, now=now)
    over = update(Booking).where(Booking.id == rows[1].id).values(status=Status.COMPLETED)
    await session.execute(over.execution_options(synchronize_session=False))

    changed = await shifted(session, rows[0], to=week(0, hour=13), scope=Scope.ALL, by=by, now=now)

    assert [row.id for row in changed] == [rows[0].id]
