"""What a client asks of a therapist, and what a therapist's profile says to it.

- A criterion that names several things is met by any one of them; one that names nothing asks nothing.
- There are three answers: yes, no, and unsaid. A requirement is met by a yes only. To a preference, what a profile
  leaves unsaid is no "no".
- Formats and fees are those of individual sessions, which are what a match offers. The fee compared is that of the
  cheapest one in a wanted format; fees in another currency can't be compared and leave the matter unsaid.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.availability.schedule import SessionFormat, SessionType
from domain.concepts.vocabulary import Kind, Vocabulary
from domain.errors import Flaw
from domain.ids import TherapistId
from domain.money import Money
from domain.therapists.profile import Gender


class Criterion(StrEnum):
    """What can be asked for."""

    SESSION_FORMATS = "session_formats"
    LANGUAGES = "languages"
    THERAPIST_GENDERS = "therapist_genders"
    APPROACHES = "approaches"
    POPULATIONS = "populations"
    INSURERS = "insurers"
    MAX_FEE = "max_fee"


class Answer(StrEnum):
    """What a profile says to a criterion."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What is asked for; empty or None asks nothing. languages: BCP 47. max_fee: for one session, included."""

    session_formats: tuple[SessionFormat, ...] = ()
    languages: tuple[str, ...] = ()
    therapist_genders: tuple[Gender, ...] = ()
    approaches: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    insurers: tuple[str, ...] = ()
    max_fee: Money | None = None

    def stated(self) -> tuple[Criterion, ...]:
        """List the criteria that ask something, in their order."""
        asked: Mapping[Criterion, object] = {
            Criterion.SESSION_FORMATS: self.session_formats,
            Criterion.LANGUAGES: self.languages,
            Criterion.THERAPIST_GENDERS: self.therapist_genders,
            Criterion.APPROACHES: self.approaches,
            Criterion.POPULATIONS: self.populations,
            Criterion.INSURERS: self.insurers,
            Criterion.MAX_FEE: self.max_fee,
        }
        return tuple(criterion for criterion, value in asked.items() if value)

    def without(self, criterion: Criterion) -> "Criteria":
        """Give the same criteria, with one of them dropped."""
        return Criteria(
            session_formats=() if criterion is Criterion.SESSION_FORMATS else self.session_formats,
            languages=() if criterion is Criterion.LANGUAGES else self.languages,
            therapist_genders=() if criterion is Criterion.THERAPIST_GENDERS else self.therapist_genders,
            approaches=() if criterion is Criterion.APPROACHES else self.approaches,
            populations=() if criterion is Criterion.POPULATIONS else self.populations,
            insurers=() if criterion is Criterion.INSURERS else self.insurers,
            max_fee=None if criterion is Criterion.MAX_FEE else self.max_fee,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistFacts:
    """What matching knows of a therapist; all of it is public. session_types: individual ones, as scheduled."""

    therapist_id: TherapistId
    display_name: str
    gender: Gender
    primary_concerns: tuple[str, ...]
    secondary_concerns: tuple[str, ...]
    approaches: tuple[str, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    insurers: tuple[str, ...]
    accepting_clients: bool
    caseload_limit: int
    session_types: tuple[SessionType, ...]


def flaws(criteria: Criteria, *, at: str, vocabulary: Vocabulary) -> Iterator[Flaw]:
    """Name what can't be asked for. at: the pointer of the criteria within the request's body."""
    for name, kind, ids in (
        (Criterion.APPROACHES, Kind.APPROACH, criteria.approaches),
        (Criterion.POPULATIONS, Kind.POPULATION, criteria.populations),
    ):
        for index, concept_id in enumerate(ids):
            if not vocabulary.knows(concept_id, kind=kind):
                detail = f"This is not one of GET /v1/concepts?kind={kind}."
                yield Flaw(pointer=f"{at}/{name}/{index}", detail=detail)
    for index, gender in enumerate(criteria.therapist_genders):
        if gender is Gender.UNDISCLOSED:
            yield Flaw(
                pointer=f"{at}/{Criterion.THERAPIST_GENDERS}/{index}",
                detail="What a therapist keeps to themself can't be asked for.",
            )


def answers(criteria: Criteria, facts: TherapistFacts) -> dict[Criterion, Answer]:
    """Give what the profile says to each stated criterion, in their order."""
    return {criterion: _ANSWER[criterion](criteria, facts) for criterion in criteria.stated()}


def unmet(criteria: Criteria, facts: TherapistFacts) -> tuple[Criterion, ...]:
    """List the criteria that, taken as requirements, the therapist does not meet; what is unsaid is not met."""
    return tuple(criterion for criterion, answer in answers(criteria, facts).items() if answer is not Answer.YES)


def session_types_for(criteria: Criteria, facts: TherapistFacts) -> tuple[SessionType, ...]:
    """List the individual session types in a wanted format and within the fee, the cheapest first, then the shortest.

    Empty where the criteria leave none.
    """
    limit = criteria.max_fee
    fitting = [
        kind for kind in _in_wanted_format(criteria, facts) if limit is None or _compare(kind, limit) is Answer.YES
    ]
    return tuple(sorted(fitting, key=lambda kind: (kind.fee.amount, kind.minutes, kind.code)))


def _format(criteria: Criteria, facts: TherapistFacts) -> Answer:
    return Answer.YES if _in_wanted_format(criteria, facts) else Answer.NO


def _gender(criteria: Criteria, facts: TherapistFacts) -> Answer:
    if facts.gender is Gender.UNDISCLOSED:
        return Answer.UNSAID
    return Answer.YES if facts.gender in criteria.therapist_genders else Answer.NO


def _any_of(wanted: Sequence[str], said: Sequence[str]) -> Answer:
    if not said:
        return Answer.UNSAID
    return Answer.NO if set(wanted).isdisjoint(said) else Answer.YES


def _folded(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(name.casefold().split()) for name in names)


def _language(criteria: Criteria, facts: TherapistFacts) -> Answer:
    """Compare tags by whole subtags, either way round: "es" and "es-MX" understand each other.

    Source: RFC 4647 section 3.3.1, basic filtering.
    """
    if not facts.languages:
        return Answer.UNSAID
    pairs = ((f"{one}-".casefold(), f"{other}-".casefold()) for one in criteria.languages for other in facts.languages)
    return Answer.YES if any(one.startswith(other) or other.startswith(one) for one, other in pairs) else Answer.NO


def _in_wanted_format(criteria: Criteria, facts: TherapistFacts) -> list[SessionType]:
    wanted = set(criteria.session_formats)
    return [kind for kind in facts.session_types if not wanted or not wanted.isdisjoint(kind.session_formats)]


def _fee(criteria: Criteria, facts: TherapistFacts) -> Answer:
    limit = criteria.max_fee
    said = {_compare(kind, limit) for kind in _in_wanted_format(criteria, facts)} if limit is not None else set()
    if Answer.YES in said:
        return Answer.YES
    return Answer.NO if Answer.NO in said else Answer.UNSAID


def _compare(kind: SessionType, limit: Money) -> Answer:
    if kind.fee.currency != limit.currency:
        return Answer.UNSAID
    return Answer.YES if kind.fee.amount <= limit.amount else Answer.NO


_ANSWER: Final[Mapping[Criterion, Callable[[Criteria, TherapistFacts], Answer]]] = {
    Criterion.SESSION_FORMATS: _format,
    Criterion.LANGUAGES: _language,
    Criterion.THERAPIST_GENDERS: _gender,
    Criterion.APPROACHES: lambda criteria, facts: _any_of(criteria.approaches, facts.approaches),
    Criterion.POPULATIONS: lambda criteria, facts: _any_of(criteria.populations, facts.populations),
    Criterion.INSURERS: lambda criteria, facts: _any_of(_folded(criteria.insurers), _folded(facts.insurers)),
    Criterion.MAX_FEE: _fee,
}
