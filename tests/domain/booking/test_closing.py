from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.accounts.tables import Account
from domain.audit.tables import AuditEntry
from domain.booking import (
    book_service,
    cancel_service,
    closing_service,
    freed_service,
    hold_service,
    jobs,
    waitlist_service,
)
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import HoldNotFound, SlotNotOffered
from domain.booking.states import Kind, Origin, Status, WaitlistStatus
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.database import Database
from domain.ids import AccountId, BookingId, LicenseId, TherapistId, uuid7
from domain.licensing import permission_service
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseRow
from domain.therapists.service import ProfileMissing, TherapistNotFound
from tests.build import booking, notices, therapists
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits

KINDS = (session_type(), session_type(code="group_50", capacity=3))


async def booked(
    session: AsyncSession,
    therapist_id: TherapistId,
    *,
    by: Actor,
    now: datetime,
    days: int = 3,
    hour: int = 10,
    session_type: str = "individual_50",
) -> Booking:
    wanted = booking.wanted(therapist_id, starts_at=booking.slot(days=days, hour=hour), session_type=session_type)
    return await book_service.book(session, wanted=wanted, by=by, now=now, after=())


async def close(session: AsyncSession, therapist_id: TherapistId, *, parts: Parts, now: datetime) -> int:
    return await closing_service.close(session, vault=parts.vault, by=booking.acting_therapist(therapist_id), now=now)


async def seen(session: AsyncSession, row: Booking) -> Booking:
    return await session.get_one(Booking, row.id, populate_existing=True)


async def kept(session: AsyncSession, *, by: Actor) -> list[Booking]:
    found = await session.scalars(
        select(Booking).where(Booking.client_id == by.client_id, Booking.origin == Origin.REHOMING)
    )
    return list(found)


async def letters(session: AsyncSession, *, to: AccountId, parts: Parts) -> int:
    address = (await session.get_one(Account, to)).email
    return len(await notices.waiting_letters(session, vault=parts.vault, to=address))


async def lose(session: AsyncSession, license_id: LicenseId, *, now: datetime) -> None:
    """Suspend a license, as an admin's decision does."""
    row = await session.get_one(LicenseRow, license_id)
    row.status, row.was_verified, row.decided_at = LicenseStatus.SUSPENDED, False, now
    await permission_service.rewrite(session, therapist_id=row.therapist_id)


async def license_of(session: AsyncSession, therapist_id: TherapistId) -> LicenseId:
    found = await session.scalars(select(LicenseRow.id).where(LicenseRow.therapist_id == therapist_id))
    return found.one()


async def test_a_closed_practice_has_nothing_ahead_and_costs_nobody_anything(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=KINDS))
    clients = [await client(session) for _ in range(3)]
    rows = [
        await booked(session, therapist_id, by=clients[0], now=now, days=3),
        await booked(session, therapist_id, by=clients[0], now=now, days=10),
        await booked(session, therapist_id, by=clients[1], now=now, days=4, session_type="group_50"),
        await booked(session, therapist_id, by=clients[2], now=now, days=4, session_type="group_50"),
    ]

    first = await close(session, therapist_id, parts=parts, now=now)
    again = await close(session, therapist_id, parts=parts, now=now)

    after = [await seen(session, row) for row in rows]
    assert (first, again) == (4, 0)
    assert {(row.status, row.cancelled_by, row.reason_code, row.fee_due_minor) for row in after} == {
        (Status.CANCELLED, Party.THERAPIST, ReasonCode.THERAPIST_UNAVAILABLE, 0)
    }
    groups = await session.scalars(
        select(Booking.status).where(Booking.therapist_id == therapist_id, Booking.kind == Kind.GROUP)
    )
    assert groups.all() == [Status.RELEASED]


