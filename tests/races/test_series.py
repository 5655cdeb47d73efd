"""Races over standing sessions, on real connections that commit."""

from datetime import UTC, datetime

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import series_cancel_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.series import OnConflict, Scope
from domain.booking.terms import ReasonCode
from domain.database import Database
from domain.ids import BookingId
from tests.build import booking
from tests.races.moving import ROUNDS, WEEKS, appointments, count, hold, move, people, race, standing, starts, therapist


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


async def test_a_series_that_is_cancelled_while_it_moves_ends_cancelled(database: Database, parts: Parts) -> None:
    async def cancel(appointment_id: BookingId, *, by: Actor) -> str:
        async with database.transaction() as session:
            ended = await series_cancel_service.cancel(
                session,
                appointment_id=appointment_id,
                scope=Scope.ALL,
                request=CancelRequest(reason=ReasonCode.SCHEDULE, note=None),
                check=lambda _version: None,
                vault=parts.vault,
                by=by,
                now=datetime.now(UTC),
            )
        return f"cancelled {len(ended)}"

    for number in range(ROUNDS):
        therapist_id = await therapist(database)
        [by] = await people(database, count=1)
        starts_at = booking.slot(days=3 + number, hour=10)
        await standing(database, therapist_id, by=by, starts_at=starts_at, on_conflict=OnConflict.ABORT)
        ids = await appointments(database, by=by)

        outcome = await race(
            [
                cancel(ids[-1], by=by),
                move(database, ids[0], by=by, to=booking.slot(days=3 + number, hour=14), scope=Scope.ALL),
            ]
        )

        assert outcome["cancelled 6"] == 1
        assert outcome["moved"] + outcome["transition-not-allowed"] == 1
        assert await starts(database, therapist_id=therapist_id) == []
