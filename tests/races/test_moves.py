"""Races of those who move and those who want standing sessions, on real connections that commit."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import func, select

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import book_service, cancel_service, hold_service, reschedule_service, series_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import OwnTimeOverlaps, SlotNotOffered, SlotTaken, TransitionNotAllowed, WeeksRefused
from domain.booking.reschedule_service import NewTime
from domain.booking.series import OnConflict, Scope
from domain.booking.series_service import SeriesWanted
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking, Series
from domain.booking.terms import ReasonCode
from domain.database import Address, Database
from domain.ids import BookingId, TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.moves import VAULT
from tests.build.therapists import listed_therapist

ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
WEEKS = 6
KINDS = (session_type(after=10), session_type(code="group_50", after=10, capacity=2))


@pytest.fixture(autouse=True)
async def leave_nothing(server_address: Address) -> AsyncIterator[None]:
    """Empty what these tests commit, as the owner; the audit is append-only and stays."""
    yield
    owner = await asyncpg.connect(server_address.dsn())
    await owner.execute("TRUNCATE account CASCADE")
    await owner.close()


async def therapist(database: Database, *, daily_limit: int | None = None) -> TherapistId:
    async with database.transaction() as session:
        return await listed_therapist(session, schedule=schedule(session_types=KINDS, daily_limit=daily_limit))


async def people(database: Database, *, count: int) -> list[Actor]:
    async with database.transaction() as session:
        return [await booking.client(session) for _ in range(count)]


async def booked(
    database: Database,
    therapist_id: TherapistId,
    *,
    by: Actor,
    starts_at: datetime,
    session_type: str = "individual_50",
) -> BookingId:
    wanted = booking.wanted(therapist_id, starts_at=starts_at, session_type=session_type)
    async with database.transaction() as session:
        row = await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    return row.id


async def move(
    database: Database, appointment_id: BookingId, *, by: Actor, to: datetime, scope: Scope = Scope.ONE
) -> str:
    """Move, commit, and say how it went."""
    try:
        async with database.transaction() as session:
            await reschedule_service.reschedule(
                session,
                new=NewTime(appointment_id=appointment_id, starts_at=to, scope=scope),
                check=lambda _version: None,
                by=by,
                now=datetime.now(UTC),
                vault=VAULT,
                after=(),
            )
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered, WeeksRefused, TransitionNotAllowed) as refused:
        return refused.slug
    return "moved"


async def hold(database: Database, therapist_id: TherapistId, *, by: Actor, starts_at: datetime) -> str:
    """Hold, commit, and say how it went."""
    wanted = booking.wanted(therapist_id, starts_at=starts_at)
    try:
        async with database.transaction() as session:
            await hold_service.hold(session, wanted=wanted, by=by, now=datetime.now(UTC))
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered) as refused:
        return refused.slug
    return "held"


async def standing(
    database: Database, therapist_id: TherapistId, *, by: Actor, starts_at: datetime, on_conflict: OnConflict
) -> str:
    """Book a series of six weeks, commit, and say how many weeks it got."""
    wanted = SeriesWanted(first=booking.wanted(therapist_id, starts_at=starts_at), weeks=WEEKS, on_conflict=on_conflict)
    try:
        async with database.transaction() as session:
            found = await series_service.create(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    except WeeksRefused as refused:
        return f"refused {len(refused.conflicts)}"
    return f"booked {len(found.appointments)}"


async def count(database: Database, *, by: Actor) -> tuple[int, int]:
    """Count a client's bookings and series, whatever became of them."""
    async with database.read() as session:
        bookings = select(func.count()).select_from(Booking).where(Booking.client_id == by.client_id)
        rows = select(func.count()).select_from(Series).where(Series.client_id == by.client_id)
        return await session.scalar(bookings) or 0, await session.scalar(rows) or 0


async def appointments(database: Database, *, by: Actor) -> list[BookingId]:
    """Give a client's appointments by start."""
    async with database.read() as session:
        mine = select(Booking.id).where(Booking.client_id == by.client_id).order_by(func.lower(Booking.during))
        return list(await session.scalars(mine))


async def race(attempts: Sequence[Awaitable[str]]) -> Counter[str]:
    """Let all go at once. Whatever is no refusal of ours, such as a deadlock, is raised."""
    return Counter(await asyncio.gather(*attempts))


