"""What people state: therapists about a license, admins about a decision.

A decision rests on a look at the board's own register (primary source), no older than 120 days.
Source: NCQA credentialing standards of 2025 for the 120 days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.errors import Flaw, Invalid
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.licenses import Supervision
from domain.licensing.standing import Standing

SOURCE_AGE_MAX: Final = timedelta(days=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseClaim:
    """A license as its therapist states it; issued_on and expires_on are both included.

    supervision: for a title that is held under supervision.
    """

    license_type: str
    number: str
    jurisdiction: str
    issued_on: date
    expires_on: date
    supervision: Supervision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an admin looked, and on which day."""

    name: str
    url: str
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an admin decides about a license, and on what grounds. standing, encumbered: what the board says.

    standing None: as the board's roster has it, or valid where there is none.
    """

    outcome: DecisionOutcome
    reason: str
    source: Source
    override_reason: str | None
    standing: Standing | None = None
    encumbered: bool = False


class SourceUnfit(Invalid):
    """The look a decision rests on lies in the future or too far back."""


def check_source(source: Source, *, today: date) -> None:
    """Refuse a look that has not happened, or is older than 120 days. Raises SourceUnfit."""
    if source.checked_on > today:
        raise SourceUnfit(Flaw(pointer="/source/checked_on", detail="A day that has not come yet was not looked at."))
    if today - source.checked_on > SOURCE_AGE_MAX:
        detail = f"Look again: the source must have been checked within {SOURCE_AGE_MAX.days} days."
        raise SourceUnfit(Flaw(pointer="/source/checked_on", detail=detail))
