from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.availability.interval import Interval
from domain.booking import offers_service
from domain.booking.offers_service import (
    Wish,
)
from domain.booking.states import Status
from domain.database import driver_connection
from domain.licensing.licenses import LicenseStatus
from tests.build import occupied_time, therapists
from tests.build.availability import schedule, session_type
from tests.build.offers import day_of, noon, offered
from tests.build.statements import reads

GROUP = session_type(code="group_90", minutes=90, after=10, capacity=2)
TWO_KINDS = schedule(session_types=(session_type(), GROUP))


async def test_a_license_that_is_not_verified_permits_nothing(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await therapists.license_of(session, therapist_id=therapist_id, status=LicenseStatus.SUBMITTED)

    found = await offered(session, therapist_id, window=day_of(noon(now)), now=now)
    anywhere = await offered(session, therapist_id, window=day_of(noon(now)), place=None, now=now)

    assert found == []
    assert noon(now) in anywhere


async def test_a_hold_takes_its_time_until_it_runs_out(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)
    rival = await occupied_time.somebody(session)
    for hours, runs_out_in in enumerate((timedelta(minutes=5), timedelta(seconds=-1))):
        await occupied_time.session_of(
            session,
            therapist_id=therapist_id,
            client_id=rival,
            starts_at=noon(now) + timedelta(hours=hours),
            status=Status.HELD,
            runs_out_in=runs_out_in,
            hold_number=hours + 1,
        )

    found = await offered(session, therapist_id, window=day_of(noon(now)), now=now)

    assert noon(now) not in found
    assert noon(now) + timedelta(hours=1) in found


async def test_what_was_released_is_free(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await occupied_time.session_of(
        session,
        therapist_id=therapist_id,
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now),
        status=Status.RELEASED,
    )

    assert noon(now) in await offered(session, therapist_id, window=day_of(noon(now)), now=now)


async def test_a_day_is_full_at_its_limit(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(daily_limit=2))
    for hours, status in ((0, Status.CONFIRMED), (2, Status.HELD)):
        await occupied_time.session_of(
            session,
            therapist_id=therapist_id,
            client_id=await occupied_time.somebody(session),
            starts_at=noon(now) + timedelta(hours=hours),
            status=status,
        )

    found = await offered(
        session, therapist_id, window=Interval(starts_at=noon(now, days=2), ends_at=noon(now, days=4)), now=now
    )

    assert noon(now).date() not in {start.date() for start in found}
    assert noon(now, days=2) in found


async def test_a_group_is_offered_while_a_seat_is_free(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=TWO_KINDS)
    group_id = await occupied_time.group_of(
        session, therapist_id=therapist_id, starts_at=noon(now), session_type="group_90", minutes=90, capacity=2
    )
    members = [await occupied_time.somebody(session) for _ in range(3)]
    window = day_of(noon(now))
    await occupied_time.seat_in(session, group_id=group_id, number=1, client_id=members[0])

    with_a_seat = await offered(session, therapist_id, window=window, session_type="group_90", now=now)
    to_the_member = await offered(
        session, therapist_id, window=window, session_type="group_90", client_id=members[0], now=now
    )
    alone = await offered(session, therapist_id, window=window, now=now)
    await occupied_time.seat_in(session, group_id=group_id, number=2, client_id=members[1], status=Status.HELD)
    full = await offered(session, therapist_id, window=window, session_type="group_90", now=now)

    assert noon(now) in with_a_seat
    assert noon(now) - timedelta(hours=1) not in with_a_seat
    assert noon(now) not in to_the_member
    assert not {noon(now), noon(now) + timedelta(hours=1)} & set(alone)
    assert noon(now) not in full


async def test_a_seat_held_too_long_is_free_again_and_a_group_without_seats_takes_no_time(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=TWO_KINDS)
    group_id = await occupied_time.group_of(
        session, therapist_id=therapist_id, starts_at=noon(now), session_type="group_90", minutes=90, capacity=2
    )
    await occupied_time.seat_in(
        session,
        group_id=group_id,
        number=1,
        client_id=await occupied_time.somebody(session),
        status=Status.HELD,
        runs_out_in=timedelta(seconds=-1),
    )

    assert noon(now) in await offered(session, therapist_id, window=day_of(noon(now)), now=now)


@pytest.mark.parametrize(
    ("days", "status", "full"),
    [
        (-80, Status.COMPLETED, True),
        (-91, Status.COMPLETED, False),
        (-80, Status.NO_SHOW, False),
        (5, Status.CONFIRMED, True),
        (5, Status.HELD, False),
    ],
)
async def test_who_counts_as_a_client(
    session: AsyncSession,
    now: datetime,
    days: int,
    status: Status,
    full: bool,  # noqa: FBT001 - a table of cases
) -> None:
    therapist_id = await therapists.listed_therapist(session, caseload_limit=1)
    await occupied_time.session_of(
        session,
        therapist_id=therapist_id,
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now, days=days),
        status=status,
    )

    found = await offered(session, therapist_id, window=day_of(noon(now)), now=now)

    assert (found == []) is full


async def test_the_number_of_statements_does_not_grow_with_the_therapists(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    several = [await therapists.listed_therapist(session) for _ in range(8)]
    client_id = await occupied_time.somebody(session)
    window = day_of(noon(now))
    seen = reads(connection)

    await offered(session, several[0], window=window, client_id=client_id, now=now)
    for_one = len(seen)
    found = await offered(session, *several, window=window, client_id=client_id, now=now)

    assert len(seen) - for_one == for_one <= 6
    assert len(found) == 8 * 8


async def test_a_page_goes_on_where_the_one_before_ended(session: AsyncSession, now: datetime) -> None:
    several = [await therapists.listed_therapist(session) for _ in range(3)]
    window = Interval(starts_at=noon(now), ends_at=noon(now, days=9))
    wish = Wish(session_type=None, place="US-OH", client_id=None)

    connection = await driver_connection(session)
    whole = await offers_service.earliest(
        connection, therapist_ids=several, wish=wish, window=window, after=None, most=1000, now=now
    )
    rest = await offers_service.earliest(
        connection, therapist_ids=several, wish=wish, window=window, after=whole[9].place, most=1000, now=now
    )

    assert list(rest) == list(whole[10:])
    assert [each.place for each in whole] == sorted(each.place for each in whole)


async def test_a_window_of_centuries_is_cut_to_what_can_be_offered(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(horizon_days=10))

    found = await offered(
        session,
        therapist_id,
        window=Interval(starts_at=datetime(1950, 1, 1, tzinfo=UTC), ends_at=datetime(2150, 1, 1, tzinfo=UTC)),
        now=now,
    )
    none = await offered(
        session,
        therapist_id,
        window=Interval(starts_at=datetime(1950, 1, 1, tzinfo=UTC), ends_at=datetime(1950, 1, 9, tzinfo=UTC)),
        now=now,
    )

    assert len(found) == 80
    assert none == []


async def test_wall_times_hold_across_the_clock_change(session: AsyncSession) -> None:
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    therapist_id = await therapists.listed_therapist(session, expires_on=date(2031, 6, 30))

    found = await offered(
        session,
        therapist_id,
        window=Interval(starts_at=datetime(2027, 3, 13, tzinfo=UTC), ends_at=datetime(2027, 3, 15, tzinfo=UTC)),
        now=now,
    )

    assert [format(start, "%d %H:%M") for start in found if start.minute == 0][::8] == ["13 14:00", "14 13:00"]
