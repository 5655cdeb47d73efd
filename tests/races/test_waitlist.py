"""Races around those who wait, on real connections that commit: one gets the time, and nobody gets two."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import book_service, cancel_service, closing_service, expiry_service, hold_service, jobs
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import HoldExpired, HoldNotFound, SlotNotOffered, SlotTaken
from domain.booking.states import Kind, Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.database import Address, Database
from domain.ids import BookingId, TherapistId
from domain.therapists.service import TherapistNotFound
from tests.build import booking, emptied
from tests.build.availability import hours, schedule
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits

ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))


@pytest.fixture(autouse=True)
async def leave_nothing(server_address: Address) -> AsyncIterator[None]:
    """Empty what these tests commit, as the owner; the audit is append-only and stays."""
    yield
    owner = await asyncpg.connect(server_address.dsn())
    await emptied.empty(owner)
    await owner.close()


async def therapist(session: AsyncSession, *, daily_limit: int | None = None) -> TherapistId:
    return await listed_therapist(
        session, schedule=schedule(weekly_hours=hours("10:00", "12:00"), daily_limit=daily_limit)
    )


async def taken(database: Database, therapist_id: TherapistId, *, hour: int = 10) -> tuple[BookingId, Actor]:
    """Book a time as somebody new, and give the appointment and whose it is."""
    async with database.transaction() as session:
        by = await booking.client(session)
        wanted = booking.wanted(therapist_id, starts_at=booking.slot(hour=hour))
        made = await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    return made.id, by


async def cancel(parts: Parts, appointment_id: BookingId, *, by: Actor) -> str:
    async with parts.database.transaction() as session:
        await cancel_service.cancel(
            session,
            appointment_id=appointment_id,
            request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
            vault=parts.vault,
            by=by,
            now=datetime.now(UTC),
        )
    return "cancelled"


async def hold(database: Database, therapist_id: TherapistId, *, by: Actor) -> str:
    try:
        async with database.transaction() as session:
            await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=datetime.now(UTC))
    except (SlotTaken, SlotNotOffered) as refused:
        return refused.slug
    return "won"


async def accept(database: Database, hold_id: BookingId, *, by: Actor) -> str:
    try:
        async with database.transaction() as session:
            await book_service.book_held(session, hold_id=hold_id, by=by, now=datetime.now(UTC), after=())
    except (HoldExpired, HoldNotFound) as refused:
        return refused.slug
    return "booked"


async def live(database: Database, therapist_id: TherapistId) -> list[Booking]:
    async with database.read() as session:
        found = await session.scalars(
            select(Booking).where(
                Booking.therapist_id == therapist_id,
                Booking.kind == Kind.INDIVIDUAL,
                Booking.status.in_((Status.HELD, Status.CONFIRMED)),
            )
        )
        return list(found)


@pytest.mark.parametrize("daily_limit", [None, 1])
async def test_a_cancelled_time_goes_to_who_waits_or_to_a_stranger_and_never_to_both_or_nobody(
    parts: Parts, daily_limit: int | None
) -> None:
    for _ in range(ROUNDS):
        async with parts.database.transaction() as session:
            therapist_id = await therapist(session, daily_limit=daily_limit)
            strangers = [await booking.client(session) for _ in range(6)]
            await waits(session, by=await booking.client(session), asked=asked(therapist_id))
        appointment_id, by = await taken(parts.database, therapist_id)

        outcome = await asyncio.gather(
            *(hold(parts.database, therapist_id, by=each) for each in strangers[:3]),
            cancel(parts, appointment_id, by=by),
            *(hold(parts.database, therapist_id, by=each) for each in strangers[3:]),
        )

        rows = await live(parts.database, therapist_id)
        assert len(rows) == 1
        assert (rows[0].origin is Origin.WAITLIST) is ("won" not in outcome)


async def test_two_cancelled_times_make_one_live_offer_for_one_who_waits(parts: Parts) -> None:
    for _ in range(ROUNDS):
        async with parts.database.transaction() as session:
            therapist_ids = [await therapist(session), await therapist(session)]
            await waits(session, by=await booking.client(session), asked=asked(*therapist_ids))
        appointments = [
            await taken(parts.database, therapist_id, hour=hour) for therapist_id in therapist_ids for hour in (10, 11)
        ]

        await asyncio.gather(*(cancel(parts, appointment_id, by=by) for appointment_id, by in appointments))

        rows = [row for therapist_id in therapist_ids for row in await live(parts.database, therapist_id)]
        assert [row.origin for row in rows] == [Origin.WAITLIST]


async def test_what_is_accepted_as_it_runs_out_is_booked_or_goes_to_the_next(parts: Parts) -> None:
    for _ in range(ROUNDS):
        async with parts.database.transaction() as session:
            therapist_id = await therapist(session)
            first, second = await booking.client(session), await booking.client(session)
            await waits(session, by=first, asked=asked(therapist_id), now=datetime.now(UTC) - timedelta(hours=1))
            await waits(session, by=second, asked=asked(therapist_id))
        appointment_id, by = await taken(parts.database, therapist_id)
        await cancel(parts, appointment_id, by=by)
        [offered] = await live(parts.database, therapist_id)
        async with parts.database.transaction() as session:
            await booking.runs_out_soon(session, hold_id=offered.id)

        async def sweep() -> str:
            await asyncio.sleep(0.02)
            async with parts.database.transaction() as session:
                return str(await expiry_service.sweep(session, vault=parts.vault, now=datetime.now(UTC)))

        outcome, *_ = await asyncio.gather(accept(parts.database, offered.id, by=first), sweep(), sweep(), sweep())
        await sweep()

        rows = [row for row in await live(parts.database, therapist_id) if row.starts_at == offered.starts_at]
        expected = (first.client_id, Status.CONFIRMED) if outcome == "booked" else (second.client_id, Status.HELD)
        assert [(row.client_id, row.status) for row in rows] == [expected]


async def test_many_sweeps_expire_a_hold_once(parts: Parts) -> None:
    async with parts.database.transaction() as session:
        therapist_id = await therapist(session)
        held = await hold_service.hold(
            session, wanted=booking.wanted(therapist_id), by=await booking.client(session), now=datetime.now(UTC)
        )
        await booking.run_out(session, hold_id=held.id)

    async def sweep() -> int:
        async with parts.database.transaction() as session:
            return await expiry_service.sweep(session, vault=parts.vault, now=datetime.now(UTC))

    counts = await asyncio.gather(*(sweep() for _ in range(6)))

    async with parts.database.read() as session:
        version = await session.scalar(select(func.max(Booking.version)).where(Booking.id == held.id))
    assert (sum(counts), version) == (1, 2)


async def test_a_practice_that_closes_while_many_book_has_nothing_ahead(parts: Parts) -> None:
    for _ in range(ROUNDS):
        async with parts.database.transaction() as session:
            therapist_id = await listed_therapist(session)
            clients = [await booking.client(session) for _ in range(8)]

        async def close(closing: TherapistId) -> str:
            async with parts.database.transaction() as session:
                await closing_service.close(
                    session, vault=parts.vault, by=booking.acting_therapist(closing), now=datetime.now(UTC)
                )
            return "closed"

        async def book(closing: TherapistId, by: Actor, hour: int) -> str:
            wanted = booking.wanted(closing, starts_at=booking.slot(hour=hour))
            try:
                async with parts.database.transaction() as session:
                    await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
            except TherapistNotFound as refused:
                return refused.slug
            return "booked"

        await asyncio.gather(
            *(book(therapist_id, by, 9 + number) for number, by in enumerate(clients[:4])),
            close(therapist_id),
            *(book(therapist_id, by, 13 + number) for number, by in enumerate(clients[4:])),
        )
        await jobs.review_practice(therapist_id, database=parts.database, vault=parts.vault, clock=parts.clock)

        assert await live(parts.database, therapist_id) == []
