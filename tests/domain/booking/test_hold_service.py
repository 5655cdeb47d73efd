from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.booking import book_service, hold_service
from domain.booking.claim_service import MatchUnknown, PlaceUnknown
from domain.booking.refusals import (
    HoldNotFound,
    LicenseNotValidAtSession,
    OwnTimeOverlaps,
    SlotNotOffered,
    SlotTaken,
    TransitionNotAllowed,
)
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.clients.service import ClientProfileMissing
from domain.database import database_now
from domain.ids import BookingId, MatchId, TherapistId, uuid7
from domain.money import Money
from domain.therapists.service import TherapistNotFound
from tests.build import accounts, booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist


async def test_a_hold_lasts_ten_minutes_by_the_databases_clock(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session))

    held = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)

    assert held.status is Status.HELD
    assert held.expires_at is not None
    left = held.expires_at - (await session.scalars(select(database_now()))).one()
    assert timedelta(minutes=9, seconds=58) < left <= timedelta(minutes=10)


async def test_a_hold_fixes_what_was_promised(session: AsyncSession, now: datetime) -> None:
    kind = session_type(before=5, after=10, fee=Money(amount=12_345, currency="usd"))
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(kind,)))
    by = await client(session)
    starts_at = booking.slot(hour=14)

    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id, starts_at=starts_at), by=by, now=now)

    assert held.fee == Money(amount=12_345, currency="usd")
    assert (held.terms.free_cancellation_hours, held.terms.late_fee_percent) == (24, 50)
    assert (held.starts_at, held.ends_at) == (starts_at, starts_at + timedelta(minutes=50))
    assert held.occupied.lower == starts_at - timedelta(minutes=5)
    assert held.occupied.upper == starts_at + timedelta(minutes=60)
    assert (held.wall_start.hour, held.zone) == (14, "America/New_York")
    assert held.jurisdiction == "US-OH"


async def test_a_hold_is_written_to_the_audit(session: AsyncSession, now: datetime) -> None:
    by = await client(session)

    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == held.id))).one()
    assert (entry.action, entry.actor_id) == (Action.HOLD_CREATE, by.account_id)


async def test_who_comes_second_gets_alternatives_that_can_be_held(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)
    second = await client(session)

    with pytest.raises(SlotTaken) as refused:
        await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=second, now=now)

    assert len(refused.value.alternatives) == 3
    for offer in refused.value.alternatives:
        other = booking.wanted(offer.therapist_id, starts_at=offer.starts_at, session_type=offer.session_type)
        await hold_service.hold(session, wanted=other, by=second, now=now)


async def test_a_buffer_keeps_the_neighbouring_time_shut(session: AsyncSession, now: datetime) -> None:
    kinds = (session_type(after=20), session_type(code="short_20", minutes=20, after=0))
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=kinds, slot_interval=10))
    first = booking.wanted(therapist_id, starts_at=booking.slot(hour=10))
    await hold_service.hold(session, wanted=first, by=await client(session), now=now)
    in_buffer = booking.wanted(therapist_id, starts_at=booking.slot(hour=11), session_type="short_20")
    after_buffer = booking.wanted(therapist_id, starts_at=booking.slot(hour=11, minute=10), session_type="short_20")
    by = await client(session)

    with pytest.raises(SlotTaken):
        await hold_service.hold(session, wanted=in_buffer, by=by, now=now)
    held = await hold_service.hold(session, wanted=after_buffer, by=by, now=now)

    assert held.status is Status.HELD


async def test_a_clients_own_time_is_a_conflict_that_names_the_hold(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    with pytest.raises(OwnTimeOverlaps) as refused:
        await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    assert refused.value.hold_id == held.id


async def test_holding_what_one_holds_is_a_conflict_and_no_lost_race(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    wanted = booking.wanted(await listed_therapist(session))
    await hold_service.hold(session, wanted=wanted, by=by, now=now)

    with pytest.raises(OwnTimeOverlaps):
        await hold_service.hold(session, wanted=wanted, by=by, now=now)


async def test_an_expired_hold_goes_when_somebody_wants_its_time(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session))
    stale = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)
    await booking.run_out(session, hold_id=stale.id)

    held = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)

    await session.refresh(stale)
    assert (held.status, stale.status) == (Status.HELD, Status.EXPIRED)


async def test_a_clients_own_expired_hold_elsewhere_does_not_stand_in_the_way(
    session: AsyncSession, now: datetime
) -> None:
    by = await client(session)
    stale = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await booking.run_out(session, hold_id=stale.id)

    await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    await session.refresh(stale)
    assert stale.status is Status.EXPIRED


