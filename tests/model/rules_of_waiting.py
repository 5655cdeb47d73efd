"""What those do who wait."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.access.actor import Actor
from domain.booking import waitlist_service
from domain.booking.waiting import Entry as StoredEntry
from domain.ids import TherapistId, WaitlistEntryId
from tests.build import waiting
from tests.model.ground import CLIENT, CODE, THERAPIST, WHICH
from tests.model.rules_of_holds import HoldRules
from tests.model.world import Entry

ENTRIES_MAX = 6  # enough to stand in line


class WaitingRules(HoldRules):
    @precondition(lambda self: len(self.world.entries) < ENTRIES_MAX)
    @rule(client=CLIENT, therapist=THERAPIST, code=st.none() | CODE, days=st.sampled_from([2, 60, 60]))
    def wait(self, client: int, therapist: int, code: str | None, days: int) -> None:
        self.wait_for(self.service.clients[client], self.service.therapists[therapist].therapist_id, code, days=days)

    @precondition(lambda self: len(self.world.entries) < ENTRIES_MAX)
    @rule(client=CLIENT, which=WHICH, exactly=st.booleans())
    def wait_for_what_is_given_back(self, client: int, which: int, *, exactly: bool) -> None:
        by = self.service.clients[client]
        row = self.some(which, "held")
        if row is not None:
            self.wait_for(by, row.therapist, row.code if exactly else None, days=60)
            self.release_row(row)

    def wait_for(self, by: Actor, at: TherapistId, code: str | None, *, days: int) -> None:
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
        kept = [row for row in self.world.rows if row.given_for == entry.id and row.status == "held"]
        if entry.status == "waiting":
            entry.status = "ended"
        for row in kept:
            row.status = "released"
        for row in kept:
            self.world.freed(row.therapist, row.occupied, left_by=row.client)