async def test_each_client_of_a_closed_practice_has_one_time_with_somebody_else(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id, other = await listed_therapist(session), await listed_therapist(session)
    clients = [await client(session), await client(session)]
    lost = [
        await booked(session, therapist_id, by=by, now=now, days=days, hour=hour)
        for by, hour in zip(clients, (10, 11), strict=True)
        for days in (3, 10)
    ]

    await close(session, therapist_id, parts=parts, now=now)

    for by, first in zip(clients, (lost[0], lost[2]), strict=True):
        [given] = await kept(session, by=by)
        assert (given.in_place_of, given.therapist_id, given.status) == (first.id, other, Status.HELD)
        assert await letters(session, to=by.account_id, parts=parts) == 1


async def test_nobody_books_a_closed_practice(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)

    await close(session, therapist_id, parts=parts, now=now)

    with pytest.raises(SlotNotOffered):
        await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())
    with pytest.raises(TherapistNotFound):
        await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)


async def test_nobody_waits_any_more_for_a_closed_practice_alone(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id, other = await listed_therapist(session), await listed_therapist(session)
    by = await client(session)
    alone = await waits(session, by=by, asked=asked(therapist_id))
    both = await waits(session, by=by, asked=asked(therapist_id, other))
    await freed_service.offer_any(session, entry=alone, therapist_id=therapist_id, vault=parts.vault, now=now)
    offered = (await waitlist_service.entry(session, entry_id=alone.entry_id, by=by)).offered

    await close(session, therapist_id, parts=parts, now=now)

    after = [await waitlist_service.entry(session, entry_id=each.entry_id, by=by) for each in (alone, both)]
    assert [(each.status, each.offered) for each in after] == [
        (WaitlistStatus.ENDED, None),
        (WaitlistStatus.WAITING, None),
    ]
    assert offered is not None
    with pytest.raises(HoldNotFound):
        await book_service.book_held(session, hold_id=offered.hold_id, by=by, now=now, after=())


async def test_closing_is_written_to_the_audit(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    row = await booked(session, therapist_id, by=await client(session), now=now)

    await close(session, therapist_id, parts=parts, now=now)

    entries = await session.execute(
        select(AuditEntry.action, AuditEntry.subject_id).where(AuditEntry.actor_id == therapist_id)
    )
    assert {tuple(each) for each in entries} >= {
        (Action.PRACTICE_CLOSE, therapist_id),
        (Action.APPOINTMENT_CANCEL, row.id),
    }


async def test_who_has_no_practice_can_not_close_it(session: AsyncSession, now: datetime, parts: Parts) -> None:
    with pytest.raises(ProfileMissing):
        await close(session, TherapistId(uuid7()), parts=parts, now=now)


async def test_more_clients_than_one_request_looks_after_are_left_to_the_job(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    await listed_therapist(session)
    clients: Sequence[Actor] = [await client(session) for _ in range(closing_service.LOOKED_AFTER_AT_ONCE + 2)]
    for number, by in enumerate(clients):
        await booked(session, therapist_id, by=by, now=now, days=3 + number // 8, hour=9 + number % 8)
    await close(session, therapist_id, parts=parts, now=now)
    at_once = [await letters(session, to=by.account_id, parts=parts) for by in clients]
    await session.commit()

    await jobs.review_practice(therapist_id, database=test_database, vault=parts.vault, clock=parts.clock)

    assert sum(at_once) == closing_service.LOOKED_AFTER_AT_ONCE
    assert [await letters(session, to=by.account_id, parts=parts) for by in clients] == [1] * len(clients)
    assert [len(await kept(session, by=by)) for by in clients] == [1] * len(clients)


async def review(session: AsyncSession, therapist_id: TherapistId, *, database: Database, parts: Parts) -> None:
    """Commit what the test did, as far as its connection goes, and work the job."""
    await session.commit()
    await jobs.review_practice(therapist_id, database=database, vault=parts.vault, clock=parts.clock)


async def test_what_no_license_covers_any_more_is_cancelled_by_the_service_and_rehomed(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id, other = await listed_therapist(session), await listed_therapist(session)
    by = await client(session)
    lost = await booked(session, therapist_id, by=by, now=now)
    await lose(session, await license_of(session, therapist_id), now=now)

    for _ in range(2):
        await review(session, therapist_id, database=test_database, parts=parts)

    gone = await seen(session, lost)
    [given] = await kept(session, by=by)
    assert (gone.status, gone.cancelled_by, gone.fee_due_minor) == (Status.CANCELLED, Party.SERVICE, 0)
    assert given.therapist_id == other
    assert await letters(session, to=by.account_id, parts=parts) == 1
    assert await letters(session, to=AccountId(therapist_id), parts=parts) == 1


async def test_what_another_license_covers_stays(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    elsewhere = await therapists.license_of(session, therapist_id=therapist_id, jurisdiction="US-TX")
    stays = await booked(session, therapist_id, by=await client(session), now=now, hour=10)
    goes = await booked(session, therapist_id, by=await client(session, jurisdiction="US-TX"), now=now, hour=12)
    await lose(session, elsewhere, now=now)

    await review(session, therapist_id, database=test_database, parts=parts)

    assert ((await seen(session, stays)).status, (await seen(session, goes)).status) == (
        Status.CONFIRMED,
        Status.CANCELLED,
    )


async def test_a_license_that_is_submitted_again_still_covers(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    stays = await booked(session, therapist_id, by=await client(session), now=now)
    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUBMITTED)

    await review(session, therapist_id, database=test_database, parts=parts)

    assert (await seen(session, stays)).status is Status.CONFIRMED


async def test_the_sweep_finds_who_lost_a_license_and_nobody_else(session: AsyncSession, now: datetime) -> None:
    lost, kept_it, long_ago = [await listed_therapist(session) for _ in range(3)]
    for therapist_id in (lost, kept_it, long_ago):
        await booked(session, therapist_id, by=await client(session), now=now)
    await lose(session, await license_of(session, lost), now=now)
    await lose(session, await license_of(session, long_ago), now=now - timedelta(days=3))

    found = await closing_service.sweep(session, now=now)

    assert found == 1


async def test_what_is_booked_as_a_practice_closes_is_found_and_cancelled(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id, open_practice = await listed_therapist(session), await listed_therapist(session)
    await close(session, therapist_id, parts=parts, now=now)
    by = await client(session)
    slipped = (
        await session.scalars(
            booking.row(therapist_id=therapist_id, client_id=by.client_id, starts_at=booking.slot(days=4))
        )
    ).one()
    stays = await booked(session, open_practice, by=by, now=now)

    swept = await closing_service.sweep(session, now=now)
    await review(session, therapist_id, database=test_database, parts=parts)

    gone = await session.get_one(Booking, slipped, populate_existing=True)
    assert swept == 1
    assert (gone.status, gone.cancelled_by, gone.fee_due_minor) == (Status.CANCELLED, Party.THERAPIST, 0)
    assert (await seen(session, stays)).status is Status.CONFIRMED
    assert await closing_service.sweep(session, now=now) == 0


async def test_both_parties_are_told_once_of_a_confirmed_appointment(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    row = await booked(session, therapist_id, by=by, now=now)
    await session.commit()

    for _ in range(2):
        await jobs.tell_of_booking(row.id, database=test_database, vault=parts.vault, clock=parts.clock)

    assert await letters(session, to=by.account_id, parts=parts) == 1
    assert await letters(session, to=AccountId(therapist_id), parts=parts) == 1


async def test_nobody_is_told_of_an_appointment_that_is_no_more(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    row = await booked(session, await listed_therapist(session), by=by, now=now)
    await cancel_service.cancel(
        session,
        appointment_id=row.id,
        request=CancelRequest(reason=ReasonCode.COST, note=None),
        vault=parts.vault,
        by=by,
        now=now,
    )
    await session.commit()

    for booking_id in (row.id, BookingId(uuid7())):
        await jobs.tell_of_booking(booking_id, database=test_database, vault=parts.vault, clock=parts.clock)

    assert await letters(session, to=by.account_id, parts=parts) == 0


async def test_the_job_offers_opened_time_to_each_who_waits(
    session: AsyncSession, test_database: Database, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    people = [await client(session) for _ in range(3)]
    entries = [await waits(session, by=by, asked=asked(therapist_id)) for by in people]
    await session.commit()

    await jobs.offer_waiting(therapist_id, database=test_database, vault=parts.vault, clock=parts.clock)

    offers = [
        (await waitlist_service.entry(session, entry_id=entry.entry_id, by=by)).offered
        for entry, by in zip(entries, people, strict=True)
    ]
    starts = [offer.starts_at for offer in offers if offer is not None]
    assert starts == sorted(set(starts))
    assert len(starts) == len(people)
