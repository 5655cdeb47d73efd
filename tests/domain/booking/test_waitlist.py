from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.accounts.tables import Account
from domain.audit.tables import AuditEntry
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, SessionFormat, WeeklyHours
from domain.booking import (
    book_service,
    cancel_service,
    expiry_service,
    freed_service,
    hold_service,
    waitlist_service,
)
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import HoldNotRenewable, OwnTimeOverlaps, SlotTaken
from domain.booking.states import Origin, Status, WaitlistStatus
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.booking.waiting import Entry
from domain.booking.waitlist_queries import WAITING_MAX
from domain.ids import TherapistId
from tests.build import booking, notices, statements
from tests.build.availability import hours, schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits

KINDS = (
    session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.PHONE)),
    session_type(code="group_50", capacity=2),
)


async def therapist(session: AsyncSession, *, notice: int = 0, daily_limit: int | None = None) -> TherapistId:
    """Store one who has no time but from 10 to 11, so that what is freed is the only offer of the day."""
    return await listed_therapist(
        session,
        schedule=schedule(
            weekly_hours=hours("10:00", "11:00"), session_types=KINDS, notice=notice, daily_limit=daily_limit
        ),
    )


async def booked(session: AsyncSession, therapist_id: TherapistId, *, by: Actor, now: datetime) -> Booking:
    return await book_service.book(session, wanted=booking.wanted(therapist_id), by=by, now=now, after=())


async def cancel(session: AsyncSession, appointment: Booking, *, by: Actor, parts: Parts, now: datetime) -> None:
    await cancel_service.cancel(
        session,
        appointment_id=appointment.id,
        request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
        vault=parts.vault,
        by=by,
        now=now,
    )


async def freed_time(session: AsyncSession, therapist_id: TherapistId, *, parts: Parts, now: datetime) -> None:
    """Book the time, and cancel it."""
    by = await client(session)
    await cancel(session, await booked(session, therapist_id, by=by, now=now), by=by, parts=parts, now=now)


async def seen(session: AsyncSession, entry: Entry, *, by: Actor) -> Entry:
    return await waitlist_service.entry(session, entry_id=entry.entry_id, by=by)


async def given_hold(session: AsyncSession, entry: Entry, *, by: Actor) -> Booking:
    """Give the hold that is kept for an entry."""
    offered = (await seen(session, entry, by=by)).offered
    assert offered is not None
    return await session.get_one(Booking, offered.hold_id, populate_existing=True)


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


async def test_booking_what_was_kept_is_refused_where_the_clients_own_time_is_not_free(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    entry = await waits(session, by=by, asked=asked(therapist_id))
    await freed_time(session, therapist_id, parts=parts, now=now)
    given = await given_hold(session, entry, by=by)
    own = await booked(session, await listed_therapist(session), by=by, now=now)

    with pytest.raises(OwnTimeOverlaps) as refused:
        await book_service.book_held(session, hold_id=given.id, by=by, now=now, after=())

    assert refused.value.appointment_id == own.id
    assert (await seen(session, entry, by=by)).offered is not None


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


async def test_a_mail_says_only_that_something_waits(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await therapist(session)
    by = await client(session)
    await waits(session, by=by, asked=asked(therapist_id))

    await freed_time(session, therapist_id, parts=parts, now=now)

    [letter] = await notices.waiting_letters(session, vault=parts.vault, to=await address(session, by))
    assert "Sign in" in letter.message.text
    for word in ("therap", "Robin", "session", "10:00", "trauma"):
        assert word not in letter.message.text + letter.message.subject


async def test_where_nobody_waits_freed_time_costs_one_statement(
    session: AsyncSession, connection: AsyncConnection, now: datetime, parts: Parts
) -> None:
    therapist_id = await therapist(session)
    during = Interval(starts_at=booking.slot(), ends_at=booking.slot() + timedelta(hours=1))
    asked_for = statements.reads(connection)

    await freed_service.freed(session, therapist_id=therapist_id, during=during, vault=parts.vault, now=now)

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
