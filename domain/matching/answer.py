"""What a match answers, and how it is kept.

What is kept is the very text that was answered, so that it can be answered again unchanged, beside what we ourselves
need to read from it. It is JSON in one envelope, and sealed by who stores it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

from domain.ids import MatchId, TherapistId
from domain.matching.conditions import Exclusion
from domain.matching.ranking import Ranked
from domain.matching.relaxations import Relaxation
from domain.matching.wish import Sought, Wish
from domain.safety.triage import Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A whole answer. considered: listed therapists, which are the eligible and the excluded.

    results: the best first, as many as were asked for. excluded: every reason, with its count.
    """

    match_id: MatchId
    created_at: datetime
    scoring_version: str
    safety: Safety = field(repr=False)
    concerns: tuple[Sought, ...] = field(repr=False)
    results: tuple[Ranked, ...] = field(repr=False)
    considered: int
    excluded: Mapping[Exclusion, int]
    relaxations: tuple[Relaxation, ...]

    @property
    def therapist_ids(self) -> tuple[TherapistId, ...]:
        """List who was offered, the best first."""
        return tuple(result.therapist.facts.therapist_id for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it is kept. text: what was answered, to the letter. therapist_ids: the best first."""

    text: str = field(repr=False)
    therapist_ids: tuple[TherapistId, ...]

    def to_json(self) -> str:
        """Give the envelope."""
        therapist_ids = [str(each) for each in self.therapist_ids]
        return json.dumps({"text": self.text, "therapist_ids": therapist_ids}, ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Self:
        """Open the envelope that `to_json` made."""
        envelope = json.loads(kept)
        therapist_ids = tuple(TherapistId(UUID(each)) for each in envelope["therapist_ids"])
        return cls(text=envelope["text"], therapist_ids=therapist_ids)


def wish_to_json(wish: Wish) -> str:
    """Give a wish as JSON, to be kept beside its answer."""
    return json.dumps(asdict(wish), default=str, ensure_ascii=False)
