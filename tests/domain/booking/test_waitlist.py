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
    expiry_service,
    hold_service,
)
from domain.booking.refusals import HoldNotRenewable, OwnTimeOverlaps, SlotTaken
from domain.booking.states import Origin, Status, WaitlistStatus
from tests.build import booking, notices
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, booked, cancel, freed_time, given_hold, seen, therapist, waits


async def address(session: AsyncSession, of: Actor) -> str:
    return (await session.get_one(Account, of.account_id)).email


async def test_a_freed_time_is_kept_two_hours_for_who_came_first(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    first, second = await client(session), await client(session)
    one = await waits(session, by=first, asked=asked(therapist_id), now=now - timedelta(hours=2))
    other = await waits(session, by=second, asked=asked(therapist_id), now=now - timedelta(hours=1))

    await freed_time(session, therapist_id, parts=parts, now=now)

    offered = (await seen(session, one, by=first)).offered
    assert offered is not None
    assert (offered.therapist_id, offered.starts_at) == (therapist_id, booking.slot())
    assert timedelta(hours=1, minutes=59) < offered.expires_at - now <= timedelta(hours=2)
    assert (await seen(session, other, by=second)).offered is None


async def test_what_is_kept_is_a_hold_of_the_services_that_shuts_the_therapists_time_only(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)

    elsewhere = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    with pytest.raises(SlotTaken):
        await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)
    with pytest.raises(HoldNotRenewable):
        await hold_service.renew(session, hold_id=given.id, by=by, now=now)

    assert (given.origin, given.hold_number, given.waitlist_entry_id) == (Origin.WAITLIST, None, entry.entry_id)
    assert elsewhere.hold_number == 1
    audited = await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == given.id))
    assert [(each.action, each.actor_id) for each in audited] == [(Action.HOLD_GIVE, None)]


async def test_booking_what_was_kept_ends_the_wait(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)

    appointment = await book_service.book_held(session, hold_id=given.id, by=by, now=now, after=())

    after = await seen(session, entry, by=by)
    assert appointment.status is Status.CONFIRMED
    assert (after.status, after.offered) == (WaitlistStatus.BOOKED, None)


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.COMPLETED])
async def test_booking_what_was_kept_is_refused_where_the_clients_own_time_is_not_free(
    session: AsyncSession, now: datetime, parts: Parts, status: Status
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)
    own = await booked(session, await listed_therapist(session), by=by, now=now)
    own.status = status  # said to have taken place while it lasts, it still takes the client's time
    await session.flush()

    with pytest.raises(OwnTimeOverlaps) as refused:
        await book_service.book_held(session, hold_id=given.id, by=by, now=now, after=())

    assert refused.value.appointment_id == own.id
    assert (await seen(session, entry, by=by)).offered is not None


async def test_a_hold_of_ones_own_that_has_run_out_does_not_keep_one_from_booking_what_was_kept(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)
    stale = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await booking.run_out(session, hold_id=stale.id)

    appointment = await book_service.book_held(session, hold_id=given.id, by=by, now=now, after=())

    assert appointment.status is Status.CONFIRMED


async def test_who_gives_a_time_up_is_not_offered_it_for_two_hours_more(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)

    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)
    after_a_hold = await seen(session, entry, by=by)
    await cancel(session, await booked(session, therapist_id, by=by, now=now), by=by, parts=parts, now=now)

    assert (after_a_hold.offered, (await seen(session, entry, by=by)).offered) == (None, None)


async def test_letting_it_pass_keeps_the_entry_and_asks_the_next(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    first, second = await client(session), await client(session)
    one = await waits(session, by=first, asked=asked(therapist_id), now=now - timedelta(hours=2))
    other = await waits(session, by=second, asked=asked(therapist_id), now=now - timedelta(hours=1))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, one, by=first)

    await hold_service.release(session, hold_id=given.id, vault=parts.vault, by=first, now=now)

    kept = await seen(session, one, by=first)
    assert (kept.status, kept.offered) == (WaitlistStatus.WAITING, None)
    assert (await given_hold(session, other, by=second)).starts_at == booking.slot()


async def test_nobody_is_offered_the_same_start_twice(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)
    await hold_service.release(session, hold_id=given.id, vault=parts.vault, by=by, now=now)

    await freed_time(session, therapist_id, parts=parts, now=now)

    assert (await seen(session, entry, by=by)).offered is None


async def test_a_hold_that_runs_out_goes_to_the_next(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    first, second = await client(session), await client(session)
    one = await waits(session, by=first, asked=asked(therapist_id), now=now - timedelta(hours=2))
    other = await waits(session, by=second, asked=asked(therapist_id), now=now - timedelta(hours=1))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, one, by=first)
    await booking.run_out(session, hold_id=given.id, hours=3)

    swept = await expiry_service.sweep(session, vault=parts.vault, now=now)

    await session.refresh(given)
    audited = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == given.id))
    assert (swept, given.status) == (1, Status.EXPIRED)
    assert Action.HOLD_EXPIRE in audited.all()
    assert (await given_hold(session, other, by=second)).starts_at == booking.slot()


async def test_a_clients_own_hold_that_runs_out_goes_to_who_waits(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    stale = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await booking.run_out(session, hold_id=stale.id)

    await expiry_service.sweep(session, vault=parts.vault, now=now)

    audited = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == stale.id))
    assert (await given_hold(session, entry, by=by)).starts_at == booking.slot()
    assert audited.all() == [Action.HOLD_CREATE]


async def test_a_freed_seat_goes_to_who_waits_for_the_group(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    wanted = booking.wanted(therapist_id, session_type="group_50")
    members = [await client(session), await client(session)]
    seats = [await book_service.book(session, wanted=wanted, by=by, now=now, after=()) for by in members]
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id, session_type="group_50"))

    await cancel(session, seats[0], by=members[0], parts=parts, now=now)

    given = await given_hold(session, entry, by=by)
    assert (given.group_id, given.seat_number) == (seats[1].group_id, 1)


async def test_a_mail_says_only_that_something_waits(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    await waits(session, by=by, asked=asked(therapist_id))

    await freed_time(session, therapist_id, parts=parts, now=now)

    [letter] = await notices.waiting_letters(session, vault=parts.vault, to=await address(session, by))
    assert "Sign in" in letter.message.text
    for word in ("therap", "Robin", "session", "10:00", "trauma"):
        assert word not in letter.message.text + letter.message.subject
