from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, SessionFormat, WeeklyHours
from domain.booking import (
    freed_service,
    waitlist_service,
)
from domain.booking.states import WaitlistStatus
from domain.booking.waitlist_queries import WAITING_MAX
from tests.build import booking, statements
from tests.build.availability import hours
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, booked, freed_time, given_hold, seen, therapist, waits


@pytest.mark.parametrize(
    "wish",
    [
        {"session_type": "group_50", "session_formats": (SessionFormat.PHONE,)},
        {"session_formats": (SessionFormat.IN_PERSON,)},
        {"times": hours("10:00", "10:45")},
        {"times": hours("10:00", "11:00"), "zone": "Europe/Berlin"},
        {"jurisdiction": "US-TX"},
        {"until": booking.slot() - timedelta(minutes=1)},
    ],
    ids=["type", "format", "part of it", "other zone", "no license there", "until before"],
)
async def test_who_can_not_come_is_offered_nothing(
    session: AsyncSession, now: datetime, parts: Parts, wish: dict[str, object]
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id, **wish))  # type: ignore[arg-type]  # a table of wishes

    await freed_time(session, therapist_id, parts=parts, now=now)

    assert (await seen(session, entry, by=by)).offered is None


async def test_times_are_on_the_wall_of_the_entrys_zone(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    shown = booking.slot().astimezone(UTC)
    around = (
        WeeklyHours(weekday=WEEKDAYS[shown.weekday()], start=shown.time(), end=(shown + timedelta(minutes=50)).time()),
    )
    entry = await waits(session, by=by, asked=asked(therapist_id, times=around, zone="Etc/UTC"))

    await freed_time(session, therapist_id, parts=parts, now=now)

    assert (await seen(session, entry, by=by)).offered is not None


async def test_whose_own_time_is_taken_is_passed_over(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await booked(session, await listed_therapist(session), by=by, now=now)

    await freed_time(session, therapist_id, parts=parts, now=now)

    assert (await seen(session, entry, by=by)).offered is None


async def test_who_is_offered_something_is_passed_over(session: AsyncSession, now: datetime, parts: Parts) -> None:
    here, there = await therapist(session), await therapist(session)
    first, second = await client(session), await client(session)
    one = await waits(session, by=first, asked=asked(here, there), now=now - timedelta(hours=2))
    other = await waits(session, by=second, asked=asked(here, there), now=now - timedelta(hours=1))

    await freed_time(session, here, parts=parts, now=now)
    await freed_time(session, there, parts=parts, now=now)

    assert (await given_hold(session, one, by=first)).therapist_id == here
    assert (await given_hold(session, other, by=second)).therapist_id == there


async def test_what_is_kept_ends_when_the_therapists_notice_begins(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    to_start = booking.slot(days=3) - now
    notice = int(to_start.total_seconds() // 60) - 30
    therapist_id = await therapist(session, notice=notice)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))

    await freed_time(session, therapist_id, parts=parts, now=now)

    offered = (await seen(session, entry, by=by)).offered
    assert offered is not None
    assert offered.expires_at == booking.slot(days=3) - timedelta(minutes=notice)


async def test_a_daily_limit_holds_for_what_is_kept(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session, daily_limit=1)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))

    await freed_time(session, therapist_id, parts=parts, now=now)

    assert (await seen(session, entry, by=by)).offered is not None


async def test_where_nobody_waits_freed_time_costs_one_statement(
    session: AsyncSession, connection: AsyncConnection, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    during = Interval(starts_at=booking.slot(), ends_at=booking.slot() + timedelta(hours=1))
    asked_for = statements.reads(connection)

    await freed_service.freed(
        session, therapist_id=therapist_id, during=during, left_by=None, vault=parts.vault, now=now
    )

    assert len(asked_for) == 1


async def test_leaving_hands_what_was_kept_to_the_next(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    first, second = await client(session), await client(session)
    one = await waits(session, by=first, asked=asked(therapist_id), now=now - timedelta(hours=2))
    other = await waits(session, by=second, asked=asked(therapist_id), now=now - timedelta(hours=1))
    await freed_time(session, therapist_id, parts=parts, now=now)

    for _ in range(2):
        await waitlist_service.leave(session, entry_id=one.entry_id, vault=parts.vault, by=first, now=now)

    assert (await seen(session, one, by=first)).status is WaitlistStatus.ENDED
    assert (await seen(session, other, by=second)).offered is not None


async def test_who_waits_no_longer_is_offered_nothing(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(
        session, by=by, asked=asked(therapist_id, until=now + timedelta(days=30)), now=now - timedelta(days=1)
    )

    still_waits = await waitlist_service.end_past(session, now=now + timedelta(days=30) - timedelta(seconds=1))
    ended = await waitlist_service.end_past(session, now=now + timedelta(days=30))
    await freed_time(session, therapist_id, parts=parts, now=now)

    after = await seen(session, entry, by=by)
    assert (still_waits, ended) == (0, 1)
    assert (after.status, after.offered) == (WaitlistStatus.ENDED, None)


async def test_opened_time_is_offered_too(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id, times=hours("15:00", "16:00")))

    offered = await freed_service.offer_any(session, entry=entry, therapist_id=therapist_id, vault=parts.vault, now=now)
    again = await freed_service.offer_any(session, entry=entry, therapist_id=therapist_id, vault=parts.vault, now=now)

    given = await given_hold(session, entry, by=by)
    assert (offered, again) == (True, False)
    assert given.wall_start.hour == 15


async def test_who_waits_for_as_much_as_one_may_is_refused(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    for _ in range(WAITING_MAX):
        await waits(session, by=by, asked=asked(therapist_id))

    with pytest.raises(waitlist_service.TooManyWaits):
        await waits(session, by=by, asked=asked(therapist_id))


async def test_who_waited_long_enough_ago_may_wait_anew(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    for _ in range(WAITING_MAX):
        await waits(
            session,
            by=by,
            asked=asked(therapist_id, until=now - timedelta(minutes=1)),
            now=now - timedelta(hours=1),
        )

    entry = await waits(session, by=by, asked=asked(therapist_id), now=now)

    assert entry.status_at(now) is WaitlistStatus.WAITING
