"""Interstate compacts: who may hold a privilege, for what, and which jurisdictions issue since when.

1. A privilege rests on a license of the home state, of a type the compact is for, verified and without encumbrance;
   where that license ends, the privilege ends.
2. The home state and the client's must both be members in which the compact operates on that day; a day lasts as long
   as it does in all zones of the jurisdiction. Enacted is not operating, and what is unknown does not operate.
3. The Counseling Compact gives a privilege for each state, by name. PSYPACT's authority (E.Passport and APIT) is for
   all its members, and for clients at a distance. The Social Work Compact's license is for all members.

Source: PSYPACT rules on the E.Passport and APIT; Counseling Compact model legislation, section 5; Social Work Compact
model legislation, section 5. Memberships are rows that admins replace (`compact_membership`), never code.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Compact(StrEnum):
    """The compacts under which mental health professionals practise across states."""

    PSYPACT = "psypact"
    COUNSELING_COMPACT = "counseling_compact"
    SOCIAL_WORK_COMPACT = "social_work_compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactRules:
    """What one compact asks. license_types: of the license at home. named_only: each state must be named."""

    license_types: frozenset[str]
    named_only: bool
    remote_only: bool


RULES: Final = {
    Compact.PSYPACT: CompactRules(license_types=frozenset({"PSYCHOLOGIST"}), named_only=False, remote_only=True),
    Compact.COUNSELING_COMPACT: CompactRules(
        license_types=frozenset({"LPC", "LPCC", "LCPC", "LMHC", "LCMHC"}), named_only=True, remote_only=False
    ),
    Compact.SOCIAL_WORK_COMPACT: CompactRules(
        license_types=frozenset({"LCSW", "LCSW_C", "LICSW", "LISW"}), named_only=False, remote_only=False
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One jurisdiction's part in a compact. operational_on, ended_on: its first and last day of operating, if any.

    enacted_on says nothing about what may be done.
    """

    compact: Compact
    jurisdiction: str
    enacted_on: date | None
    operational_on: date | None
    ended_on: date | None
