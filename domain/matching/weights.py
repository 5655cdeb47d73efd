"""What each part of the score weighs, and why: data with a version.

The weights are set by judgement, in the order in which the parts are known to matter, and not fitted to outcomes: we
have none yet. Whoever changes one changes the version, so that a stored match says by which it was ranked.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SCORING_VERSION: Final = "attune-1"


class Part(StrEnum):
    """The named parts of the score."""

    CONCERN_FIT = "concern_fit"
    APPROACH_EVIDENCE = "approach_evidence"
    PREFERENCES = "preferences"
    SOONEST = "soonest"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How much a part counts, in hundredths of the score, and what speaks for that much."""

    hundredths: int
    origin: str

    @property
    def share(self) -> float:
        """Give the weight as a share of 1."""
        return self.hundredths / 100


WEIGHTS: Final[dict[Part, Weight]] = {
    Part.CONCERN_FIT: Weight(
        hundredths=40,
        origin="Matching clients to what a therapist is effective with has the strongest evidence of all that is "
        "ranked here (Constantino 2021, doubly blinded trial); what a therapist says they treat stands in for it until "
        "there are measured outcomes.",
    ),
    Part.PREFERENCES: Weight(
        hundredths=20,
        origin="Honoured preferences keep people in therapy: odds of dropping out 1.79 times higher without "
        "(Swift 2018, 53 studies).",
    ),
    Part.APPROACH_EVIDENCE: Weight(
        hundredths=15,
        origin="Guidelines rank approaches for some concerns (VA/DoD 2023, APA 2025); between approaches the measured "
        "difference in outcome is small (Saxon 2017).",
    ),
    Part.SOONEST: Weight(
        hundredths=15, origin="Each week of waiting costs 5 percent of the odds that somebody attends (n = 1,587)."
    ),
    Part.PRICE: Weight(hundredths=10, origin="Cost ends therapies early; no figure of ours says how much."),
}
