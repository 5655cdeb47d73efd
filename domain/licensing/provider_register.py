"""The national register of providers (NPPES), as JSON: a list of records, or an answer of its API with `results`.

1. Every entry becomes a record or a refusal with a reason. Only what can't be read refuses an entry; what is null or
   missing is left empty.
2. Two generations of the format are read: `npi` or `number`, as digits or text; the kind as "Individual" or "NPI-1";
   `basic` as an object or as a list of one.
3. What the register says is stated by the providers themselves; it is no proof of a license.

Source: NPPES NPI Registry API 2.1 field list; records of 2019 in the older shape.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from domain.licensing.refusals import RefusedRow, UnreadableRegister
from domain.therapists import npi as npi_numbers

_Fields: TypeAlias = Mapping[str, object]
_SLASHED_PARTS: Final = 3
_TRUE_WORDS: Final = frozenset({"true", "y", "yes", "1"})


class ProviderKind(StrEnum):
    """Whom a number was given to."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


_KINDS: Final = {
    "individual": ProviderKind.INDIVIDUAL,
    "npi-1": ProviderKind.INDIVIDUAL,
    "1": ProviderKind.INDIVIDUAL,
    "organization": ProviderKind.ORGANIZATION,
    "npi-2": ProviderKind.ORGANIZATION,
    "2": ProviderKind.ORGANIZATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderName:
    """A person's name as written in the register; a part that is not given is ""."""

    first: str
    middle: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderType:
    """What a provider says it does: a NUCC code, and the license it names for it ("" and None where it names none)."""

    code: str
    license_number: str
    jurisdiction: str | None
    is_primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """One number of the register.

    names: the person's own name first, then other ones; empty for an organization. deactivated_on: the day from which
    the number no longer counts; is_active tells whether it counts when the record was written.
    """

    npi: str
    kind: ProviderKind
    names: tuple[ProviderName, ...]
    organization_name: str
    provider_types: tuple[ProviderType, ...]
    is_active: bool
    deactivated_on: date | None
    last_updated_on: date | None


class _RecordRefused(Exception):
    """One entry can't be read."""


def parse(document: bytes) -> Iterator[ProviderRecord | RefusedRow]:
    """Read a document, entry by entry, in its order. Raises UnreadableRegister when it is not such a document."""
    for number, entry in enumerate(_entries(document), start=1):
        try:
            yield _record(entry)
        except _RecordRefused as refused:
            yield RefusedRow(number=number, reason=str(refused))


def _entries(document: bytes) -> list[object]:
    try:
        content: object = json.loads(document)
    except (ValueError, RecursionError):
        raise UnreadableRegister("This is not a provider register: it is not JSON.") from None
    if isinstance(content, dict):
        content = content.get("results")
    if not isinstance(content, list):
        raise UnreadableRegister("This is not a provider register: it is neither a list of records nor has results.")
    return content


def _record(entry: object) -> ProviderRecord:
    if not isinstance(entry, dict):
        raise _RecordRefused("The entry is not an object.")
    npi = _text(entry, "npi") or _text(entry, "number")
    if not npi_numbers.is_valid(npi):
        raise _RecordRefused("The entry has no well-formed NPI.")
    kind = _KINDS.get(_text(entry, "enumeration_type").lower())
    if kind is None:
        raise _RecordRefused("The entry is neither an individual nor an organization.")
    basic = _first_object(entry, "basic")
    names = _names(basic, entry) if kind is ProviderKind.INDIVIDUAL else ()
    deactivated_on, is_active = _standing(basic)
    if is_active and not names and kind is ProviderKind.INDIVIDUAL:
        raise _RecordRefused("The entry is an active individual without a name.")
    return ProviderRecord(
        npi=npi,
        kind=kind,
        names=names,
        organization_name=_text(basic, "organization_name"),
        provider_types=tuple(_provider_types(entry)),
        is_active=is_active,
        deactivated_on=deactivated_on,
        last_updated_on=_day(basic, "last_updated"),
    )


def _names(basic: _Fields, entry: _Fields) -> tuple[ProviderName, ...]:
    written = [basic, *_objects(entry, "other_names")]
    found = (
        ProviderName(
            first=_text(each, "first_name"),
            middle=_text(each, "middle_name"),
            last=_text(each, "last_name"),
        )
        for each in written
    )
    return tuple(dict.fromkeys(name for name in found if name.last))


def _provider_types(entry: _Fields) -> Iterator[ProviderType]:
    for each in _objects(entry, "taxonomies"):
        code = _text(each, "code").upper()
        state = _text(each, "state").upper()
        if code:
            yield ProviderType(
                code=code,
                license_number=_text(each, "license"),
                jurisdiction=f"US-{state}" if state else None,
                is_primary=_text(each, "primary").lower() in _TRUE_WORDS,
            )


def _standing(basic: _Fields) -> tuple[date | None, bool]:
    """Give the day of a deactivation that still holds, and whether the number counts."""
    deactivated_on = _day(basic, "deactivation_date")
    reactivated_on = _day(basic, "reactivation_date")
    if deactivated_on is not None and reactivated_on is not None and reactivated_on >= deactivated_on:
        deactivated_on = None
    return deactivated_on, deactivated_on is None and _text(basic, "status").upper() in {"A", ""}


def _text(fields: _Fields, key: str) -> str:
    """Give what stands there as text with single spaces; "" for null, for nothing, and for the register's "--"."""
    value = fields.get(key)
    if not isinstance(value, str | int):
        return ""
    text = " ".join(str(value).split())
    if any(letter == "\x00" or unicodedata.category(letter) == "Cs" for letter in text):
        raise _RecordRefused("The entry holds characters that can't be stored.")
    return text if text.strip("-") else ""


def _objects(fields: _Fields, key: str) -> list[_Fields]:
    value = fields.get(key)
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]


def _first_object(fields: _Fields, key: str) -> _Fields:
    return next(iter(_objects(fields, key)), {})


def _day(fields: _Fields, key: str) -> date | None:
    """Read YYYY-MM-DD, with or without a time after it, or MM/DD/YYYY. A day that can't be read refuses the entry."""
    text = _text(fields, key)
    if not text:
        return None
    parts = text.split("/")
    if len(parts) == _SLASHED_PARTS:
        month, day, year = parts
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise _RecordRefused(f"{key} is not a day of the calendar.") from None
