from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import hold_service, series_cancel_service, series_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import AppointmentNotFound, TransitionNotAllowed
from domain.booking.series import OnConflict, Scope
from domain.booking.series_service import NoSeries, SeriesWanted
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.ids import BookingId, TherapistId
from tests.build import booking
from tests.build.booking import client
from tests.build.moves import any_version, booked
from tests.build.therapists import listed_therapist


def week(number: int) -> datetime:
    """Give the start of a week of the series, counted from 0."""
    return booking.slot(days=3 + 7 * number)


async def standing(session: AsyncSession, therapist_id: TherapistId, *, by: Actor, now: datetime) -> list[Booking]:
    first = booking.wanted(therapist_id, starts_at=week(0))
    found = await series_service.create(
        session, wanted=SeriesWanted(first=first, weeks=4, on_conflict=OnConflict.ABORT), by=by, now=now, after=()
    )
    return list(found.appointments)


async def cancelled(
    session: AsyncSession,
    parts: Parts,
    appointment_id: BookingId,
    *,
    scope: Scope,
    by: Actor,
    now: datetime,
    check: Callable[[int], None] = any_version,
) -> tuple[Booking, ...]:
    return await series_cancel_service.cancel(
        session,
        appointment_id=appointment_id,
        scope=scope,
        request=CancelRequest(reason=ReasonCode.SCHEDULE, note="we move away"),
        check=check,
        vault=parts.vault,
        by=by,
        now=now,
    )


async def statuses(session: AsyncSession, rows: list[Booking]) -> list[Status]:
    found = await session.execute(select(Booking.id, Booking.status).where(Booking.id.in_([row.id for row in rows])))
    by_id = {row[0]: row[1] for row in found}
    return [by_id[row.id] for row in rows]


@pytest.mark.parametrize(
    ("scope", "gone"), [(Scope.ONE, [1]), (Scope.THIS_AND_LATER, [1, 2, 3]), (Scope.ALL, [1, 0, 2, 3])]
)
async def test_what_is_meant_is_cancelled_and_nothing_else(
    session: AsyncSession, now: datetime, parts: Parts, scope: Scope, gone: list[int]
) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)

    ended = await cancelled(session, parts, rows[1].id, scope=scope, by=by, now=now)

    assert [row.id for row in ended] == [rows[number].id for number in gone]
    assert [number for number, status in enumerate(await statuses(session, rows)) if status is Status.CANCELLED] == (
        sorted(gone)
    )


async def test_each_session_costs_what_its_own_terms_say_and_the_preview_says_the_sum(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)
    late = week(0) - timedelta(hours=2)

    before = await series_cancel_service.preview(session, appointment_id=rows[0].id, scope=Scope.ALL, by=by, now=late)
    ended = await cancelled(session, parts, rows[0].id, scope=Scope.ALL, by=by, now=late)

    assert [row.fee_due_minor for row in ended] == [7_500, 0, 0, 0]
    assert before.fee.amount == sum(row.fee_due_minor or 0 for row in ended)
    assert before.rule.startswith("The sum over 4 sessions")


async def test_what_is_over_or_cancelled_is_left_as_it_is(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)
    await cancelled(session, parts, rows[2].id, scope=Scope.ONE, by=by, now=now)
    later = week(0) + timedelta(hours=1)

    ended = await cancelled(session, parts, rows[1].id, scope=Scope.ALL, by=by, now=later)

    assert [row.id for row in ended] == [rows[1].id, rows[3].id]
    assert (await statuses(session, rows))[0] is Status.CONFIRMED


async def test_a_therapist_who_cancels_all_of_it_leaves_one_session_held(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    rows = await standing(session, therapist_id, by=by, now=now)
    therapist = booking.acting_therapist(therapist_id)

    ended = await cancelled(session, parts, rows[1].id, scope=Scope.ALL, by=therapist, now=now)

    held = await session.scalars(
        select(Booking.in_place_of).where(Booking.client_id == by.client_id, Booking.origin == Origin.REHOMING)
    )
    assert {row.fee_due_minor for row in ended} == {0}
    assert list(held) == [rows[0].id]


async def test_the_times_are_free_at_once(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    rows = await standing(session, therapist_id, by=by, now=now)

    await cancelled(session, parts, rows[0].id, scope=Scope.ALL, by=by, now=now)

    for number in range(4):
        wanted = booking.wanted(therapist_id, starts_at=week(number))
        await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)


async def test_a_version_that_is_refused_cancels_nothing(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)

    class Stale(Exception):
        """What a check may raise."""

    def refuse(version: int) -> None:
        assert version == 1
        raise Stale

    with pytest.raises(Stale):
        await cancelled(session, parts, rows[0].id, scope=Scope.ALL, by=by, now=now, check=refuse)

    assert await statuses(session, rows) == [Status.CONFIRMED] * 4


async def test_to_everybody_else_there_is_no_series(session: AsyncSession, now: datetime, parts: Parts) -> None:
    rows = await standing(session, await listed_therapist(session), by=await client(session), now=now)
    stranger = await client(session)

    with pytest.raises(AppointmentNotFound):
        await cancelled(session, parts, rows[0].id, scope=Scope.ALL, by=stranger, now=now)
    with pytest.raises(AppointmentNotFound):
        await series_cancel_service.preview(session, appointment_id=rows[0].id, scope=Scope.ALL, by=stranger, now=now)


async def test_an_appointment_of_no_series_has_no_scope(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(NoSeries):
        await cancelled(session, parts, appointment.id, scope=Scope.THIS_AND_LATER, by=by, now=now)
    with pytest.raises(NoSeries):
        await series_cancel_service.preview(session, appointment_id=appointment.id, scope=Scope.ALL, by=by, now=now)


async def test_a_session_that_is_over_does_not_end_the_others(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    rows = await standing(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(TransitionNotAllowed):
        await cancelled(session, parts, rows[0].id, scope=Scope.ALL, by=by, now=week(0))

    confirmed = select(func.count()).where(Booking.client_id == by.client_id, Booking.status == Status.CONFIRMED)
    assert await session.scalar(confirmed) == 4
