"""What the product can speak of: concerns, approaches and populations, and how they relate.

Rules, checked whenever the vocabulary is made: every id is given once over all kinds; relations stay within the kind
and point to something; no concept is broader than itself by any way; evidence points to concerns. `related` holds
both ways whichever side states it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from domain.concepts.package_data import listed, rows
from domain.errors import Flaw, Invalid


class Kind(StrEnum):
    """What a concept is about: a need, a way of working, or a group of people."""

    CONCERN = "concern"
    APPROACH = "approach"
    POPULATION = "population"


class Recognition(StrEnum):
    """Whether the term is established in the field, or only common speech."""

    RECOGNIZED = "recognized"
    COLLOQUIAL = "colloquial"


class Strength(StrEnum):
    """How well an approach is supported for a concern: A strong guideline, B conditional or standard, C emerging."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """That an approach helps with a concern, and how well this is supported."""

    concern_id: str
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One thing the product can speak of. Codes are WHO's and CDC's, without those that are in doubt."""

    id: str
    kind: Kind
    label: str
    description: str
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    recognition: Recognition = Recognition.RECOGNIZED
    content_warnings: tuple[str, ...] = ()
    icd10cm: tuple[str, ...] = ()
    icd11: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class VocabularyBroken(Invalid):
    """The vocabulary contradicts itself; every flaw is named."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(*flaws, detail="; ".join(f"{flaw.pointer}: {flaw.detail}" for flaw in flaws))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All concepts, in the order of the shipped tables. Made by `checked` only."""

    concepts: tuple[Concept, ...]
    by_id: Mapping[str, Concept] = field(repr=False)

    def of_kind(self, kind: Kind) -> tuple[Concept, ...]:
        """List the concepts of one kind in order."""
        return tuple(concept for concept in self.concepts if concept.kind is kind)

    def find(self, concept_id: str) -> Concept | None:
        """Give the concept of this id, or None."""
        return self.by_id.get(concept_id)

    def knows(self, concept_id: str, *, kind: Kind) -> bool:
        """Tell whether this is the id of a concept of this kind."""
        concept = self.by_id.get(concept_id)
        return concept is not None and concept.kind is kind


def checked(concepts: Iterable[Concept]) -> Vocabulary:
    """Make a vocabulary of concepts that fit together.

    Raises VocabularyBroken with all flaws.
    """
    given = tuple(concepts)
    by_id = {concept.id: concept for concept in given}
    flaws = [*_repeated(given), *_dangling(given, by_id), *_circular(by_id)]
    if flaws:
        raise VocabularyBroken(*flaws)
    both_ways = tuple(_with_related(concept, given) for concept in given)
    return Vocabulary(concepts=both_ways, by_id=MappingProxyType({concept.id: concept for concept in both_ways}))


@cache
def load() -> Vocabulary:
    """Read the shipped vocabulary; the files are read once.

    Raises VocabularyBroken, TableMisshapen.
    """
    return checked((*_concerns(), *_approaches(), *_populations()))


def _repeated(given: tuple[Concept, ...]) -> list[Flaw]:
    counts = Counter(concept.id for concept in given)
    return [Flaw(pointer=f"/{id_}", detail=f"given {count} times") for id_, count in counts.items() if count > 1]


def _dangling(given: tuple[Concept, ...], by_id: Mapping[str, Concept]) -> list[Flaw]:
    flaws: list[Flaw] = []
    for concept in given:
        relations = (("broader", concept.broader, concept.kind), ("related", concept.related, concept.kind))
        evidence = ("evidence", tuple(each.concern_id for each in concept.evidence), Kind.CONCERN)
        for name, targets, kind in (*relations, evidence):
            for target in targets:
                found = by_id.get(target)
                if found is None:
                    flaws.append(Flaw(pointer=f"/{concept.id}/{name}", detail=f"{target} does not exist"))
                elif found.kind is not kind:
                    flaws.append(Flaw(pointer=f"/{concept.id}/{name}", detail=f"{target} is no {kind}"))
                elif target == concept.id:
                    flaws.append(Flaw(pointer=f"/{concept.id}/{name}", detail="points to itself"))
    return flaws


def _circular(by_id: Mapping[str, Concept]) -> list[Flaw]:
    return [
        Flaw(pointer=f"/{id_}/broader", detail="is broader than itself")
        for id_ in by_id
        if id_ in _above(id_, by_id) and id_ not in by_id[id_].broader
    ]


def _above(concept_id: str, by_id: Mapping[str, Concept]) -> set[str]:
    seen: set[str] = set()
    waiting = list(by_id[concept_id].broader)
    while waiting:
        current = waiting.pop()
        if current not in seen and current in by_id:
            seen.add(current)
            waiting.extend(by_id[current].broader)
    return seen


def _with_related(concept: Concept, given: tuple[Concept, ...]) -> Concept:
    stated_elsewhere = (other.id for other in given if concept.id in other.related)
    related = tuple(dict.fromkeys((*concept.related, *stated_elsewhere)))
    return Concept(
        id=concept.id,
        kind=concept.kind,
        label=concept.label,
        description=concept.description,
        broader=concept.broader,
        related=related,
        recognition=concept.recognition,
        content_warnings=concept.content_warnings,
        icd10cm=concept.icd10cm,
        icd11=concept.icd11,
        evidence=concept.evidence,
    )


_CONCERN_HEADER = (
    "id", "label", "description", "recognition", "broader", "related", "content_warnings", "icd10cm", "icd11",
)  # fmt: skip


def _concerns() -> tuple[Concept, ...]:
    table = rows("domain.concepts", "concerns.psv", header=_CONCERN_HEADER)
    return tuple(
        Concept(
            id=id_,
            kind=Kind.CONCERN,
            label=label,
            description=description,
            broader=listed(broader),
            related=listed(related),
            recognition=Recognition(recognition),
            content_warnings=listed(warnings),
            icd10cm=listed(icd10cm),
            icd11=listed(icd11),
        )
        for id_, label, description, recognition, broader, related, warnings, icd10cm, icd11 in table
    )


def _approaches() -> tuple[Concept, ...]:
    table = rows("domain.concepts", "approaches.psv", header=("id", "label", "description", "evidence"))
    return tuple(
        Concept(
            id=id_,
            kind=Kind.APPROACH,
            label=label,
            description=description,
            evidence=tuple(_evidence(entry) for entry in listed(evidence)),
        )
        for id_, label, description, evidence in table
    )


def _evidence(entry: str) -> Evidence:
    concern_id, strength = entry.split(":")
    return Evidence(concern_id=concern_id, strength=Strength(strength))


def _populations() -> tuple[Concept, ...]:
    table = rows("domain.concepts", "populations.psv", header=("id", "label", "description"))
    return tuple(
        Concept(id=id_, kind=Kind.POPULATION, label=label, description=description) for id_, label, description in table
    )
