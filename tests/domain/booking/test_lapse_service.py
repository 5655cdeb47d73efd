from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.availability.schedule import SessionFormat
from domain.booking import book_service, lapse_service
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.ids import TherapistId
from domain.licensing import permission_service
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseRow
from tests.build import booking, therapists
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist


async def booked(
    session: AsyncSession,
    therapist_id: TherapistId,
    *,
    by: Actor,
    days: int = 3,
    session_format: SessionFormat = SessionFormat.VIDEO,
    now: datetime,
) -> Booking:
    wanted = booking.wanted(therapist_id, starts_at=booking.slot(days=days), session_format=session_format)
    return await book_service.book(session, wanted=wanted, by=by, now=now, after=())


async def seen(session: AsyncSession, row: Booking) -> Booking:
    return await session.get_one(Booking, row.id, populate_existing=True)


async def test_what_a_suspension_makes_unlawful_ends_with_it_for_nothing(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    row = await booked(session, therapist_id, by=await client(session), now=now)
    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)

    ended = await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)

    after = await seen(session, row)
    assert ended == 1
    assert (after.status, after.cancelled_by, after.fee_due_minor) == (Status.CANCELLED, Party.SERVICE, 0)


async def test_what_is_still_permitted_stays(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    row = await booked(session, therapist_id, by=await client(session), now=now)
    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUBMITTED)

    ended = await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)

    assert (ended, (await seen(session, row)).status) == (0, Status.CONFIRMED)


async def test_telehealth_alone_ends_sessions_in_person_and_no_others(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    kind = session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.IN_PERSON))
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(kind,)))
    remote = await booked(session, therapist_id, by=await client(session), days=3, now=now)
    in_rooms = await booked(
        session, therapist_id, by=await client(session), days=4, session_format=SessionFormat.IN_PERSON, now=now
    )
    for row in await session.scalars(select(LicenseRow).where(LicenseRow.therapist_id == therapist_id)):
        row.standing = Standing.VALID_TELEHEALTH_ONLY
    await permission_service.rewrite(session, therapist_id=therapist_id)

    await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)

    assert ((await seen(session, remote)).status, (await seen(session, in_rooms)).status) == (
        Status.CONFIRMED,
        Status.CANCELLED,
    )


async def test_an_earlier_last_day_ends_what_lies_beyond_it(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    before = await booked(session, therapist_id, by=await client(session), days=3, now=now)
    beyond = await booked(session, therapist_id, by=await client(session), days=20, now=now)
    for row in await session.scalars(select(LicenseRow).where(LicenseRow.therapist_id == therapist_id)):
        row.board_expires_on = (now + timedelta(days=10)).date()
    await permission_service.rewrite(session, therapist_id=therapist_id)

    await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)

    assert ((await seen(session, before)).status, (await seen(session, beyond)).status) == (
        Status.CONFIRMED,
        Status.CANCELLED,
    )
