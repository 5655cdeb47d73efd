"""What a board says of a license, in nine words of ours, since every board has words of its own.

Which words of a board mean which is data beside the reading of its roster (`board_roster.py`). Only the first three
permit practice: without limits, under conditions (which two admins must accept), or with clients at a distance only.
Source: status words of the Colorado roster of licensed professional counselors, September 2026.
"""

from enum import StrEnum
from typing import Final


class Standing(StrEnum):
    """How a license stands with its board."""

    VALID = "valid"
    VALID_CONDITIONS = "valid_conditions"
    VALID_TELEHEALTH_ONLY = "valid_telehealth_only"
    LAPSED = "lapsed"
    INACTIVE = "inactive"
    SURRENDERED = "surrendered"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    PENDING = "pending"


IN_FORCE: Final = frozenset({Standing.VALID, Standing.VALID_CONDITIONS, Standing.VALID_TELEHEALTH_ONLY})
