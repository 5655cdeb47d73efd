"""Read a text as concerns and for safety at once."""

from dataclasses import dataclass, field

from domain.concepts.text import ConcernReading, mentions, readings
from domain.safety.triage import Safety, of_mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text says: concerns, the likeliest first, and how near danger it sounds."""

    concerns: tuple[ConcernReading, ...] = field(repr=False)
    safety: Safety = field(repr=False)


def interpret(text: str, country: str) -> Reading:
    """Read a text; nothing of it is kept. country: ISO 3166-1 alpha-2, for the crisis resources."""
    found = mentions(text)
    return Reading(concerns=readings(found), safety=of_mentions(text, found=found, country=country))
