from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.availability import calendars, calendars_service, change_service
from domain.availability.calendars_service import TooManyCalendars
from domain.availability.schedule import HORIZON_DAYS
from domain.availability.tables import BusyCalendarRow, BusyTimeRow
from domain.ids import AccountId
from tests.build import accounts, therapists
from tests.build.availability import schedule
from tests.build.calendars import calendar, event

DAILY = event("DTSTART:20200101T140000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
FLOATING = event("DTSTART:20200101T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid="floating")


async def a_therapist(session: AsyncSession) -> Actor:
    therapist_id = await therapists.profile(session)
    return await accounts.actor(session, role=Role.THERAPIST, of=AccountId(therapist_id))


async def keep(
    session: AsyncSession, parts: Parts, *, by: Actor, source: bytes, now: datetime, zone: str | None = None
) -> None:
    meant = zone or await calendars_service.zone_to_read_in(session, by=by)
    sent = await calendars_service.read(source, zone=meant, now=now)
    await calendars_service.put(session, name="home", sent=sent, vault=parts.vault, by=by, now=now)


async def last_busy(session: AsyncSession, *, of: Actor) -> datetime | None:
    latest = select(func.max(func.upper(BusyTimeRow.during))).where(BusyTimeRow.therapist_id == of.therapist_id)
    found: datetime | None = await session.scalar(latest)
    return found


async def hours_busy(session: AsyncSession, *, of: Actor) -> set[int]:
    """Give the hours of the day, in UTC, at which something is shut within the next days."""
    soon = select(func.lower(BusyTimeRow.during)).where(
        BusyTimeRow.therapist_id == of.therapist_id,
        func.lower(BusyTimeRow.during) < datetime.now(UTC) + timedelta(days=2),
    )
    return {starts_at.astimezone(UTC).hour for starts_at in await session.scalars(soon)}


async def test_a_calendar_is_read_beyond_every_horizon(session: AsyncSession, parts: Parts, now: datetime) -> None:
    by = await a_therapist(session)

    await keep(session, parts, by=by, source=calendar(DAILY), now=now)

    last = await last_busy(session, of=by)
    assert last is not None
    assert last > now + timedelta(days=HORIZON_DAYS.stop)
    assert timedelta(days=HORIZON_DAYS.stop - 1) < calendars.LEFT_MIN < calendars.AHEAD


async def test_a_reading_that_runs_out_is_read_anew_and_others_are_left(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await a_therapist(session)
    earlier = now - timedelta(days=60)
    await keep(session, parts, by=by, source=calendar(DAILY), now=earlier)

    first = await calendars_service.sweep(session, vault=parts.vault, now=now)
    second = await calendars_service.sweep(session, vault=parts.vault, now=now)

    last = await last_busy(session, of=by)
    assert (first, second) == (1, 0)
    assert last is not None
    assert last > now + timedelta(days=calendars.AHEAD.days - 2)


async def test_few_are_read_anew_at_once_and_all_in_the_end(session: AsyncSession, parts: Parts, now: datetime) -> None:
    earlier = now - timedelta(days=60)
    for _ in range(calendars_service.READ_ANEW_AT_ONCE + 1):
        await keep(session, parts, by=await a_therapist(session), source=calendar(DAILY), now=earlier)

    swept = [await calendars_service.sweep(session, vault=parts.vault, now=now) for _ in range(3)]

    assert swept == [calendars_service.READ_ANEW_AT_ONCE, 1, 0]


async def test_one_that_does_not_open_stays_shut_and_holds_no_other_up(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    broken, whole = await a_therapist(session), await a_therapist(session)
    earlier = now - timedelta(days=60)
    for by in (broken, whole):
        await keep(session, parts, by=by, source=calendar(DAILY), now=earlier)
    await session.execute(
        update(BusyCalendarRow)
        .where(BusyCalendarRow.therapist_id == broken.therapist_id)
        .values(source_sealed=b"sealed nowhere")
    )
    session.expire_all()

    count = await calendars_service.sweep(session, vault=parts.vault, now=now)

    assert count == 1
    assert await last_busy(session, of=broken) is not None


async def test_before_there_is_a_schedule_the_accounts_zone_is_meant(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await a_therapist(session)
    await keep(session, parts, by=by, source=calendar(FLOATING), now=now)
    in_new_york = await hours_busy(session, of=by)

    await change_service.change(session, schedule=schedule(zone="Asia/Tokyo"), vault=parts.vault, by=by, now=now)

    assert in_new_york <= {13, 14}
    assert await hours_busy(session, of=by) == {0}


async def test_who_moves_while_a_calendar_is_read_has_it_read_where_they_are(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await a_therapist(session)
    await change_service.change(session, schedule=schedule(zone="Asia/Tokyo"), vault=parts.vault, by=by, now=now)

    await keep(session, parts, by=by, source=calendar(FLOATING), now=now, zone="America/New_York")

    assert await hours_busy(session, of=by) == {0}


async def test_calendars_may_not_shut_more_than_so_much_together(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await a_therapist(session)
    often = calendar(event("DTSTART:20200101T000000Z", "DURATION:PT5M", "RRULE:FREQ=HOURLY"))
    zone = await calendars_service.zone_to_read_in(session, by=by)
    sent = await calendars_service.read(often, zone=zone, now=now)
    for name in ("one", "two"):
        await calendars_service.put(session, name=name, sent=sent, vault=parts.vault, by=by, now=now)

    with pytest.raises(TooManyCalendars):
        await calendars_service.put(session, name="three", sent=sent, vault=parts.vault, by=by, now=now)
