"""Time that is opened, or comes free in passing, is left to a job that offers it to those who wait."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.availability import calendars_service, exceptions_service
from domain.availability import service as availability
from domain.availability.exceptions import NewException
from domain.availability.schedule import ExceptionKind
from domain.booking import hold_service
from domain.ids import AccountId, TherapistId
from domain.job import JobName
from tests.build import accounts, booking, jobs, therapists
from tests.build.availability import schedule
from tests.build.booking import client
from tests.build.calendars import calendar, event
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits


async def offers(session: AsyncSession, therapist_id: TherapistId) -> int:
    return await jobs.waiting(session, job=JobName.WAITLIST_OFFER, row_id=therapist_id)


async def bare_therapist(session: AsyncSession) -> Actor:
    therapist_id = await therapists.profile(session)
    return await accounts.actor(session, role=Role.THERAPIST, of=AccountId(therapist_id))


def exception(kind: ExceptionKind) -> NewException:
    starts_at = booking.slot()
    return NewException(kind=kind, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), note=None)


async def test_a_new_schedule_may_have_opened_time(session: AsyncSession, now: datetime) -> None:
    by = await bare_therapist(session)

    await availability.put_schedule(session, schedule=schedule(), by=by, now=now)

    assert await offers(session, by.therapist_id) == 1


async def test_an_exception_that_opens_time_is_offered_and_one_that_closes_it_is_not(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    opens, closes = await bare_therapist(session), await bare_therapist(session)

    for by, kind in ((opens, ExceptionKind.OPEN), (closes, ExceptionKind.CLOSED)):
        await exceptions_service.add(session, exception=exception(kind), vault=parts.vault, by=by, now=now)

    assert [await offers(session, by.therapist_id) for by in (opens, closes)] == [1, 0]


async def test_taking_back_what_closed_time_opens_it(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await bare_therapist(session)
    closed = await exceptions_service.add(
        session, exception=exception(ExceptionKind.CLOSED), vault=parts.vault, by=by, now=now
    )

    await exceptions_service.take_back(session, exception_id=closed.exception_id, by=by, now=now)

    assert await offers(session, by.therapist_id) == 1


async def test_a_calendar_that_is_changed_or_goes_may_open_time_and_a_new_one_opens_none(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await bare_therapist(session)
    source = calendar(event("DTSTART:20200101T140000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"))
    counts = []

    for name in ("home", "home", "work"):
        sent = await calendars_service.read(source, zone=booking.ZONE, now=now)
        await calendars_service.put(session, name=name, sent=sent, vault=parts.vault, by=by, now=now)
        counts.append(await offers(session, by.therapist_id))
        await jobs.forget(session, row_id=by.therapist_id)
    await calendars_service.end(session, name="home", by=by, now=now)
    counts.append(await offers(session, by.therapist_id))

    assert counts == [0, 1, 0, 1]


async def test_a_hold_that_ran_out_elsewhere_and_is_cleared_in_passing_is_offered_to_who_waits(
    session: AsyncSession, now: datetime
) -> None:
    awaited, unawaited, here = await old_therapist(session), await old_therapist(session), await old_therapist(session)
    await waits(session, by=await client(session), asked=asked(awaited))
    by = await client(session)
    for therapist_id, hour in ((awaited, 10), (unawaited, 12)):
        wanted = booking.wanted(therapist_id, starts_at=booking.slot(hour=hour))
        stale = await hold_service.hold(session, wanted=wanted, by=by, now=now)
        await booking.run_out(session, hold_id=stale.id)

    await hold_service.hold(session, wanted=booking.wanted(here, starts_at=booking.slot(hour=14)), by=by, now=now)

    assert [await offers(session, each) for each in (awaited, unawaited, here)] == [1, 0, 0]


async def old_therapist(session: AsyncSession) -> TherapistId:
    """Store a therapist, whose schedule was written so long ago that the job about it is done."""
    therapist_id = await listed_therapist(session)
    await jobs.forget(session, row_id=therapist_id)
    return therapist_id
