"""The ground the machine stands on: a run's own people, the model beside the service, and what must agree."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.availability import service as availability
from domain.availability.interval import Interval
from domain.booking.tables import Booking
from domain.errors import DomainError
from domain.ids import TherapistId
from tests.build import occupancy
from tests.model.practices import CODES, DAYTIME, HORIZON_DAYS
from tests.model.service import Seen, Service, close_service, open_service
from tests.model.world import MINUTE, Desk, Row, World

Result = TypeVar("Result")
INDIVIDUAL, GROUPS = ("individual_50", "long_80"), ("group_50",)
REFUSED = {"hours": "SlotNotOffered", "own": "OwnTimeOverlaps", "rivals": "SlotTaken"}

THERAPIST = st.integers(0, 1)
CLIENT = st.integers(0, 2)
CODE = st.sampled_from(CODES)
WHICH = st.integers(0, 30)
EARLY = st.integers(0, 7)  # few, so that wishes meet
BESIDE = st.sampled_from([0, 0, 0, 0, 0, 30, -30, 15, 24 * 60])


class Ground(RuleBasedStateMachine):
    """One run: two therapists and three clients, in a transaction that is taken back. seen: what happened, counted."""

    runner: ClassVar[asyncio.Runner]
    parts: ClassVar[Parts]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.service: Service = self.run(open_service(self.parts, therapists=2, clients=3))
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        window = Interval(starts_at=now, ends_at=now + timedelta(days=HORIZON_DAYS + 1))
        self.world = World(now=now, window=window)
        for by in self.service.therapists:
            self.world.desks[by.therapist_id] = Desk(schedule=DAYTIME)
        self.steps = 0

    def teardown(self) -> None:
        async def end() -> occupancy.Breaches:
            try:
                async with self.service.session() as session:
                    return await occupancy.breaches(session)
            finally:
                await close_service(self.service)

        assert self.run(end()) == occupancy.NONE

    def run(self, work: Awaitable[Result]) -> Result:
        async def awaited() -> Result:
            return await work

        return self.runner.run(awaited())

    def ask(self, name: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result | DomainError:
        """Ask the service in a session of its own, note how it went, and give the answer or the refusal."""

        async def asked() -> Result | DomainError:
            async with self.service.session() as session:
                try:
                    done = await work(session)
                except DomainError as refused:
                    await session.rollback()
                    return refused
                await session.commit()
                return done

        outcome = self.run(asked())
        self.seen[f"{name}: {type(outcome).__name__ if isinstance(outcome, DomainError) else 'done'}"] += 1
        return outcome

    def expect(self, outcome: object, refusal: str | None) -> bool:
        """Compare how it went with what the model says, and tell whether it was done."""
        went = type(outcome).__name__ if isinstance(outcome, DomainError) else None
        assert went == refusal, (went, refusal, outcome)
        return went is None

    def start(self, therapist: TherapistId, code: str, which: int, beside: int) -> datetime:
        """Give one of the first starts of open hours, taken or not, or a time beside it."""
        desk = self.world.desks[therapist]
        starts = desk.starts(desk.kind(code), window=self.world.window, now=self.world.now, unbound=False)
        chosen = starts[which % len(starts)] if starts else self.world.now.replace(minute=0) + timedelta(days=2)
        return chosen + beside * MINUTE

    def some(self, which: int, *statuses: str, given: bool | None = None) -> Row | None:
        """Give some row in one of these states, or None. given: by the service, or not; None for either."""
        rows = [
            row
            for row in self.world.rows
            if row.status in statuses and (given is None or (row.given_for is not None) == given)
        ]
        return rows[which % len(rows)] if rows else None

    def owner(self, row: Row) -> Actor:
        return next(by for by in self.service.clients if by.client_id == row.client)

    def therapist(self, row: Row) -> Actor:
        return next(by for by in self.service.therapists if by.therapist_id == row.therapist)

    def made(self, outcome: object, row: Row) -> None:
        """Learn the id of what was made."""
        assert isinstance(outcome, Booking)
        row.id = str(outcome.id)

    @invariant()
    def holds_appointments_and_seats_agree(self) -> None:
        seen = self.run(self.service.rows())
        self._learn_ids(seen)
        expected = {
            row.id: Seen(
                id=row.id,
                status=row.status,
                client=row.client,
                therapist=row.therapist,
                code=row.code,
                during=row.during,
                given_for=row.given_for,
                seat=row.seat if row.live else None,
            )
            for row in self.world.rows
            if row.id is not None
        }
        assert seen == expected
        assert self.run(self.service.entries()) == {entry.id: entry.status for entry in self.world.entries}

    def _learn_ids(self, seen: dict[str, Seen]) -> None:
        """Find the rows that the service made by itself: each is one the model expects."""
        known = {row.id for row in self.world.rows}
        made = [each for each in seen.values() if each.id not in known]
        for row in [row for row in self.world.rows if row.id is None]:
            same = [
                each
                for each in made
                if (each.client, each.therapist, each.code, each.during, each.given_for)
                == (row.client, row.therapist, row.code, row.during, row.given_for)
            ]
            assert len(same) == 1, f"expected and not there: {row}; not expected: {made}"
            row.id = same[0].id
            made.remove(same[0])
            waits = any(entry.id == row.given_for for entry in self.world.entries)
            self.seen[f"given: {'to one who waits' if waits else 'in place of a lost session'}"] += 1
        assert not made, f"there and not expected: {made}"

    @invariant()
    def what_is_offered_agrees(self) -> None:
        """Compare with what each client in turn is shown, and somebody new."""
        self.steps += 1
        everybody = [by.client_id for by in self.service.clients]
        for client in (None, everybody[self.steps % len(everybody)]):
            for code, codes in ((None, INDIVIDUAL), ("group_50", GROUPS)):
                shown = self.run(
                    self.service.offered(code, client=client, window=self.world.window, now=self.world.now)
                )
                assert shown == {
                    therapist: self.world.offered(therapist, codes, client=client) for therapist in self.world.desks
                }

    @invariant()
    def schedules_agree(self) -> None:
        async def stored(by: Actor) -> object:
            async with self.service.session() as session:
                return (await availability.own_schedule(session, by=by)).schedule

        for by in self.service.therapists:
            assert self.run(stored(by)) == self.world.desks[by.therapist_id].schedule
