"""Whom the checks are about."""

from dataclasses import dataclass
from datetime import date

from domain.licensing import names
from domain.licensing.names import PersonName


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A therapist as they state themselves. jurisdictions: where licensed or applying, as ISO 3166-2 codes."""

    legal_name: str
    other_legal_names: tuple[str, ...]
    born_on: date | None
    npi: str | None
    jurisdictions: frozenset[str]

    @property
    def person_names(self) -> tuple[PersonName, ...]:
        """Every reading of every legal name."""
        return tuple(
            dict.fromkeys(
                reading for name in (self.legal_name, *self.other_legal_names) for reading in names.readings(name)
            ),
        )

    @property
    def turned_names(self) -> tuple[PersonName, ...]:
        """Every reading of every legal name, also as if the family name came first."""
        turned = (
            reading for name in (self.legal_name, *self.other_legal_names) for reading in names.family_first(name)
        )
        return tuple(dict.fromkeys((*self.person_names, *turned)))
