"""How old a client is, on their own calendar.

A birthday begins at midnight where the client is. Who was born on 29 February has it on 1 March in years without one:
of two readings, the one by which nobody counts as an adult too early.
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import Flaw, Invalid

ADULT_YEARS: Final = 18
YEARS_MAX: Final = 120


class BirthDateImpossible(Invalid):
    """Nobody alive was born on that day."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/birth_date", detail="This can't be somebody's birth date."))


class TooYoung(Invalid):
    """Under 18: we serve adults only, and the refusal goes with help for young people. country: ISO 3166-1."""

    def __init__(self, *, country: str) -> None:
        super().__init__(
            Flaw(pointer="/birth_date", detail="For now we can only arrange therapy for people of 18 and older."),
            detail="We can't arrange therapy for you here yet. The people below are there for you, today and for free.",
        )
        self.country = country


def years(*, born_on: date, on: date) -> int:
    """Give the completed years of life on a day; negative before birth."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def require_adult(*, born_on: date, zone: str, country: str, now: datetime) -> None:
    """Let adults pass. zone: a known IANA key; now: aware. Raises BirthDateImpossible, TooYoung."""
    age = years(born_on=born_on, on=now.astimezone(ZoneInfo(zone)).date())
    if not 0 <= age <= YEARS_MAX:
        raise BirthDateImpossible
    if age < ADULT_YEARS:
        raise TooYoung(country=country)
