"""What is written at once is written whole or not at all, whatever happened since it was looked at."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.accounts.tokens import Claims
from domain.audit.tables import AuditEntry
from domain.availability.interval import Interval
from domain.availability.schedule import Schedule
from domain.booking import at_once_service, practice_queries
from domain.booking.at_once_service import Asked, Ready
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.database import DriverConnection, driver_connection
from domain.directory import service as directory
from domain.licensing.licenses import LicenseStatus
from domain.replay.service import Request
from domain.therapists.tables import Therapist
from tests.build import booking, therapists
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist


@pytest.fixture
async def driver(session: AsyncSession) -> DriverConnection:
    return await driver_connection(session)


def asked(by: Actor, *, request: Request | None = None) -> Asked:
    return Asked(claims=Claims(account_id=by.account_id, session_id=by.session_id), request=request)


async def ready(
    driver: DriverConnection, *, by: Actor, wanted: Wanted, now: datetime, status: Status = Status.CONFIRMED
) -> Ready:
    seen = await at_once_service.look(driver, asked=asked(by), wanted=wanted, status=status, now=now)
    assert isinstance(seen, Ready)
    return seen


async def rows(session: AsyncSession, by: Actor) -> tuple[int, int]:
    """Count the client's bookings, and the entries of the audit about what they did."""
    bookings = select(func.count()).where(Booking.client_id == by.client_id)
    entries = select(func.count()).where(AuditEntry.actor_id == by.account_id)
    return await session.scalar(bookings) or 0, await session.scalar(entries) or 0


async def test_what_is_ready_is_written_with_its_audit(
    session: AsyncSession, driver: DriverConnection, now: datetime
) -> None:
    by = await client(session)
    seen = await ready(driver, by=by, wanted=booking.wanted(await listed_therapist(session)), now=now)

    assert await at_once_service.take(driver, ready=seen, request=None, along=())

    assert await rows(session, by) == (1, 1)
    stored = await session.get_one(Booking, seen.booking.id)
    assert (stored.during, stored.occupied) == (seen.booking.during, seen.booking.occupied)
    assert (stored.fee, stored.terms, stored.wall_start) == (
        seen.booking.fee,
        seen.booking.terms,
        seen.booking.wall_start,
    )


async def test_a_license_suspended_since_the_look_is_not_relied_on(
    session: AsyncSession, driver: DriverConnection, now: datetime
) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    seen = await ready(driver, by=by, wanted=booking.wanted(therapist_id), now=now)

    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)

    assert not await at_once_service.take(driver, ready=seen, request=None, along=())
    assert await rows(session, by) == (0, 0)


async def test_a_time_taken_since_the_look_is_lost_and_nothing_is_written(
    session: AsyncSession, driver: DriverConnection, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    first, second = await client(session), await client(session)
    wanted = booking.wanted(therapist_id)
    looked = [await ready(driver, by=by, wanted=wanted, now=now) for by in (first, second)]

    taken = [await at_once_service.take(driver, ready=seen, request=None, along=()) for seen in looked]

    assert taken == [True, False]
    assert (await rows(session, first), await rows(session, second)) == ((1, 1), (0, 0))


async def test_three_holds_take_the_three_numbers_and_a_fourth_is_left_to_the_careful_path(
    session: AsyncSession, driver: DriverConnection, now: datetime
) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)

    async def look(hour: int) -> object:
        wanted = booking.wanted(therapist_id, starts_at=booking.slot(hour=hour))
        return await at_once_service.look(driver, asked=asked(by), wanted=wanted, status=Status.HELD, now=now)

    numbers = []
    for hour in (9, 10, 11):
        seen = await look(hour)
        assert isinstance(seen, Ready)
        assert await at_once_service.take(driver, ready=seen, request=None, along=())
        numbers.append(seen.booking.hold_number)

    assert numbers == [1, 2, 3]
    assert await look(12) is None


async def test_of_two_looks_that_saw_the_same_number_free_one_is_written(
    session: AsyncSession, driver: DriverConnection, now: datetime
) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    looked = [
        await ready(
            driver,
            by=by,
            wanted=booking.wanted(therapist_id, starts_at=booking.slot(hour=hour)),
            now=now,
            status=Status.HELD,
        )
        for hour in (9, 11)
    ]

    taken = [await at_once_service.take(driver, ready=seen, request=None, along=()) for seen in looked]

    assert taken == [True, False]


@pytest.mark.parametrize(
    "kept",
    [
        schedule(daily_limit=3),
        schedule(session_types=(session_type(capacity=4),)),
        schedule(notice=60 * 24 * 20),
        schedule(session_types=(session_type(code="another"),)),
    ],
)
async def test_what_is_not_plainly_free_is_left_to_the_careful_path(
    session: AsyncSession, driver: DriverConnection, now: datetime, kept: Schedule
) -> None:
    by = await client(session)
    wanted = booking.wanted(await listed_therapist(session, schedule=kept))

    for status in (Status.HELD, Status.CONFIRMED):
        assert await at_once_service.look(driver, asked=asked(by), wanted=wanted, status=status, now=now) is None


async def test_who_is_listed_is_the_same_to_both(session: AsyncSession, now: datetime) -> None:
    listed = await listed_therapist(session)
    invisible = await listed_therapist(session)
    expired = await listed_therapist(session, expires_on=now.date() - timedelta(days=400))
    without_schedule = await therapists.profile(session)
    await session.execute(update(Therapist).where(Therapist.id == invisible).values(visible=False))
    asked_for = (listed, invisible, expired, without_schedule)
    window = Interval(starts_at=now, ends_at=now + timedelta(days=1))

    known = await practice_queries.load(
        session, therapist_ids=asked_for, client_id=None, window=window, place=None, now=now
    )

    found = {each.practice.therapist_id for each in known if each.listed}
    assert found == set(await directory.listed(session, therapist_ids=asked_for, now=now)) == {listed}
