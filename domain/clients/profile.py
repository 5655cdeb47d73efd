"""What a client tells about themselves, and what others of the service may know of it."""

from dataclasses import dataclass, field
from datetime import date

from domain.ids import ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A client's own words and facts. jurisdiction: where they will be during sessions; zone: an IANA key."""

    preferred_name: str = field(repr=False)
    born_on: date = field(repr=False)
    jurisdiction: str
    zone: str
    languages: tuple[str, ...]

    @property
    def country(self) -> str:
        """Give the ISO 3166-1 code of the jurisdiction."""
        return country_of(self.jurisdiction)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """A profile as it is kept. version: grows by one with every change."""

    client_id: ClientId
    profile: Profile
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What matching and booking know of a client: neither name nor birth date."""

    client_id: ClientId
    jurisdiction: str
    zone: str
    languages: tuple[str, ...]
    version: int

    @property
    def country(self) -> str:
        """Give the ISO 3166-1 code of the jurisdiction."""
        return country_of(self.jurisdiction)


def country_of(jurisdiction: str) -> str:
    """Give the ISO 3166-1 code of a jurisdiction (ISO 3166-2), whether or not we know the place."""
    return jurisdiction.partition("-")[0]
