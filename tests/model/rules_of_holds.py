"""What clients do with times that are free, and with holds; and that holds run out."""

from datetime import datetime
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.access.actor import Actor
from domain.booking import book_service, expiry_service, hold_service
from domain.booking.tables import Booking
from domain.ids import BookingId, TherapistId
from tests.build import booking
from tests.model.ground import BESIDE, CLIENT, CODE, EARLY, REFUSED, THERAPIST, WHICH, Ground
from tests.model.world import HOLD_MINUTES, HOLD_MINUTES_IN_ALL, HOLDS_MAX, Row


class HoldRules(Ground):
    @rule(client=CLIENT, therapist=THERAPIST, code=CODE, which=EARLY, beside=BESIDE)
    def hold(self, client: int, therapist: int, code: str, which: int, beside: int) -> None:
        at = self.service.therapists[therapist].therapist_id
        self.hold_at(self.service.clients[client], at, code, self.start(at, code, which, beside))

    def hold_at(self, by: Actor, at: TherapistId, code: str, start: datetime) -> None:
        verdict = self.world.verdict(at, code, start, client=by.client_id)
        same = self.world.same_hold(by.client_id, at, code, start)
        too_many = verdict is None and len(self.world.holds(by.client_id)) >= HOLDS_MAX
        wanted = booking.wanted(at, session_type=code, starts_at=start)

        outcome = self.ask("hold", lambda session: hold_service.hold(session, wanted=wanted, by=by, now=self.world.now))

        if same is not None and verdict in {"hours", "rivals"}:  # it is theirs already
            assert isinstance(outcome, Booking)
            assert str(outcome.id) == same.id
        elif self.expect(outcome, "TooManyHolds" if too_many else REFUSED.get(verdict or "")):
            self.made(outcome, self.world.take(at, code, start, client=by.client_id, status="held"))

    @rule(client=CLIENT, therapist=THERAPIST, code=CODE, which=EARLY, beside=BESIDE)
    def book(self, client: int, therapist: int, code: str, which: int, beside: int) -> None:
        at = self.service.therapists[therapist].therapist_id
        self.book_at(self.service.clients[client], at, code, self.start(at, code, which, beside))

    @rule(client=CLIENT, code=CODE, which=WHICH, directly=st.booleans())
    def take_what_has_run_out(self, client: int, code: str, which: int, *, directly: bool) -> None:
        row = self.some(which, "expired", "held")
        if row is not None:
            if row.live:
                self.pass_time(row, minutes=3000)
            take = self.book_at if directly else self.hold_at
            take(self.service.clients[client], row.therapist, code, row.during.starts_at)

    def book_at(self, by: Actor, at: TherapistId, code: str, start: datetime) -> None:
        same = self.world.same_hold(by.client_id, at, code, start)
        verdict = self.world.verdict(at, code, start, client=by.client_id)
        wanted = booking.wanted(at, session_type=code, starts_at=start)

        outcome = self.ask(
            "book", lambda session: book_service.book(session, wanted=wanted, by=by, now=self.world.now, after=())
        )

        if same is not None:
            self.booked_from(same, outcome)
        elif self.expect(outcome, REFUSED.get(verdict or "")):
            self.made(outcome, self.world.take(at, code, start, client=by.client_id, status="confirmed"))

    @rule(which=WHICH)
    def book_a_hold(self, which: int) -> None:
        row = self.some(which, "held", "held", "released", "expired", "confirmed", "cancelled")
        if row is None:
            return
        by, hold_id = self.owner(row), BookingId(UUID(row.id))
        outcome = self.ask(
            f"book what is {row.status}{'' if row.given_for is None else ' and was given'}",
            lambda session: book_service.book_held(session, hold_id=hold_id, by=by, now=self.world.now, after=()),
        )
        self.booked_from(row, outcome)

    def booked_from(self, row: Row, outcome: object) -> None:
        """Turn a hold into an appointment, or say why not."""
        refusal = {
            "released": "HoldNotFound",
            "expired": "HoldExpired",
            "confirmed": "TransitionNotAllowed",
            "cancelled": "TransitionNotAllowed",
        }.get(row.status)
        if row.status == "held" and row.given_for is not None and self.world.overlaps_own(row):
            refusal = "OwnTimeOverlaps"
        if self.expect(outcome, refusal):
            row.status = "confirmed"
            for entry in self.world.entries:
                if entry.id == row.given_for and entry.status == "waiting":
                    entry.status = "booked"

    @rule(which=WHICH)
    def release(self, which: int) -> None:
        row = self.some(which, "held", "held", "released", "confirmed")
        if row is not None:
            self.release_row(row)

    def release_row(self, row: Row) -> None:
        by, hold_id = self.owner(row), BookingId(UUID(row.id))
        outcome = self.ask(
            f"release what is {row.status}",
            lambda session: hold_service.release(
                session, hold_id=hold_id, vault=self.parts.vault, by=by, now=self.world.now
            ),
        )
        if self.expect(outcome, "TransitionNotAllowed" if row.status == "confirmed" else None) and row.live:
            row.status = "released"
            self.world.freed(row.therapist, row.occupied, left_by=row.client)

    @rule(which=WHICH)
    def renew(self, which: int) -> None:
        row = self.some(which, "held", "held", "expired", "released", "confirmed", given=False)
        if row is None:
            return
        by, hold_id = self.owner(row), BookingId(UUID(row.id))
        gains = row.age < HOLD_MINUTES_IN_ALL - HOLD_MINUTES or row.age + row.left < HOLD_MINUTES_IN_ALL
        refusal = {
            "held": None if gains else "HoldNotRenewable",
            "expired": "HoldExpired",
            "released": "HoldNotFound",
            "confirmed": "TransitionNotAllowed",
        }[row.status]
        outcome = self.ask(
            "renew", lambda session: hold_service.renew(session, hold_id=hold_id, by=by, now=self.world.now)
        )
        if self.expect(outcome, refusal):
            row.left = min(HOLD_MINUTES, HOLD_MINUTES_IN_ALL - row.age)

    @rule(client=CLIENT, therapist=THERAPIST)
    def hold_all_one_can(self, client: int, therapist: int) -> None:
        for which in range(0, 12, 3):
            self.hold(client, therapist, "individual_50", which, 24 * 60)

    @rule(which=WHICH)
    def renew_as_long_as_one_can(self, which: int) -> None:
        for _ in range(5):
            self.let_time_pass_for_a_hold(which, 6)
            self.renew(which)

    @rule(which=WHICH, minutes=st.sampled_from([6, 6, 6, 130, 3000]))
    def let_time_pass_for_a_hold(self, which: int, minutes: int) -> None:
        row = self.some(which, "held")
        if row is not None:
            self.pass_time(row, minutes=minutes)

    def pass_time(self, row: Row, *, minutes: int) -> None:
        assert row.id is not None
        self.run(self.service.age(row.id, minutes))
        row.age, row.left = row.age + minutes, row.left - minutes
        if row.left <= 0:
            row.status = "expired"
        self.seen[f"time passes: {row.status}"] += 1

    @rule()
    def clear_what_has_run_out(self) -> None:
        """Sweep where it is clear what follows: of two times that come free at once, either may be offered first."""
        uncleared = self.run(self.service.uncleared())
        if not uncleared:
            return
        if len(uncleared) > 1 and any(entry.status == "waiting" for entry in self.world.entries):
            return
        outcome = self.ask(
            f"sweep of {min(len(uncleared), 2)}",
            lambda session: expiry_service.sweep(session, vault=self.parts.vault, now=self.world.now),
        )
        assert outcome == len(uncleared)
        for row in [self.world.row(row_id) for row_id in uncleared]:
            self.world.freed(row.therapist, row.occupied, left_by=row.client)
