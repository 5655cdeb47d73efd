"""How values stand on the wire: the base of every body and view, and the types they share.

A body refuses keys it does not know. An instant may carry any offset and never none; it goes out in UTC with Z.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Final, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from domain.availability import wall_clock
from domain.licensing import places
from domain.money import Money

LANGUAGE: Final = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
WRITTEN_INSTANT: Final = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]")
WRITTEN_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TURNING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
WRITTEN_WALL_TIME: Final = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", re.ASCII)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _within_reach(instant: datetime) -> datetime:
    """Refuse instants that no calendar arithmetic of ours could hold."""
    if not 1900 < instant.year < 2200:  # noqa: PLR2004 - years of living people
        raise ValueError("an instant between the years 1901 and 2199 is needed")
    return instant


def _written_instant(value: object) -> object:
    """Refuse numbers, which the stock parser would take as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and WRITTEN_INSTANT.match(value)):
        return value
    raise ValueError("An RFC 3339 time is needed, such as 2027-03-01T15:00:00Z.")


def _written_day(value: object) -> object:
    """Refuse numbers and instants, which the stock parser would take."""
    if isinstance(value, str) and WRITTEN_DAY.fullmatch(value):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("A date is needed, such as 2027-03-01.")


def _wall_time(value: object) -> object:
    """Refuse seconds, offsets and numbers, which the stock parser would take."""
    if isinstance(value, time) or (isinstance(value, str) and WRITTEN_WALL_TIME.fullmatch(value)):
        return value
    if value == "24:00":
        raise ValueError("Midnight is 00:00; as an end it is the midnight that follows the start.")
    raise ValueError("A wall time of hours and minutes is needed, from 00:00 to 23:59, such as 09:00.")


def _known_zone(zone: str) -> str:
    if not wall_clock.is_known_zone(zone):
        raise ValueError("an IANA time zone is needed, such as America/New_York")
    return zone


def _served(code: str) -> str:
    if not places.is_known(code):
        raise ValueError("this is not a jurisdiction we serve; codes look like US-OH")
    return code


def _language(tag: str) -> str:
    if not LANGUAGE.match(tag):
        raise ValueError("a BCP 47 language tag is needed, such as en or es-MX")
    return tag


def _steers(text: str, *, besides: str) -> bool:
    return any(
        (unicodedata.category(sign) == "Cc" and sign not in besides) or unicodedata.bidirectional(sign) in TURNING
        for sign in text
    )


def one_line(text: str) -> str:
    """Refuse what steers a terminal or turns the writing direction of what follows; joiners are part of names.

    Raises ValueError.
    """
    if _steers(text, besides=""):
        raise ValueError("this is one line, written without control characters")
    return text


def prose(text: str) -> str:
    """Refuse the same but for the ends of lines and tabs. Raises ValueError."""
    if _steers(text, besides="\r\n\t"):
        raise ValueError("text is written without control characters")
    return text


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_instant),
    AfterValidator(_within_reach),
    PlainSerializer(_utc, return_type=str, when_used="always"),
]
Day = Annotated[date, BeforeValidator(_written_day)]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Language = Annotated[str, StringConstraints(max_length=35), AfterValidator(_language)]
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
ServedJurisdiction = Annotated[Jurisdiction, AfterValidator(_served)]
Whole = Annotated[int, Field(strict=True, ge=0, le=2_147_483_647)]
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    Field(json_schema_extra={"format": "time", "pattern": r"^\d{2}:\d{2}$", "examples": ["09:00"]}),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
]


def short(max_length: int = 200, *, min_length: int = 1) -> StringConstraints:
    """Give the bounds of a line of text, counted after surrounding space is taken off."""
    return StringConstraints(strip_whitespace=True, min_length=min_length, max_length=max_length)


class Body(BaseModel):
    """What a client sends: unknown keys are refused, numbers are finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True, hide_input_in_errors=True)


class View(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class MoneyWire(Body):
    """Minor units of a currency (ISO 4217, lower case)."""

    amount: Whole
    currency: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]

    def money(self) -> Money:
        """Give the domain's value."""
        return Money(amount=self.amount, currency=self.currency)


def money_wire(money: Money) -> MoneyWire:
    """Give the wire's value."""
    return MoneyWire(amount=money.amount, currency=money.currency)


Item = TypeVar("Item")


class Page(View, Generic[Item]):
    """A list, or one page of it. next_cursor: pass it as `cursor` for what comes after; null at the end."""

    data: Sequence[Item]
    next_cursor: str | None = None
