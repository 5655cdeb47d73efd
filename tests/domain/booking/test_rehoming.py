from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.accounts.tables import Account
from domain.booking import book_service, cancel_service, hold_service, rehoming_service, ways_on_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.ids import TherapistId
from tests.build import booking, notices
from tests.build.availability import hours, schedule
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits


async def booked(
    session: AsyncSession, therapist_id: TherapistId, *, by: Actor, now: datetime, days: int = 3
) -> Booking:
    wanted = booking.wanted(therapist_id, starts_at=booking.slot(days=days))
    return await book_service.book(session, wanted=wanted, by=by, now=now, after=())


async def cancelled(
    session: AsyncSession,
    appointment: Booking,
    *,
    parts: Parts,
    now: datetime,
    reason: ReasonCode = ReasonCode.THERAPIST_UNAVAILABLE,
) -> Booking:
    """Let the therapist cancel."""
    return await cancel_service.cancel(
        session,
        appointment_id=appointment.id,
        request=CancelRequest(reason=reason, note=None),
        vault=parts.vault,
        by=booking.acting_therapist(appointment.therapist_id),
        now=now,
    )


async def kept(session: AsyncSession, *, by: Actor) -> list[Booking]:
    found = await session.scalars(
        select(Booking)
        .where(Booking.client_id == by.client_id, Booking.origin == Origin.REHOMING)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def test_a_client_whose_therapist_cancels_has_another_time_for_48_hours(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    lost = await booked(session, therapist_id, by=by, now=now)

    await cancelled(session, lost, parts=parts, now=now)

    [given] = await kept(session, by=by)
    assert (given.status, given.in_place_of, given.therapist_id) == (Status.HELD, lost.id, therapist_id)
    assert given.starts_at != lost.starts_at
    assert given.expires_at == now + timedelta(hours=48)


async def test_what_is_kept_is_first_of_the_ways_on_and_all_can_be_had(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    lost = await booked(session, await listed_therapist(session), by=by, now=now)
    gone = await cancelled(session, lost, parts=parts, now=now)
    [given] = await kept(session, by=by)

    found = await ways_on_service.after_cancelling(session, appointment=gone, by=by, now=now)

    assert found is not None
    assert [each.kept is not None for each in found] == [True, False, False]
    assert found[0].kept is not None
    assert (found[0].kept.hold_id, found[0].starts_at) == (given.id, given.starts_at)
    for each in found[1:]:
        wanted = booking.wanted(each.therapist_id, starts_at=each.starts_at, session_type=each.session_type)
        await hold_service.hold(session, wanted=wanted, by=by, now=now)
    appointment = await book_service.book_held(session, hold_id=given.id, by=by, now=now, after=())
    assert appointment.status is Status.CONFIRMED


async def test_holding_what_is_kept_gives_it_as_it_is(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    await cancelled(
        session, await booked(session, await listed_therapist(session), by=by, now=now), parts=parts, now=now
    )
    [given] = await kept(session, by=by)

    held = await hold_service.hold(
        session, wanted=booking.wanted(given.therapist_id, starts_at=given.starts_at), by=by, now=now
    )

    assert held.id == given.id


async def test_only_the_next_session_is_rehomed(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    following = await booked(session, therapist_id, by=by, now=now, days=10)
    coming = await booked(session, therapist_id, by=by, now=now, days=3)

    await cancelled(session, following, parts=parts, now=now)
    after_the_later = await kept(session, by=by)
    await cancelled(session, coming, parts=parts, now=now)

    assert after_the_later == []
    assert [each.in_place_of for each in await kept(session, by=by)] == [coming.id]


async def test_one_time_is_kept_for_several_sessions_lost(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    lost = [await booked(session, therapist_id, by=by, now=now, days=days) for days in (3, 10)]

    for each in lost:
        await cancelled(session, each, parts=parts, now=now)

    assert [each.in_place_of for each in await kept(session, by=by)] == [lost[0].id]


async def test_somebody_else_is_found_where_the_therapist_has_no_other_time(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    alone = await listed_therapist(session, schedule=schedule(weekly_hours=(hours("10:00", "11:00")), horizon_days=4))
    other = await listed_therapist(session)
    by = await client(session)
    lost = await booked(session, alone, by=by, now=now)
    for days in range(5):
        if days != 3:
            await fill(session, alone, days=days, now=now)

    await cancelled(session, lost, parts=parts, now=now)

    [given] = await kept(session, by=by)
    assert given.therapist_id == other


async def fill(session: AsyncSession, therapist_id: TherapistId, *, days: int, now: datetime) -> None:
    """Take a day of the therapist's, where it is still ahead."""
    if booking.slot(days=days) > now:
        stranger = (await client(session)).client_id
        await session.execute(
            booking.row(therapist_id=therapist_id, client_id=stranger, starts_at=booking.slot(days=days))
        )


async def test_looking_after_somebody_twice_is_once(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    lost = await booked(session, await listed_therapist(session), by=by, now=now)
    gone = await cancelled(session, lost, parts=parts, now=now)

    await rehoming_service.look_after(session, lost=gone, vault=parts.vault, now=now)

    address = (await session.get_one(Account, by.account_id)).email
    letters = await notices.waiting_letters(session, vault=parts.vault, to=address)
    assert (len(await kept(session, by=by)), len(letters)) == (1, 1)


async def test_the_mail_blames_nobody_and_says_nothing_of_health(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    lost = await booked(session, await listed_therapist(session), by=by, now=now)

    await cancelled(session, lost, parts=parts, now=now)

    address = (await session.get_one(Account, by.account_id)).email
    [letter] = await notices.waiting_letters(session, vault=parts.vault, to=address)
    assert "nothing you did" in letter.message.text
    for word in ("therap", "session", "Robin", "cancel"):
        assert word not in letter.message.text + letter.message.subject


async def test_a_client_who_cancels_is_given_nothing(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    lost = await booked(session, await listed_therapist(session), by=by, now=now)

    await cancel_service.cancel(
        session,
        appointment_id=lost.id,
        request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
        vault=parts.vault,
        by=by,
        now=now,
    )

    assert await kept(session, by=by) == []


async def test_a_time_at_which_the_therapist_is_not_there_is_offered_to_nobody(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(weekly_hours=hours("10:00", "11:00")))
    waiting = await client(session)
    entry = await waits(session, by=waiting, asked=asked(therapist_id))
    away = await booked(session, therapist_id, by=await client(session), now=now, days=3)
    there = await booked(session, therapist_id, by=await client(session), now=now, days=4)

    await cancelled(session, away, parts=parts, now=now)
    while_away = await offered(session, waiting=waiting)
    await cancelled(session, there, parts=parts, now=now, reason=ReasonCode.CLIENT_REQUEST)

    assert while_away == []
    assert [(each.starts_at, each.waitlist_entry_id) for each in await offered(session, waiting=waiting)] == [
        (booking.slot(days=4), entry.entry_id)
    ]


async def offered(session: AsyncSession, *, waiting: Actor) -> list[Booking]:
    found = await session.scalars(
        select(Booking).where(Booking.client_id == waiting.client_id, Booking.origin == Origin.WAITLIST)
    )
    return list(found)