async def starts(database: Database, *, therapist_id: TherapistId, kind: Kind = Kind.INDIVIDUAL) -> list[datetime]:
    """Give the starts of what lives with a therapist."""
    async with database.read() as session:
        found = await session.scalars(
            select(func.lower(Booking.during))
            .where(
                Booking.therapist_id == therapist_id,
                Booking.kind == kind,
                Booking.status.in_((Status.HELD, Status.CONFIRMED)),
            )
            .order_by(func.lower(Booking.during), Booking.id)
        )
        return list(found)


async def test_of_many_who_move_or_hold_into_one_time_one_wins_and_the_others_keep_theirs(
    database: Database,
) -> None:
    for number in range(ROUNDS):
        therapist_id = await therapist(database)
        movers, holders = await people(database, count=4), await people(database, count=4)
        wanted = booking.slot(days=3 + number, hour=16)
        olds = [booking.slot(days=3 + number, hour=9 + turn) for turn in range(len(movers))]
        ids = [await booked(database, therapist_id, by=by, starts_at=old) for by, old in zip(movers, olds, strict=True)]

        outcome = await race(
            [
                attempt
                for mover, appointment_id, holder in zip(movers, ids, holders, strict=True)
                for attempt in (
                    move(database, appointment_id, by=mover, to=wanted),
                    hold(database, therapist_id, by=holder, starts_at=wanted),
                )
            ]
        )

        left = await starts(database, therapist_id=therapist_id)
        assert outcome["moved"] + outcome["held"] == 1
        assert outcome["slot-taken"] == len(movers) + len(holders) - 1
        assert left.count(wanted) == 1
        assert len(left) == len(movers) + outcome["held"]
        assert len(set(left) & set(olds)) == len(movers) - outcome["moved"]


