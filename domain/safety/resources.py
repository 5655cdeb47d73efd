"""Whom to call, text or visit in a crisis, by country and need.

The table ships with the code and is read once, so it answers when everything else is down. Some answer is always
given: a country we have no line for gets the worldwide directory, which also closes the list of every other country.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from domain.concepts.package_data import listed, rows


class Need(StrEnum):
    """What a resource is for."""

    EMERGENCY = "emergency"
    SUICIDE = "suicide"
    CRISIS = "crisis"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    PSYCHOSIS = "psychosis"
    DOMESTIC_VIOLENCE = "domestic_violence"
    SEXUAL_ASSAULT = "sexual_assault"
    CHILD_ABUSE = "child_abuse"
    YOUNG_PEOPLE = "young_people"
    LGBTQ_YOUTH = "lgbtq_youth"
    VETERANS = "veterans"
    SUBSTANCE_USE = "substance_use"
    PERINATAL = "perinatal"
    SPANISH = "spanish"


class ChannelKind(StrEnum):
    """How a resource is reached."""

    CALL = "call"
    TEXT = "text"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to reach a resource; `address` is a number, "WORD to number", or an https address."""

    kind: ChannelKind
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisResource:
    """A service that helps in a crisis. countries: ISO 3166-1 codes, "EU" for its members, "*" for everywhere."""

    id: str
    name: str
    countries: tuple[str, ...]
    needs: tuple[Need, ...]
    channels: tuple[Channel, ...]
    hours: str
    last_checked: date


EVERYWHERE = "*"
EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE",
    "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
_HEADER = ("id", "name", "countries", "needs", "channels", "hours", "last_checked")
_LISTED_MAX = 6


@cache
def all_resources() -> tuple[CrisisResource, ...]:
    """Read the shipped table in its order. Raises TableMisshapen."""
    return tuple(_resource(row) for row in rows("domain.safety", "resources.psv", header=_HEADER))


def resources_for(country: str, need: str | None = None) -> tuple[CrisisResource, ...]:
    """List the resources of a country for a need, the most local first; never empty.

    country: ISO 3166-1 alpha-2, or a jurisdiction that starts with it ("US-TX"); unknown ones get the worldwide list.
    need: None lists all; where nothing serves the need there, all of the country is listed.
    """
    local = _of_country(country)
    fitting = tuple(resource for resource in local if need in resource.needs)
    return fitting or local


def resources_for_needs(country: str, needs: Iterable[Need]) -> tuple[CrisisResource, ...]:
    """List resources for several needs, the first need's first, each once, at most six; never empty."""
    found = {resource.id: resource for need in needs for resource in _fitting(country, need)}
    chosen = tuple(found.values())[:_LISTED_MAX]
    return chosen or resources_for(country)[:_LISTED_MAX]


def _fitting(country: str, need: Need) -> tuple[CrisisResource, ...]:
    general = {Need.SPANISH, Need.VETERANS, Need.LGBTQ_YOUTH} - {need}
    return tuple(
        resource for resource in _of_country(country) if need in resource.needs and general.isdisjoint(resource.needs)
    )


def _of_country(country: str) -> tuple[CrisisResource, ...]:
    code = country.strip().upper().partition("-")[0]
    codes = [code, *(["EU"] if code in EUROPEAN_UNION else []), EVERYWHERE]
    return tuple(resource for wanted in codes for resource in all_resources() if wanted in resource.countries)


def _resource(row: tuple[str, ...]) -> CrisisResource:
    id_, name, countries, needs, channels, hours, last_checked = row
    return CrisisResource(
        id=id_,
        name=name,
        countries=listed(countries),
        needs=tuple(Need(need) for need in listed(needs)),
        channels=tuple(_channel(entry) for entry in listed(channels)),
        hours=hours,
        last_checked=date.fromisoformat(last_checked),
    )


def _channel(entry: str) -> Channel:
    kind, _, address = entry.partition(":")
    return Channel(kind=ChannelKind(kind), address=address)