async def test_an_expired_hold_that_nobody_wants_is_left_alone(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    stale = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)
    await booking.run_out(session, hold_id=stale.id)
    elsewhere = booking.wanted(therapist_id, starts_at=booking.slot(hour=15))

    await hold_service.hold(session, wanted=elsewhere, by=await client(session), now=now)

    await session.refresh(stale)
    assert stale.status is Status.HELD


async def test_the_license_is_named_before_the_rival(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, jurisdiction="US-OH")
    await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)

    with pytest.raises(LicenseNotValidAtSession):
        await hold_service.hold(
            session, wanted=booking.wanted(therapist_id), by=await client(session, jurisdiction="US-TX"), now=now
        )


async def test_a_client_may_be_elsewhere_than_the_profile_says(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, jurisdiction="US-OH")
    by = await client(session, jurisdiction="US-TX")

    held = await hold_service.hold(session, wanted=booking.wanted(therapist_id, jurisdiction="US-OH"), by=by, now=now)

    assert held.jurisdiction == "US-OH"


async def test_a_start_in_the_past_is_not_offered(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session), starts_at=booking.slot(days=-1))

    with pytest.raises(SlotNotOffered) as refused:
        await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)

    assert refused.value.alternatives


async def test_a_place_that_does_not_exist_is_refused(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session), jurisdiction="US-ZZ")

    with pytest.raises(PlaceUnknown):
        await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)


async def test_a_match_of_nobody_is_refused(session: AsyncSession, now: datetime) -> None:
    wanted = booking.wanted(await listed_therapist(session), match_id=MatchId(uuid7()))

    with pytest.raises(MatchUnknown):
        await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)


async def test_a_therapist_nobody_knows_is_not_found(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(TherapistNotFound):
        await hold_service.hold(session, wanted=booking.wanted(TherapistId(uuid7())), by=await client(session), now=now)


async def test_a_client_without_a_profile_is_asked_for_it(session: AsyncSession, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.CLIENT)

    with pytest.raises(ClientProfileMissing):
        await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)


async def test_a_therapist_can_not_hold(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)

    with pytest.raises(WrongRole):
        await hold_service.hold(
            session, wanted=booking.wanted(therapist_id), by=booking.acting_therapist(therapist_id), now=now
        )


async def test_a_daily_limit_counts_holds(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=1))
    await hold_service.hold(
        session, wanted=booking.wanted(therapist_id, starts_at=booking.slot(hour=9)), by=await client(session), now=now
    )
    by = await client(session)

    with pytest.raises(SlotNotOffered):
        await hold_service.hold(
            session, wanted=booking.wanted(therapist_id, starts_at=booking.slot(hour=15)), by=by, now=now
        )
    other_day = booking.wanted(therapist_id, starts_at=booking.slot(days=4, hour=15))
    held = await hold_service.hold(session, wanted=other_day, by=by, now=now)

    assert held.status is Status.HELD


async def test_a_released_hold_frees_its_time_at_once(session: AsyncSession, now: datetime, parts: Parts) -> None:
    wanted = booking.wanted(await listed_therapist(session))
    by = await client(session)
    held = await hold_service.hold(session, wanted=wanted, by=by, now=now)

    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)
    again = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)

    assert again.status is Status.HELD


async def test_releasing_twice_or_after_expiry_is_no_refusal(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await booking.run_out(session, hold_id=held.id)

    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)
    await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)

    assert (await session.get_one(Booking, held.id, populate_existing=True)).status is Status.RELEASED


async def test_a_hold_of_somebody_else_does_not_exist(session: AsyncSession, now: datetime, parts: Parts) -> None:
    wanted = booking.wanted(await listed_therapist(session))
    held = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)
    stranger = await client(session)

    for hold_id in (held.id, BookingId(uuid7())):
        with pytest.raises(HoldNotFound):
            await hold_service.release(session, hold_id=hold_id, vault=parts.vault, by=stranger, now=now)
        with pytest.raises(HoldNotFound):
            await hold_service.live_hold(session, hold_id=hold_id, by=stranger)


async def test_a_booked_hold_can_not_be_released(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)
    await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    with pytest.raises(TransitionNotAllowed):
        await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=by, now=now)


async def test_a_hold_can_be_seen_while_it_lives(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    seen = await hold_service.live_hold(session, hold_id=held.id, by=by)
    await booking.run_out(session, hold_id=held.id)

    assert seen.id == held.id
    with pytest.raises(HoldNotFound):
        await hold_service.live_hold(session, hold_id=held.id, by=by)
