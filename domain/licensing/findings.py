"""What a check found, put together: the gravest outcome counts, and every finding is told once."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

from domain.licensing.checks import CheckOutcome

Finding: TypeAlias = tuple[CheckOutcome, str]
_WEIGHT: Final = {CheckOutcome.PASS: 0, CheckOutcome.REVIEW: 1, CheckOutcome.FAIL: 2}


def summed_up(findings: Sequence[Finding]) -> Finding:
    """Make one finding of at least one: the gravest outcome, the gravest told first, rows that say the same counted."""
    ordered = sorted(findings, key=lambda finding: _WEIGHT.get(finding[0], 0), reverse=True)
    told = Counter(detail for _, detail in ordered)
    sentences = (detail if times == 1 else f"{detail} ({times} rows.)" for detail, times in told.items())
    return ordered[0][0], " ".join(sentences)
