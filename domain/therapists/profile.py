"""What a therapist says about themself, and what makes it possible.

Concerns, approaches and populations are concepts of the vocabulary, each of its kind and each named once. The legal
name, other legal names and the birth date are never shown: they serve to look the person up in public registers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self

from domain.clients import ages
from domain.concepts.vocabulary import Kind, Vocabulary
from domain.errors import Flaw, Invalid
from domain.therapists import npi as npi_numbers
from domain.therapists.session_access import SessionAccess

EARLIEST_BIRTH = date(1900, 1, 1)


class Gender(StrEnum):
    """What clients may ask for; a therapist may keep it to themself."""

    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


class Focus(StrEnum):
    """How much of the work a concern is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFocus:
    """A concern a therapist works with."""

    concept_id: str
    focus: Focus


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A therapist's whole profile. languages: BCP 47. caseload_limit: clients at a time.

    visible: whether the therapist wants to be found. session_formats: values of the formats a session can have.
    session_access: how to get into sessions, or None while nothing of it is said.
    """

    display_name: str
    legal_name: str = field(repr=False)
    other_legal_names: tuple[str, ...] = field(repr=False)
    born_on: date | None = field(repr=False)
    npi: str | None = field(repr=False)
    bio: str
    gender: Gender
    concerns: tuple[ConcernFocus, ...]
    approaches: tuple[str, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    session_formats: tuple[str, ...]
    insurers: tuple[str, ...]
    accepting_clients: bool
    caseload_limit: int
    visible: bool
    session_access: SessionAccess | None

    def with_primary_first(self) -> Self:
        """Give the profile as it is kept: the primary concerns first, each focus in the therapist's order."""
        return replace(
            self,
            concerns=concerns(primary=self.concerns_of(Focus.PRIMARY), secondary=self.concerns_of(Focus.SECONDARY)),
        )

    def concerns_of(self, focus: Focus) -> tuple[str, ...]:
        """List the concerns of one focus, in the therapist's order."""
        return tuple(concern.concept_id for concern in self.concerns if concern.focus is focus)


def concerns(*, primary: Iterable[str], secondary: Iterable[str]) -> tuple[ConcernFocus, ...]:
    """Put concerns together, the primary ones first."""
    return (
        *(ConcernFocus(concept_id=each, focus=Focus.PRIMARY) for each in primary),
        *(ConcernFocus(concept_id=each, focus=Focus.SECONDARY) for each in secondary),
    )


class ProfileImpossible(Invalid):
    """The profile names what does not exist, or says something twice; every flaw is named."""


def check(profile: Profile, *, vocabulary: Vocabulary, today: date) -> None:
    """Refuse a profile that can't be.

    today: the date by which a birth date is judged. Raises ProfileImpossible with every flaw found; pointers are of
    the request's body (RFC 6901).
    """
    flaws = (
        *_flaws_of_person(profile, today=today),
        *_flaws_of_concerns(profile.concerns, vocabulary=vocabulary),
        *_flaws_of_concepts(profile.approaches, kind=Kind.APPROACH, at="/approaches", vocabulary=vocabulary),
        *_flaws_of_concepts(profile.populations, kind=Kind.POPULATION, at="/populations", vocabulary=vocabulary),
        *_repeats(profile.languages, at="/languages"),
        *_repeats(profile.session_formats, at="/session_formats"),
        *_repeats(profile.insurers, at="/insurers"),
    )
    if flaws:
        raise ProfileImpossible(*flaws)


def _flaws_of_person(profile: Profile, *, today: date) -> Iterator[Flaw]:
    if profile.npi is not None and not npi_numbers.is_valid(profile.npi):
        yield Flaw(pointer="/npi", detail="Not a National Provider Identifier: ten digits, the last checks the others.")
    if profile.born_on is not None and not _is_adult(profile.born_on, on=today):
        yield Flaw(pointer="/birth_date", detail="An adult's date of birth is needed, or none.")


def _is_adult(born_on: date, *, on: date) -> bool:
    return born_on >= EARLIEST_BIRTH and ages.years(born_on=born_on, on=on) >= ages.ADULT_YEARS


def _flaws_of_concerns(concerns: Sequence[ConcernFocus], *, vocabulary: Vocabulary) -> Iterator[Flaw]:
    seen: set[str] = set()
    for index, concern in enumerate(concerns):
        at = f"/concerns/{index}/concept_id"
        if not vocabulary.knows(concern.concept_id, kind=Kind.CONCERN):
            yield Flaw(pointer=at, detail="This is not a concern of GET /v1/concepts?kind=concern.")
        elif concern.concept_id in seen:
            yield Flaw(pointer=at, detail="This concern is named before.")
        seen.add(concern.concept_id)


def _flaws_of_concepts(ids: Sequence[str], *, kind: Kind, at: str, vocabulary: Vocabulary) -> Iterator[Flaw]:
    for index, concept_id in enumerate(ids):
        if not vocabulary.knows(concept_id, kind=kind):
            yield Flaw(pointer=f"{at}/{index}", detail=f"This is not one of GET /v1/concepts?kind={kind}.")
    yield from _repeats(ids, at=at)


def _repeats(values: Sequence[str], *, at: str) -> Iterator[Flaw]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield Flaw(pointer=f"{at}/{index}", detail="This is named before.")
        seen.add(value)
