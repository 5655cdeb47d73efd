"""The hard conditions: who can't be offered, and why.

They are asked in the order of `Exclusion`, and each therapist who is left out is counted once, under the first that
applies. So eligible therapists and all counts together are the therapists considered, which are those listed.

- License: some verified license or permission for the client's place within the time in which the therapist can be
  booked. Whether it covers the very session is asked of each offered slot.
- Age: clients are adults. A profile that names ages names them all; one that names only children or adolescents does
  not see adults, and one that names no age does.
- Accepting and caseload: closed to new clients, never to those a therapist has (`booking/caseload.py`).
- Requirements: each is met by a yes only (`criteria.py`).
- Open slot: a session that meets the requirements, bookable, and wholly within a time the client named.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.availability.schedule import Schedule
from domain.booking.caseload import Caseload, Standing, standing
from domain.licensing.places import Window
from domain.matching.criteria import Criteria, TherapistFacts, unmet


class Exclusion(StrEnum):
    """Why a listed therapist is not offered, in the order in which it is asked."""

    NOT_LICENSED = "not_licensed_in_jurisdiction"
    AGE_GROUP = "age_group"
    NOT_ACCEPTING = "not_accepting"
    CASELOAD_FULL = "caseload_full"
    REQUIREMENT_NOT_MET = "requirement_not_met"
    NO_OPEN_SLOT = "no_open_slot"


AGES_SEEN_AS_ADULT: Final = frozenset({"adults", "older_adults"})
OTHER_AGES: Final = frozenset({"children", "adolescents"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A listed therapist, and what stands between them and this client. licensed: for the place, in bookable time."""

    facts: TherapistFacts
    licensed: bool
    caseload: Caseload


def licensed_in_time(permitted: Sequence[Window], *, schedule: Schedule | None, now: datetime) -> bool:
    """Tell whether a license for the place is valid at any time within the schedule's horizon, both ends included."""
    if schedule is None:
        return False
    until = now + timedelta(days=schedule.horizon_days)
    return any(window.starts_at <= until and now < window.ends_at for window in permitted)


def sees_adults(populations: Collection[str]) -> bool:
    """Tell whether somebody who names these populations sees adults."""
    return bool(AGES_SEEN_AS_ADULT.intersection(populations)) or OTHER_AGES.isdisjoint(populations)


def first_against(candidate: Candidate, *, requirements: Criteria) -> Exclusion | None:
    """Give the first condition that is not met, of those that can be told without looking for a slot."""
    facts = candidate.facts
    if not candidate.licensed:
        return Exclusion.NOT_LICENSED
    if not sees_adults(facts.populations):
        return Exclusion.AGE_GROUP
    match standing(candidate.caseload, accepting_clients=facts.accepting_clients, caseload_limit=facts.caseload_limit):
        case Standing.NOT_ACCEPTING:
            return Exclusion.NOT_ACCEPTING
        case Standing.CASELOAD_FULL:
            return Exclusion.CASELOAD_FULL
        case Standing.OPEN:
            return Exclusion.REQUIREMENT_NOT_MET if unmet(requirements, facts) else None


def counts(exclusions: Iterable[Exclusion]) -> dict[Exclusion, int]:
    """Count each reason, those without anybody too, in their order."""
    found = Counter(exclusions)
    return {exclusion: found[exclusion] for exclusion in Exclusion}
