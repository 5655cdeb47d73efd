"""What becomes of appointments: cancelled or moved by one party, alone or with what of their series is meant."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.booking import reschedule_service, series_cancel_service, series_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import WeeksRefused
from domain.booking.reschedule_service import NewTime
from domain.booking.series import OnConflict, Scope
from domain.booking.series_service import BookedSeries, SeriesWanted
from domain.booking.terms import ReasonCode
from domain.ids import BookingId
from tests.build import booking
from tests.build.moves import any_version
from tests.model.ground import BESIDE, CLIENT, CODE, EARLY, REFUSED, THERAPIST, WHICH, Ground
from tests.model.world import Row

OF_WEEK = {"hours": "slot-not-offered", "own": "conflict", "rivals": "slot-taken"}
NOT_THERE = {ReasonCode.THERAPIST_UNAVAILABLE, ReasonCode.ILLNESS, ReasonCode.EMERGENCY}  # their time is not free


class AppointmentRules(Ground):
    @rule(which=WHICH, scope=st.sampled_from(Scope), reason=st.sampled_from(ReasonCode), by_therapist=st.booleans())
    def cancel(self, which: int, scope: Scope, reason: ReasonCode, *, by_therapist: bool) -> None:
        row = self.of_scope(which, scope)
        if row is None:
            return
        meant = self.meant(row, scope)
        outcome = self.ask(
            f"cancel {scope}{' by the therapist' if by_therapist else ''}",
            lambda session: series_cancel_service.cancel(
                session,
                appointment_id=BookingId(UUID(row.id)),
                scope=scope,
                request=CancelRequest(reason=reason, note=None),
                check=any_version,
                vault=self.parts.vault,
                by=self.therapist(row) if by_therapist else self.owner(row),
                now=self.world.now,
            ),
        )
        if not self.expect(outcome, self.against(row, meant)):
            return
        for each in meant:
            each.status = "cancelled"
            if not by_therapist or reason not in NOT_THERE:
                self.world.freed(each.therapist, each.occupied, left_by=each.client)
        if by_therapist:
            self.world.rehome(min(meant, key=lambda each: each.during.starts_at))

    def of_scope(self, which: int, scope: Scope) -> Row | None:
        """Give some appointment, of a series where there is one and more of it may be meant."""
        rows = [row for row in self.world.rows if row.status in {"confirmed", "cancelled"}]
        if scope is not Scope.ONE:
            rows = [row for row in rows if row.series is not None and row.status == "confirmed"] or rows
        return rows[which % len(rows)] if rows else None

    def meant(self, row: Row, scope: Scope) -> list[Row]:
        """Give what a change to one session means, that one first; nothing where there is no series to mean."""
        if scope is Scope.ONE:
            return [row]
        if row.series is None:
            return []
        others = [
            each
            for each in self.world.rows
            if each.series == row.series
            and each is not row
            and each.status == "confirmed"
            and (scope is Scope.ALL or each.during.starts_at >= row.during.starts_at)
        ]
        return [row, *sorted(others, key=lambda each: each.during.starts_at)]

    def against(self, row: Row, meant: list[Row]) -> str | None:
        if not meant:
            return "NoSeries"
        return "TransitionNotAllowed" if row.status == "cancelled" else None

    @rule(which=WHICH, scope=st.sampled_from(Scope), to=EARLY, beside=BESIDE)
    def move(self, which: int, scope: Scope, to: int, beside: int) -> None:
        row = self.of_scope(which, scope)
        if row is None:
            return
        start = self.start(row.therapist, row.code, to, beside)
        meant = self.meant(row, scope)
        stays = start == row.during.starts_at
        shifted = self.world.shifted(row, meant, start)
        verdicts = self.world.of_weeks(row.therapist, row.code, shifted, client=row.client, besides=meant)
        against = sorted((at, OF_WEEK[why]) for at, why in zip(shifted, verdicts, strict=True) if why is not None)
        refusal = self.against(row, meant)
        if refusal is None and not stays and against:
            refusal = REFUSED[verdicts[0] or ""] if scope is Scope.ONE else "WeeksRefused"

        outcome = self.ask(
            f"move {scope}",
            lambda session: reschedule_service.reschedule(
                session,
                new=NewTime(appointment_id=BookingId(UUID(row.id)), starts_at=start, scope=scope),
                check=any_version,
                by=self.owner(row),
                now=self.world.now,
                vault=self.parts.vault,
                after=(),
            ),
        )

        if not self.expect(outcome, refusal):
            if isinstance(outcome, WeeksRefused):
                assert [(week.starts_at, week.reason) for week in outcome.conflicts] == against
            return
        if stays:
            return
        left = [each.occupied for each in meant]
        self.world.put(meant, shifted)
        for occupied in left:
            self.world.freed(row.therapist, occupied, left_by=row.client)

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
        verdicts = self.world.of_weeks(at, code, starts, client=by.client_id)
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
            row = self.world.take(at, code, start, client=by.client_id, status="confirmed")
            row.series = str(outcome.series.id)
            self.made(each, row)
