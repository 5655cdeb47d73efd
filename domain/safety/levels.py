"""How near danger seems: nothing seen, something to look at, help needed now."""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """A level of danger."""

    NONE = "none"
    ELEVATED = "elevated"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Give the place in the order, 0 for none; levels are compared by it, as words have no order."""
        return _ORDER.index(self)


_ORDER = (Level.NONE, Level.ELEVATED, Level.URGENT)


def highest(levels: Iterable[Level]) -> Level:
    """Give the gravest of some levels; of none at all, NONE."""
    return max(levels, key=lambda level: level.rank, default=Level.NONE)


def at_most(level: Level, *, cap: Level) -> Level:
    """Give the level, or the cap where the level is graver."""
    return min(level, cap, key=lambda each: each.rank)
