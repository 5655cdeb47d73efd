"""Birth dates, compared as people and clerks write them down.

1. A slip is the day before or after, or the day and the month exchanged. There are three of them at most, so that rows
   with one can be looked up.
2. One wrong digit of YYYYMMDD is told apart from a slip: it is only worth a look where the names agree in full.
3. A date that nobody knows agrees with none, and not with another that nobody knows.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAY: Final = timedelta(days=1)


class DatesAgree(StrEnum):
    """How far two birth dates agree, the most first."""

    SAME = "same"
    SLIP = "slip"
    ONE_DIGIT = "one_digit"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


def slips(day: date) -> frozenset[date]:
    """Give the dates that a slip makes of a day, never the day itself; who has a slip of mine, has mine as a slip."""
    found = {day - _DAY if day > date.min else day, day + _DAY if day < date.max else day}
    if day.day <= 12:  # noqa: PLR2004 - the months of a year
        found.add(date(day.year, day.day, day.month))
    return frozenset(found - {day})


def agreement(one: date | None, other: date | None) -> DatesAgree:
    """Say how far two birth dates agree."""
    if one is None or other is None:
        return DatesAgree.UNKNOWN
    if one == other:
        return DatesAgree.SAME
    if abs(one - other) == _DAY or (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return DatesAgree.SLIP
    wrong = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    return DatesAgree.ONE_DIGIT if wrong == 1 else DatesAgree.DIFFERENT
