"""Random sequences of all that happens to time: the model says what follows, and the service must say the same."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.availability import exceptions_service
from domain.availability import service as availability
from domain.availability.exceptions import NewException
from domain.availability.exceptions_service import StoredException
from domain.availability.interval import Interval
from domain.availability.schedule import ExceptionKind
from domain.booking import (
    book_service,
    cancel_service,
    expiry_service,
    hold_service,
    reschedule_service,
    series_service,
    waitlist_service,
)
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import WeeksRefused
from domain.booking.reschedule_service import NewTime
from domain.booking.series import OnConflict
from domain.booking.series_service import BookedSeries, SeriesWanted
from domain.booking.tables import Booking
from domain.booking.terms import ReasonCode
from domain.booking.waiting import Entry as StoredEntry
from domain.ids import BookingId, ExceptionId, WaitlistEntryId
from tests.build import booking, waiting
from tests.build.moves import any_version
from tests.model.ground import Ground
from tests.model.practices import CODES, PRACTICES
from tests.model.world import HOLD_MINUTES, HOLD_MINUTES_IN_ALL, HOLDS_MAX, Entry, Row

REFUSED = {"hours": "SlotNotOffered", "own": "OwnTimeOverlaps", "rivals": "SlotTaken"}
OF_WEEK = {"hours": "slot-not-offered", "own": "conflict", "rivals": "slot-taken"}

THERAPIST = st.integers(0, 1)
CLIENT = st.integers(0, 2)
CODE = st.sampled_from(CODES)
WHICH = st.integers(0, 30)
EARLY = st.integers(0, 7)  # few, so that wishes meet
BESIDE = st.sampled_from([0, 0, 0, 0, 0, 30, -30, 15, 24 * 60])


class Machine(Ground):
    """The rules; see `Ground` for what must agree after each."""

    @rule(therapist=THERAPIST, practice=st.sampled_from(list(PRACTICES)))
    def change_the_schedule(self, therapist: int, practice: str) -> None:
        by, rules = self.service.therapists[therapist], PRACTICES[practice]
        outcome = self.ask(
            "schedule",
            lambda session: availability.put_schedule(session, schedule=rules, by=by, now=self.world.now),
        )
        self.expect(outcome, None)
        desk = self.world.desks[by.therapist_id]
        desk.schedule = rules
        desk.change()

    @rule(
        therapist=THERAPIST,
        kind=st.sampled_from(ExceptionKind),
        day=st.integers(1, 3),
        hour=st.integers(0, 23),
        minutes=st.sampled_from([20, 60, 200, 700]),
    )
    def say_an_exception(self, therapist: int, kind: ExceptionKind, day: int, hour: int, minutes: int) -> None:
        by = self.service.therapists[therapist]
        start = self.world.now.replace(hour=0, minute=0) + timedelta(days=day, hours=hour)
        during = Interval(starts_at=start, ends_at=start + timedelta(minutes=minutes))
        said = NewException(kind=kind, starts_at=during.starts_at, ends_at=during.ends_at, note=None)
        outcome = self.ask(
            f"exception {kind}",
            lambda session: exceptions_service.add(
                session, exception=said, vault=self.parts.vault, by=by, now=self.world.now
            ),
        )
        assert isinstance(outcome, StoredException)
        desk = self.world.desks[by.therapist_id]
        (desk.opened if kind is ExceptionKind.OPEN else desk.closed)[outcome.exception_id] = during
        desk.change()

    @rule(therapist=THERAPIST, which=WHICH)
    def take_an_exception_back(self, therapist: int, which: int) -> None:
        by = self.service.therapists[therapist]
        desk = self.world.desks[by.therapist_id]
        ids: list[ExceptionId] = [*desk.opened, *desk.closed]
        if not ids:
            return
        chosen = ids[which % len(ids)]
        outcome = self.ask(
            "exception taken back",
            lambda session: exceptions_service.take_back(session, exception_id=chosen, by=by, now=self.world.now),
        )
        self.expect(outcome, None)
        desk.opened.pop(chosen, None)
        desk.closed.pop(chosen, None)
        desk.change()

    @rule(client=CLIENT, therapist=THERAPIST, code=CODE, which=EARLY, beside=BESIDE)
    def hold(self, client: int, therapist: int, code: str, which: int, beside: int) -> None:
        by, at = self.service.clients[client], self.service.therapists[therapist].therapist_id
        start = self.start(at, code, which, beside)
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
        by, at = self.service.clients[client], self.service.therapists[therapist].therapist_id
        start = self.start(at, code, which, beside)
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
            f"book what is {row.status}{'' if row.entry is None else ' and was given'}",
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
        if row.status == "held" and row.entry is not None and self.world.overlaps_own(row):
            refusal = "OwnTimeOverlaps"
        if self.expect(outcome, refusal):
            row.status = "confirmed"
            for entry in self.world.entries:
                if entry.id == row.entry and entry.status == "waiting":
                    entry.status = "booked"

    def made(self, outcome: object, row: Row) -> None:
        assert isinstance(outcome, Booking)
        row.id = str(outcome.id)

    @rule(which=WHICH)
    def release(self, which: int) -> None:
        row = self.some(which, "held", "held", "released", "confirmed")
        if row is None:
            return
        by, hold_id = self.owner(row), BookingId(UUID(row.id))
        outcome = self.ask(
            f"release what is {row.status}",
            lambda session: hold_service.release(
                session, hold_id=hold_id, vault=self.parts.vault, by=by, now=self.world.now
            ),
        )
        if self.expect(outcome, "TransitionNotAllowed" if row.status == "confirmed" else None) and row.live:
            row.status = "released"
            self.world.freed(row.therapist, row.occupied)

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

    @rule(which=WHICH, minutes=st.sampled_from([6, 6, 6, 130]))
    def let_time_pass_for_a_hold(self, which: int, minutes: int) -> None:
        row = self.some(which, "held")
        if row is None or row.id is None:
            return
        self.run(self.service.age(row.id, minutes))
        row.age, row.left = row.age + minutes, row.left - minutes
        if row.left <= 0:
            row.status = "expired"
        self.seen[f"time passes: {row.status}"] += 1

    @rule()
    def clear_what_has_run_out(self) -> None:
        """Sweep where it is clear what follows: of two times that come free at once, either may be offered first."""
        uncleared = self.run(self.service.uncleared())
        if len(uncleared) > 1 and any(entry.status == "waiting" for entry in self.world.entries):
            return
        outcome = self.ask(
            f"sweep of {min(len(uncleared), 2)}",
            lambda session: expiry_service.sweep(session, vault=self.parts.vault, now=self.world.now),
        )
        assert outcome == len(uncleared)
        for row in [self.world.row(row_id) for row_id in uncleared]:
            self.world.freed(row.therapist, row.occupied)

    @rule(which=WHICH, reason=st.sampled_from(ReasonCode))
    def cancel(self, which: int, reason: ReasonCode) -> None:
        row = self.some(which, "confirmed", "confirmed", "cancelled")
        if row is None:
            return
        by, appointment_id = self.owner(row), BookingId(UUID(row.id))
        outcome = self.ask(
            "cancel",
            lambda session: cancel_service.cancel(
                session,
                appointment_id=appointment_id,
                request=CancelRequest(reason=reason, note=None),
                vault=self.parts.vault,
                by=by,
                now=self.world.now,
            ),
        )
        if self.expect(outcome, "TransitionNotAllowed" if row.status == "cancelled" else None):
            row.status = "cancelled"
            self.world.freed(row.therapist, row.occupied)

    @rule(which=WHICH, to=EARLY, beside=BESIDE)
    def move(self, which: int, to: int, beside: int) -> None:
        row = self.some(which, "confirmed", "confirmed", "cancelled")
        if row is None:
            return
        by, appointment_id = self.owner(row), BookingId(UUID(row.id))
        start = self.start(row.therapist, row.code, to, beside)
        verdict = self.world.verdict(row.therapist, row.code, start, client=row.client, besides={row.id})
        stays = start == row.during.starts_at
        outcome = self.ask(
            "move",
            lambda session: reschedule_service.reschedule(
                session,
                new=NewTime(appointment_id=appointment_id, starts_at=start),
                check=any_version,
                by=by,
                now=self.world.now,
                vault=self.parts.vault,
                after=(),
            ),
        )
        refusal = "TransitionNotAllowed" if row.status == "cancelled" else None if stays else REFUSED.get(verdict or "")
        if self.expect(outcome, refusal) and not stays:
            left = row.occupied
            self.world.put(row, start)
            self.world.freed(row.therapist, left)

    @rule(
        client=CLIENT,
        therapist=THERAPIST,
        code=CODE,
        which=EARLY,
        weeks=st.integers(2, 3),
        on_conflict=st.sampled_from(OnConflict),
    )
    def book_a_series(
        self, client: int, therapist: int, code: str, which: int, weeks: int, on_conflict: OnConflict
    ) -> None:
        by, at = self.service.clients[client], self.service.therapists[therapist].therapist_id
        starts = list(self.world.weeks(at, self.start(at, code, which, 0), weeks))
        verdicts = [
            self.world.verdict(at, code, start, client=by.client_id, unbound=number > 0)
            for number, start in enumerate(starts)
        ]
        against = [(start, OF_WEEK[why]) for start, why in zip(starts, verdicts, strict=True) if why is not None]
        wanted = SeriesWanted(
            first=booking.wanted(at, session_type=code, starts_at=starts[0]), weeks=weeks, on_conflict=on_conflict
        )

        outcome = self.ask(
            f"series {on_conflict}",
            lambda session: series_service.create(session, wanted=wanted, by=by, now=self.world.now, after=()),
        )

        refused = bool(against) and (on_conflict is OnConflict.ABORT or len(against) == weeks)
        if not self.expect(outcome, "WeeksRefused" if refused else None):
            assert isinstance(outcome, WeeksRefused)
            assert [(week.starts_at, week.reason) for week in outcome.conflicts] == against
            return
        assert isinstance(outcome, BookedSeries)
        assert [(week.starts_at, week.reason) for week in outcome.skipped] == against
        had = [start for start, why in zip(starts, verdicts, strict=True) if why is None]
        assert [each.starts_at for each in outcome.appointments] == had
        for each, start in zip(outcome.appointments, had, strict=True):
            self.made(each, self.world.take(at, code, start, client=by.client_id, status="confirmed"))

    @precondition(lambda self: len(self.world.entries) < 5)
    @rule(client=CLIENT, therapist=THERAPIST, code=st.none() | CODE, days=st.sampled_from([2, 60, 60]))
    def wait(self, client: int, therapist: int, code: str | None, days: int) -> None:
        by, at = self.service.clients[client], self.service.therapists[therapist].therapist_id
        joined_at = self.world.now + timedelta(microseconds=len(self.world.entries))
        until: datetime = self.world.now + timedelta(days=days)
        outcome = self.ask(
            "wait",
            lambda session: waiting.waits(
                session, by=by, asked=waiting.asked(at, session_type=code, until=until), now=joined_at
            ),
        )
        assert isinstance(outcome, StoredEntry)
        self.world.entries.append(
            Entry(id=str(outcome.entry_id), client=by.client_id, therapist=at, code=code, until=until)
        )

    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        if not self.world.entries:
            return
        entry = self.world.entries[which % len(self.world.entries)]
        by = next(by for by in self.service.clients if by.client_id == entry.client)
        outcome = self.ask(
            "leave",
            lambda session: waitlist_service.leave(
                session,
                entry_id=WaitlistEntryId(UUID(entry.id)),
                vault=self.parts.vault,
                by=by,
                now=self.world.now,
            ),
        )
        self.expect(outcome, None)
        kept = [row for row in self.world.rows if row.entry == entry.id and row.status == "held"]
        if entry.status == "waiting":
            entry.status = "ended"
        for row in kept:
            row.status = "released"
        for row in kept:
            self.world.freed(row.therapist, row.occupied)
