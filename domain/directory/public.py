"""What anybody may see of a listed therapist, and what they may be looked for by.

Never part of it: legal names, birth date, NPI, license numbers, the account's address.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.availability.schedule import SessionFormat, SessionType
from domain.concepts.vocabulary import Kind, Vocabulary
from domain.directory.listing import ListingStatus
from domain.errors import Flaw, Invalid
from domain.ids import TherapistId
from domain.licensing import places
from domain.therapists.profile import ConcernFocus, Gender


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfile:
    """The public part of a profile. concerns: the primary ones first. languages: BCP 47."""

    therapist_id: TherapistId
    display_name: str
    bio: str
    gender: Gender
    concerns: tuple[ConcernFocus, ...]
    approaches: tuple[str, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    session_formats: tuple[SessionFormat, ...]
    insurers: tuple[str, ...]
    accepting_clients: bool
    status: ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTherapist:
    """A therapist as the public sees them. practice_jurisdictions: where they may practice on the day asked, sorted.

    supervised_by: names of those under whom a license of theirs is held, sorted; clients are to know.
    """

    profile: PublicProfile
    session_types: tuple[SessionType, ...]
    practice_jurisdictions: tuple[str, ...]
    supervised_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What therapists are looked for by; None asks nothing.

    concern, approach, population: concept ids. jurisdiction: ISO 3166-2. language: BCP 47.
    """

    concern: str | None = None
    approach: str | None = None
    population: str | None = None
    jurisdiction: str | None = None
    language: str | None = None
    session_format: SessionFormat | None = None


class SoughtUnknown(Invalid):
    """What is asked for does not exist; every flaw is named."""


def check(sought: Sought, *, vocabulary: Vocabulary) -> None:
    """Refuse what nobody could answer to. Raises SoughtUnknown."""
    flaws = tuple(_flaws(sought, vocabulary=vocabulary))
    if flaws:
        raise SoughtUnknown(*flaws)


def _flaws(sought: Sought, *, vocabulary: Vocabulary) -> Iterator[Flaw]:
    for kind, concept_id in (
        (Kind.CONCERN, sought.concern),
        (Kind.APPROACH, sought.approach),
        (Kind.POPULATION, sought.population),
    ):
        if concept_id is not None and not vocabulary.knows(concept_id, kind=kind):
            yield Flaw(pointer=f"/{kind}", detail=f"This is not one of GET /v1/concepts?kind={kind}.")
    if sought.jurisdiction is not None and not places.is_known(sought.jurisdiction):
        yield Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH.")
