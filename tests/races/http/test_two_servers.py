"""Races through HTTP over two server processes: one wins, the others are told, and can go on."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from api.parts import Parts
from domain.booking import hold_service
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking
from domain.database import Address
from domain.ids import TherapistId
from tests.build import booked, booking, occupancy
from tests.build.accounts import Person
from tests.build.availability import schedule, session_type
from tests.build.therapists import listed_therapist
from tests.races.http.two_servers import (
    ANSWER_WITHIN_SECONDS,
    Ask,
    Said,
    Servers,
    alternatives,
    clients,
    hold_of,
    serving_twice,
)

CLIENTS = 64
FEWER_CLIENTS = 16
ROUNDS = int(os.environ.get("ATTUNE_HTTP_RACE_ROUNDS", "3"))  # `make races` runs many more
FEWER_ROUNDS = max(1, ROUNDS // 10)
KINDS = (
    session_type(after=10),
    session_type(code="long_80", minutes=80, after=10),
    session_type(code="group_50", minutes=50, after=10, capacity=3),
)
# All of these reach over the half hour from 10:30 with what they take from the therapist.
RIVALS = (("individual_50", 0), ("individual_50", 30), ("long_80", -30), ("long_80", 0), ("long_80", 30))
DAYS = 300
KEPT_FOR_SECONDS = 2.0


@pytest.fixture(scope="module")
def urls(server_address: Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[str]]:
    """Where the two servers are."""
    with serving_twice(tmp_path_factory.mktemp("twice"), address=server_address) as both:
        yield [service.url for service in both]


@pytest.fixture
async def servers(urls: Sequence[str]) -> AsyncIterator[Servers]:
    # The servers end a connection that was quiet for five seconds: none is used again that comes near it.
    limits = httpx.Limits(
        max_connections=2 * CLIENTS, max_keepalive_connections=2 * CLIENTS, keepalive_expiry=KEPT_FOR_SECONDS
    )
    async with httpx.AsyncClient(limits=limits, timeout=ANSWER_WITHIN_SECONDS) as http:
        yield Servers(urls=urls, http=http)


async def therapist(parts: Parts) -> TherapistId:
    async with parts.database.transaction() as session:
        return await listed_therapist(session, schedule=schedule(session_types=KINDS, slot_interval=30))


def taking(
    by: Person,
    *,
    directly: bool,
    therapist_id: TherapistId,
    start: datetime,
    session_type: str = "individual_50",
    key: str | None = None,
) -> Ask:
    """Ask to hold a time, or to book it straight away."""
    body = booked.body(therapist_id, start=start, session_type=session_type)
    return Ask(by=by, path="/v1/appointments" if directly else "/v1/holds", body=body, key=key)


async def live(parts: Parts, *, kind: Kind, therapist_id: TherapistId) -> int:
    statement = select(func.count()).where(
        Booking.therapist_id == therapist_id,
        Booking.kind == kind,
        Booking.status.in_((Status.HELD, Status.CONFIRMED)),
    )
    async with parts.database.read() as session:
        return await session.scalar(statement) or 0


async def nothing_is_sold_twice(parts: Parts) -> None:
    async with parts.database.read() as session:
        assert await occupancy.breaches(session) == occupancy.NONE


def only_winner(said: Sequence[Said]) -> Said:
    [won] = [each for each in said if each.status == 201]
    return won


async def all_of_its_alternatives_can_be_held(servers: Servers, lost: Said) -> None:
    held = [await servers.ask(hold_of(each, by=lost.ask.by), at=turn) for turn, each in enumerate(alternatives(lost))]
    assert [each.status for each in held] == [201] * len(held), [each.answer.text for each in held]
    for each in held:
        await servers.undo(each)


async def a_repeat_under_its_key_is_answered_the_same(servers: Servers, won: Said) -> None:
    again = [await servers.ask(won.ask, at=turn) for turn in range(2)]
    assert [each.answer.headers.get("Idempotent-Replayed") for each in again] == ["true", "true"]
    assert [each.answer.text for each in again] == [won.answer.text] * 2


async def test_of_64_clients_who_want_times_that_overlap_one_gets_one(parts: Parts, servers: Servers) -> None:
    therapist_id = await therapist(parts)
    people = await clients(parts, CLIENTS)
    winners = Counter[str]()

    for number in range(ROUNDS):
        at_ten = booking.slot(days=3 + number % DAYS, hour=10)
        wishes = [RIVALS[(number + turn) % len(RIVALS)] for turn in range(CLIENTS)]
        said = await servers.race(
            [
                taking(
                    by,
                    directly=(number + turn) % 2 == 0,
                    key=f"round {number}" if turn % 3 == 0 else None,
                    therapist_id=therapist_id,
                    session_type=code,
                    start=at_ten + timedelta(minutes=minutes),
                )
                for turn, (by, (code, minutes)) in enumerate(zip(people, wishes, strict=True))
            ]
        )

        assert Counter(each.slug for each in said) == {"201": 1, "slot-taken": CLIENTS - 1}
        won = only_winner(said)
        winners[f"{won.ask.path[4:]} {won.ask.body and won.ask.body['session_type']}"] += 1
        lost = [each for each in said if each is not won]
        assert all(alternatives(each) for each in lost)
        await all_of_its_alternatives_can_be_held(servers, lost[number % len(lost)])
        if won.ask.key is not None:
            await a_repeat_under_its_key_is_answered_the_same(servers, won)
        assert await live(parts, kind=Kind.INDIVIDUAL, therapist_id=therapist_id) == 1
        await nothing_is_sold_twice(parts)
        await servers.undo(won)
        assert await live(parts, kind=Kind.INDIVIDUAL, therapist_id=therapist_id) == 0

    print(  # noqa: T201 - what `make races` is run for
        f"\n{ROUNDS} rounds of {CLIENTS} clients on two servers: {winners.total()} winners {dict(winners)}, "
        f"slowest answer {servers.slowest_seconds * 1000:.0f} ms"
    )


async def test_one_client_gets_one_of_two_therapists(parts: Parts, servers: Servers) -> None:
    therapist_ids = [await therapist(parts), await therapist(parts)]
    people = await clients(parts, FEWER_ROUNDS)

    for number, by in enumerate(people):
        start = booking.slot(days=3 + number % DAYS, hour=10)
        said = await servers.race(
            [
                taking(by, directly=bool(directly), therapist_id=therapist_ids[directly], start=start)
                for _ in range(8)
                for directly in range(2)
            ]
        )

        assert Counter(each.slug for each in said) == {"201": 1, "conflict": 15}
        await nothing_is_sold_twice(parts)


async def test_a_hold_that_has_run_out_is_in_nobodys_way(parts: Parts, servers: Servers) -> None:
    therapist_id = await therapist(parts)
    [first, *people] = await clients(parts, FEWER_CLIENTS + 1)

    for number in range(FEWER_ROUNDS):
        start = booking.slot(days=3 + number % DAYS, hour=10)
        wanted = booking.wanted(therapist_id, starts_at=start)
        async with parts.database.transaction() as session:
            stale = await hold_service.hold(session, wanted=wanted, by=first.actor, now=datetime.now(UTC))
            await booking.run_out(session, hold_id=stale.id)
        said = await servers.race(
            [
                taking(by, directly=turn % 2 == 0, therapist_id=therapist_id, start=start)
                for turn, by in enumerate(people)
            ]
        )

        assert Counter(each.slug for each in said) == {"201": 1, "slot-taken": FEWER_CLIENTS - 1}
        await nothing_is_sold_twice(parts)
        await servers.undo(only_winner(said))


async def test_a_hold_confirmed_by_many_at_once_is_one_appointment(parts: Parts, servers: Servers) -> None:
    therapist_id = await therapist(parts)
    people = await clients(parts, FEWER_ROUNDS)

    for number, by in enumerate(people):
        start = booking.slot(days=3 + number % DAYS, hour=10)
        held = await servers.ask(taking(by, directly=False, therapist_id=therapist_id, start=start))
        hold_id = str(held.answer.json()["id"])
        said = await servers.race(
            [
                Ask(by=by, path="/v1/appointments", body={"hold_id": hold_id}, key="the same" if turn % 4 < 2 else None)
                for turn in range(12)
            ]
        )

        done = [each for each in said if each.status == 201]
        fresh = [each for each in done if "Idempotent-Replayed" not in each.answer.headers]
        assert len(fresh) == 1
        assert {each.answer.text for each in done} == {fresh[0].answer.text}
        assert {each.slug for each in said} <= {"201", "transition-not-allowed", "idempotency-key-in-use"}
        assert fresh[0].answer.json()["id"] == hold_id
        assert await live(parts, kind=Kind.INDIVIDUAL, therapist_id=therapist_id) == 1
        await servers.undo(fresh[0])


async def test_a_group_gives_away_its_seats_and_no_more(parts: Parts, servers: Servers) -> None:
    therapist_id = await therapist(parts)
    people = await clients(parts, FEWER_CLIENTS)

    for number in range(FEWER_ROUNDS):
        start = booking.slot(days=3 + number % DAYS, hour=10)
        said = await servers.race(
            [
                taking(by, directly=turn % 2 == 0, therapist_id=therapist_id, session_type="group_50", start=start)
                for turn, by in enumerate(people)
            ]
        )

        assert Counter(each.slug for each in said) == {"201": 3, "slot-taken": FEWER_CLIENTS - 3}
        assert await live(parts, kind=Kind.GROUP, therapist_id=therapist_id) == 1
        await nothing_is_sold_twice(parts)
        await asyncio.gather(*(servers.undo(each) for each in said if each.status == 201))
        assert await live(parts, kind=Kind.GROUP, therapist_id=therapist_id) == 0
        await nothing_is_sold_twice(parts)


async def test_a_client_holds_three_times_however_many_are_asked_for_at_once(parts: Parts, servers: Servers) -> None:
    therapist_id = await therapist(parts)
    [by] = await clients(parts, 1)

    for number in range(FEWER_ROUNDS):
        starts = [booking.slot(days=3 + (number + turn) % DAYS, hour=9 + turn % 6) for turn in range(10)]
        said = await servers.race(
            [taking(by, directly=False, therapist_id=therapist_id, start=start) for start in starts]
        )

        assert Counter(each.slug for each in said) == {"201": 3, "conflict": 7}
        held = {each.answer.json()["id"] for each in said if each.status == 201}
        assert all({hold["id"] for hold in each.answer.json()["holds"]} == held for each in said if each.status == 409)
        for each in said:
            if each.status == 201:
                await servers.undo(each)
