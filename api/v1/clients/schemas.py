"""Body and view of a client's own profile."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from api.wire import Body, Day, Language, ServedJurisdiction, View, Zone, one_line, short
from domain.clients.profile import Profile, StoredProfile


class PutClient(
    Body,
    json_schema_extra={
        "examples": [
            {
                "preferred_name": "Sam",
                "birth_date": "1991-05-17",
                "jurisdiction": "US-OH",
                "time_zone": "America/New_York",
                "languages": ["en"],
            }
        ]
    },
):
    """What a client tells. jurisdiction: where they will be during sessions; adults only."""

    preferred_name: Annotated[str, short(100), AfterValidator(one_line)]
    birth_date: Day
    jurisdiction: ServedJurisdiction
    time_zone: Zone
    languages: Annotated[Sequence[Language], Field(min_length=1, max_length=10)]

    def profile(self) -> Profile:
        """Give the domain's value; a language that comes twice counts once."""
        return Profile(
            preferred_name=self.preferred_name,
            born_on=self.birth_date,
            jurisdiction=self.jurisdiction,
            zone=self.time_zone,
            languages=tuple(dict.fromkeys(self.languages)),
        )


class ClientView(View):
    """A client's own profile."""

    id: UUID
    preferred_name: str
    birth_date: date
    jurisdiction: str
    time_zone: str
    languages: Sequence[str]


def client_view(stored: StoredProfile) -> ClientView:
    """Present a profile to its owner."""
    return ClientView(
        id=stored.client_id,
        preferred_name=stored.profile.preferred_name,
        birth_date=stored.profile.born_on,
        jurisdiction=stored.profile.jurisdiction,
        time_zone=stored.profile.zone,
        languages=stored.profile.languages,
    )
