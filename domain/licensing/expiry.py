"""When a therapist is told that a license ends: 90, 30 and 7 days before its last day, each once.

A threshold that was missed is made good by the next look: at 29 days the letter of 30 goes, and that of 90 does not any
more. Days are the jurisdiction's own.
"""

from datetime import date
from typing import Final

THRESHOLDS: Final = (7, 30, 90)


def due(*, last_day: date, today: date, told: int | None) -> int | None:
    """Give the threshold a therapist is to be told of now, in days, or None. told: the last one they were told of."""
    left = (last_day - today).days
    if left < 0:
        return None
    reached = next((each for each in THRESHOLDS if left <= each), None)
    if reached is None or (told is not None and told <= reached):
        return None
    return reached
