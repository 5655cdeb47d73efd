from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.availability.schedule import SessionFormat
from domain.booking import book_service, closing_service, lapse_service
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.ids import PermissionId, TherapistId, uuid7
from domain.licensing import permission_service
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import Standing
from domain.licensing.tables import CompactMembership, LicenseRow, PracticePermission
from tests.build import booking, gate, therapists
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


async def test_the_sweep_finds_a_session_that_is_covered_in_part(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    row = await booked(session, therapist_id, by=await client(session), now=now)
    permission = (
        await session.scalars(select(PracticePermission).where(PracticePermission.therapist_id == therapist_id))
    ).one()
    permission.during = Range(permission.during.lower, row.starts_at + timedelta(minutes=20))
    (await gate.license_row(session, of=therapist_id)).decided_at = now
    await session.flush()

    assert await closing_service.sweep(session, now=now) == 1


async def test_the_sweep_counts_what_follows_without_a_gap_together(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    row = await booked(session, therapist_id, by=await client(session), now=now)
    first = (
        await session.scalars(select(PracticePermission).where(PracticePermission.therapist_id == therapist_id))
    ).one()
    middle = row.starts_at + timedelta(minutes=20)
    session.add(
        PracticePermission(
            id=PermissionId(uuid7()),
            therapist_id=therapist_id,
            license_id=first.license_id,
            jurisdiction=first.jurisdiction,
            during=Range(middle, first.during.upper),
            remote_only=True,
            bookable_until=first.bookable_until,
        )
    )
    first.during = Range(first.during.lower, middle)
    (await gate.license_row(session, of=therapist_id)).decided_at = now
    await session.flush()

    assert await closing_service.sweep(session, now=now) == 0


async def test_the_sweep_finds_a_session_in_person_that_telehealth_alone_does_not_permit(
    session: AsyncSession, now: datetime
) -> None:
    in_person, video = [await listed_therapist(session, schedule=gate.BOTH) for _ in range(2)]
    for therapist_id, session_format in ((in_person, SessionFormat.IN_PERSON), (video, SessionFormat.VIDEO)):
        await booked(session, therapist_id, by=await client(session), session_format=session_format, now=now)
        row = await gate.license_row(session, of=therapist_id)
        row.standing, row.decided_at = Standing.VALID_TELEHEALTH_ONLY, now
        await permission_service.rewrite(session, therapist_id=therapist_id)

    assert await closing_service.sweep(session, now=now) == 1


async def test_the_sweep_finds_whom_a_compact_does_not_serve_any_more(session: AsyncSession, now: datetime) -> None:
    therapist_id = await gate.psychologist(session)
    await booked(session, therapist_id, by=await client(session, jurisdiction="US-TX"), now=now)
    await session.execute(update(CompactMembership).values(recorded_at=now - timedelta(days=30)))
    await session.execute(
        delete(PracticePermission).where(
            PracticePermission.therapist_id == therapist_id, PracticePermission.jurisdiction == "US-TX"
        )
    )
    long_ago = await closing_service.sweep(session, now=now)
    await session.execute(
        update(CompactMembership).where(CompactMembership.jurisdiction == "US-TX").values(recorded_at=now)
    )

    assert (long_ago, await closing_service.sweep(session, now=now)) == (0, 1)
