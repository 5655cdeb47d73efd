"""Races of those who move, on real connections that commit."""

from datetime import UTC, datetime

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import cancel_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.states import Kind
from domain.booking.terms import ReasonCode
from domain.database import Database
from domain.ids import BookingId
from tests.build import booking
from tests.races.moving import ROUNDS, booked, hold, move, people, race, starts, therapist


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
