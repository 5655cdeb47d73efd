"""Races on real connections that commit: the database decides, one wins, and the others are told so."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import book_service, hold_service
from domain.booking.refusals import OwnTimeOverlaps, SlotNotOffered, SlotTaken
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.database import Database
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.therapists import listed_therapist

CLIENTS = 16
ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
FEWER_ROUNDS = max(2, ROUNDS // 2)  # where each round has several steps
KINDS = (
    session_type(after=10),
    session_type(code="long_80", minutes=80, after=10),
    session_type(code="group_50", minutes=50, after=10, capacity=3),
)


async def therapist(database: Database, *, daily_limit: int | None = None) -> TherapistId:
    async with database.transaction() as session:
        return await listed_therapist(
            session,
            schedule=schedule(session_types=KINDS, slot_interval=30, daily_limit=daily_limit),
            caseload_limit=1000,  # each round may leave a client
        )


async def people(database: Database, *, count: int = CLIENTS) -> list[Actor]:
    async with database.transaction() as session:
        return [await booking.client(session) for _ in range(count)]


async def hold(database: Database, *, wanted: Wanted, by: Actor) -> str:
    """Hold, commit, and say how it went."""
    try:
        async with database.transaction() as session:
            await hold_service.hold(session, wanted=wanted, by=by, now=datetime.now(UTC))
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered) as refused:
        return refused.slug
    return "won"


async def book(database: Database, *, wanted: Wanted, by: Actor) -> str:
    """Book straight away, commit, and say how it went."""
    try:
        async with database.transaction() as session:
            await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered) as refused:
        return refused.slug
    return "won"


async def race(attempts: Sequence[Awaitable[str]]) -> Counter[str]:
    """Let all go at once. Whatever is no refusal of ours, such as a deadlock, is raised."""
    return Counter(await asyncio.gather(*attempts))


async def live(database: Database, *, therapist_id: TherapistId, kind: Kind = Kind.INDIVIDUAL) -> int:
    async with database.read() as session:
        count = await session.scalar(
            select(func.count()).where(
                Booking.therapist_id == therapist_id,
                Booking.kind == kind,
                Booking.status.in_((Status.HELD, Status.CONFIRMED)),
            )
        )
    return count or 0


async def test_of_many_who_want_one_time_exactly_one_gets_it(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(ROUNDS):
        clients = await people(database)  # new ones, since nobody holds more than three times
        starts_at = booking.slot(days=3 + number, hour=10)
        outcome = await race(
            [hold(database, wanted=booking.wanted(therapist_id, starts_at=starts_at), by=by) for by in clients]
        )
        assert outcome == {"won": 1, "slot-taken": CLIENTS - 1}

    assert await live(database, therapist_id=therapist_id) == ROUNDS


async def test_times_that_overlap_are_sold_once_whatever_their_length(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(ROUNDS):
        clients = await people(database)
        starts_at = booking.slot(days=3 + number, hour=10)
        attempts = [
            (book if turn % 2 else hold)(
                database,
                wanted=booking.wanted(
                    therapist_id,
                    starts_at=starts_at + timedelta(minutes=30 * (turn % 2)),
                    session_type="long_80" if turn % 3 else "individual_50",
                ),
                by=by,
            )
            for turn, by in enumerate(clients)
        ]
        outcome = await race(attempts)
        assert outcome == {"won": 1, "slot-taken": CLIENTS - 1}


async def test_one_client_gets_one_of_two_therapists_at_the_same_time(database: Database) -> None:
    therapist_ids = [await therapist(database), await therapist(database)]
    clients = await people(database, count=ROUNDS)

    for number, by in enumerate(clients):
        starts_at = booking.slot(days=3 + number, hour=10)
        outcome = await race(
            [
                hold(database, wanted=booking.wanted(therapist_id, starts_at=starts_at), by=by)
                for therapist_id in therapist_ids
                for _ in range(4)
            ]
        )
        assert outcome == {"won": 1, "conflict": 7}


async def test_an_expired_hold_is_won_by_exactly_one(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(FEWER_ROUNDS):
        [first, *clients] = await people(database)
        wanted = booking.wanted(therapist_id, starts_at=booking.slot(days=3 + number, hour=10))
        async with database.transaction() as session:
            stale = await hold_service.hold(session, wanted=wanted, by=first, now=datetime.now(UTC))
            await booking.run_out(session, hold_id=stale.id)
        outcome = await race([hold(database, wanted=wanted, by=by) for by in clients])
        assert outcome == {"won": 1, "slot-taken": CLIENTS - 2}


async def test_a_group_gives_away_its_seats_and_no_more(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(FEWER_ROUNDS):
        clients = await people(database)
        wanted = booking.wanted(therapist_id, starts_at=booking.slot(days=3 + number, hour=10), session_type="group_50")
        outcome = await race([hold(database, wanted=wanted, by=by) for by in clients])
        assert outcome == {"won": 3, "slot-taken": CLIENTS - 3}

    assert await live(database, therapist_id=therapist_id, kind=Kind.GROUP) == FEWER_ROUNDS


async def test_a_seat_given_back_while_others_want_it_leaves_no_group_behind(database: Database, parts: Parts) -> None:
    therapist_id = await therapist(database)
    [first, second] = await people(database, count=2)
    wanted = booking.wanted(therapist_id, session_type="group_50")

    async def give_back() -> str:
        async with database.transaction() as session:
            held = await hold_service.hold(session, wanted=wanted, by=first, now=datetime.now(UTC))
        async with database.transaction() as session:
            await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=first, now=datetime.now(UTC))
        return "given back"

    async def take_and_give_back() -> str:
        async with database.transaction() as session:
            held = await hold_service.hold(session, wanted=wanted, by=second, now=datetime.now(UTC))
        async with database.transaction() as session:
            await hold_service.release(session, hold_id=held.id, vault=parts.vault, by=second, now=datetime.now(UTC))
        return "given back"

    for _ in range(FEWER_ROUNDS):
        outcome = await race([give_back(), take_and_give_back()])
        assert outcome == {"given back": 2}
        assert await live(database, therapist_id=therapist_id, kind=Kind.GROUP) == 0
        assert await live(database, therapist_id=therapist_id, kind=Kind.SEAT) == 0


async def test_a_daily_limit_is_exact_under_races(database: Database) -> None:
    for number in range(FEWER_ROUNDS):
        clients = await people(database)
        therapist_id = await therapist(database, daily_limit=2)
        attempts = [
            hold(
                database,
                wanted=booking.wanted(therapist_id, starts_at=booking.slot(days=3 + number, hour=9 + turn % 7)),
                by=by,
            )
            for turn, by in enumerate(clients)
        ]
        outcome = await race(attempts)
        assert outcome["won"] == 2
        assert await live(database, therapist_id=therapist_id) == 2