async def test_two_that_want_each_others_time_never_lose_their_own(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(ROUNDS):
        pair = await people(database, count=2)
        times = [booking.slot(days=3 + number, hour=hour) for hour in (10, 12)]
        ids = [await booked(database, therapist_id, by=by, starts_at=at) for by, at in zip(pair, times, strict=True)]

        outcome = await race(
            [
                move(database, appointment_id, by=by, to=to)
                for appointment_id, by, to in zip(ids, pair, reversed(times), strict=True)
                for _ in range(3)
            ]
        )

        assert outcome == {"slot-taken": 6}
        assert [at for at in await starts(database, therapist_id=therapist_id) if at in times] == times


async def test_one_client_who_swaps_two_sessions_at_once_keeps_both(database: Database) -> None:
    for number in range(ROUNDS):
        therapist_ids = [await therapist(database), await therapist(database)]
        [by] = await people(database, count=1)
        times = [booking.slot(days=3 + number, hour=hour) for hour in (10, 12)]
        ids = [
            await booked(database, therapist_id, by=by, starts_at=at)
            for therapist_id, at in zip(therapist_ids, times, strict=True)
        ]

        outcome = await race(
            [
                move(database, appointment_id, by=by, to=to)
                for appointment_id, to in zip(ids, reversed(times), strict=True)
            ]
        )

        assert outcome == {"conflict": 2}


async def test_seats_that_change_places_leave_no_empty_group(database: Database) -> None:
    therapist_id = await therapist(database)

    for number in range(ROUNDS):
        pair = await people(database, count=2)
        times = [booking.slot(days=3 + number, hour=hour) for hour in (10, 12)]
        ids = [
            await booked(database, therapist_id, by=by, starts_at=at, session_type="group_50")
            for by, at in zip(pair, times, strict=True)
        ]

        outcome = await race(
            [
                move(database, appointment_id, by=by, to=to)
                for appointment_id, by, to in zip(ids, pair, reversed(times), strict=True)
            ]
        )

        seats = [at for at in await starts(database, therapist_id=therapist_id, kind=Kind.SEAT) if at in times]
        groups = [at for at in await starts(database, therapist_id=therapist_id, kind=Kind.GROUP) if at in times]
        assert outcome == {"moved": 2}
        assert len(seats) == 2
        assert groups == sorted(set(seats))


async def test_a_daily_limit_is_exact_while_sessions_move_in(database: Database) -> None:
    for number in range(ROUNDS):
        therapist_id = await therapist(database, daily_limit=2)
        clients = await people(database, count=5)
        ids = [
            await booked(database, therapist_id, by=by, starts_at=booking.slot(days=200 + turn, hour=10))
            for turn, by in enumerate(clients)
        ]

        outcome = await race(
            [
                move(database, appointment_id, by=by, to=booking.slot(days=3 + number, hour=10 + turn))
                for turn, (appointment_id, by) in enumerate(zip(ids, clients, strict=True))
            ]
        )

        assert outcome == {"moved": 2, "slot-not-offered": 3}


async def test_of_two_series_over_the_same_weeks_one_has_all_and_the_other_nothing(database: Database) -> None:
    for number in range(ROUNDS):
        therapist_id = await therapist(database)
        pair = await people(database, count=2)
        starts_at = booking.slot(days=3 + number, hour=10)

        outcome = await race(
            [standing(database, therapist_id, by=by, starts_at=starts_at, on_conflict=OnConflict.ABORT) for by in pair]
        )

        assert outcome == {"booked 6": 1, "refused 6": 1}
        assert sorted([await count(database, by=by) for by in pair]) == [(0, 0), (WEEKS, 1)]


async def test_series_that_skip_share_the_weeks_with_holds_and_lose_none(database: Database) -> None:
    for number in range(ROUNDS):
        therapist_id = await therapist(database)
        pair, holders = await people(database, count=2), await people(database, count=3)
        first = 3 + number
        starts_at = booking.slot(days=first, hour=10)

        outcome = await race(
            [
                *(
                    standing(database, therapist_id, by=by, starts_at=starts_at, on_conflict=OnConflict.SKIP)
                    for by in pair
                ),
                *(
                    hold(database, therapist_id, by=by, starts_at=booking.slot(days=first + 7 * turn, hour=10))
                    for turn, by in enumerate(holders)
                ),
            ]
        )

        left = await starts(database, therapist_id=therapist_id)
        assert len(left) == len(set(left)) == WEEKS
        booked_weeks = sum(int(told.split()[1]) for told in outcome if told.startswith("booked"))
        assert booked_weeks + outcome["held"] == WEEKS


async def test_a_session_that_is_cancelled_while_it_moves_ends_cancelled_and_free(
    database: Database, parts: Parts
) -> None:
    therapist_id = await therapist(database)

    async def cancel(appointment_id: BookingId, *, by: Actor) -> str:
        async with database.transaction() as session:
            await cancel_service.cancel(
                session,
                appointment_id=appointment_id,
                request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
                vault=parts.vault,
                by=by,
                now=datetime.now(UTC),
            )
        return "cancelled"

    for number in range(ROUNDS):
        [by] = await people(database, count=1)
        times = [booking.slot(days=3 + number, hour=hour) for hour in (10, 12)]
        appointment_id = await booked(database, therapist_id, by=by, starts_at=times[0])

        outcome = await race(
            [cancel(appointment_id, by=by), *(move(database, appointment_id, by=by, to=times[1]) for _ in range(2))]
        )

        assert outcome["cancelled"] == 1
        assert outcome["moved"] + outcome["transition-not-allowed"] == 2
        assert not set(times) & set(await starts(database, therapist_id=therapist_id))


async def test_a_series_that_moves_while_others_hold_moves_whole_or_not_at_all(database: Database) -> None:
    for number in range(ROUNDS):
        therapist_id = await therapist(database)
        [by], holders = await people(database, count=1), await people(database, count=3)
        first = 3 + number
        olds = [booking.slot(days=first + 7 * turn, hour=10) for turn in range(WEEKS)]
        news = [booking.slot(days=first + 7 * turn, hour=14) for turn in range(WEEKS)]
        await standing(database, therapist_id, by=by, starts_at=olds[0], on_conflict=OnConflict.ABORT)
        named = (await appointments(database, by=by))[0]

        outcome = await race(
            [
                move(database, named, by=by, to=news[0], scope=Scope.ALL),
                *(
                    hold(database, therapist_id, by=holder, starts_at=news[turn * 2])
                    for turn, holder in enumerate(holders)
                ),
            ]
        )

        left = await starts(database, therapist_id=therapist_id)
        if outcome["moved"]:
            assert outcome == {"moved": 1, "slot-taken": 3}
            assert left == news
        else:
            assert outcome["held"] >= 1
            assert [at for at in left if at in olds] == olds
