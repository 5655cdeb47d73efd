"""Whether a session took place, by what its parties say.

- Each party says it once. The therapist may say anything, the client only that the therapist was not there.
- The first word sets the appointment. A second that says the same adds nothing; one that differs changes nothing of
  the appointment either, and is for an admin to decide.
- Words are taken from the start on and for 30 days after the end; 48 hours after the end without one the session
  counts as completed, and a later word is still the first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.booking.states import Attendance, Event
from domain.booking.terms import Party

COMPLETED_AFTER: Final = timedelta(hours=48)
REPORTED_WITHIN: Final = timedelta(days=30)
OF_CLIENT: Final = frozenset({Attendance.THERAPIST_NO_SHOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """What each party has said of a session; None where it said nothing."""

    client: Attendance | None
    therapist: Attendance | None

    def of(self, party: Party) -> Attendance | None:
        """Give what one party has said."""
        return self.therapist if party is Party.THERAPIST else self.client

    def against(self, party: Party) -> Attendance | None:
        """Give what the other party has said."""
        return self.client if party is Party.THERAPIST else self.therapist


class Weight(StrEnum):
    """What a word does."""

    SAID_BEFORE = "said_before"
    TAKEN_BACK = "taken_back"
    FIRST = "first"
    AGREES = "agrees"
    DIFFERS = "differs"


def weigh(reports: Reports, *, party: Party, outcome: Attendance) -> Weight:
    """Tell what a party's word does, by what has been said before."""
    before, against = reports.of(party), reports.against(party)
    if before is not None:
        return Weight.SAID_BEFORE if before is outcome else Weight.TAKEN_BACK
    if against is None:
        return Weight.FIRST
    return Weight.AGREES if against is outcome else Weight.DIFFERS


def may_say(party: Party, outcome: Attendance) -> bool:
    """Tell whether a party may say this at all."""
    return party is Party.THERAPIST or outcome in OF_CLIENT


def event_of(outcome: Attendance) -> Event:
    """Give what an outcome is to the appointment."""
    return Event.ATTEND if outcome is Attendance.ATTENDED else Event.MISS


def is_open(*, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether words are taken: from the start on, and until 30 days after the end (included)."""
    return starts_at <= now <= ends_at + REPORTED_WITHIN
