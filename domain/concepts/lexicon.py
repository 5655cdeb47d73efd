"""The words by which clients name concerns, as patterns with a strength."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from domain.concepts.package_data import listed, rows
from domain.concepts.patterns import Patterns, Rule
from domain.concepts.scope import PASSING_WORDS

# How sure a finding of each strength alone makes us. Ours, set by order: 4 names the concern, 0 only sets the scene.
WEIGHT_OF_STRENGTH: Mapping[str, float] = MappingProxyType({"4": 0.8, "3": 0.6, "2": 0.35, "1": 0.2, "0": 0.1})

_PEOPLE = ("partner", "ex", "parent", "sibling", "child", "kin", "friend")

# Concerns that are the client's own though another person is their subject: a quarrel, an affair, a child's tantrum,
# an abuser, a death. All others are states of one person.
_BETWEEN_PEOPLE = (
    "rel", "child", "attach.adoption", "attach.rad", "attach.dsed", "life", "grief", "rejection.trauma",
    "trauma.childhood", "trauma.neglect", "trauma.psychabuse", "safety.abuse", "id.lgbtq", "id.gender", "adj", "sex",
)  # fmt: skip


@cache
def classes() -> Mapping[str, tuple[str, ...]]:
    """Read the classes of words that patterns may name. Raises TableMisshapen."""
    table = rows("domain.concepts", "classes.psv", header=("name", "words"))
    return MappingProxyType({name: listed(words) for name, words in table})


@cache
def misspelt() -> tuple[str, ...]:
    """Read the words that are forgiven a slip. Raises TableMisshapen."""
    return tuple(word for (word,) in rows("domain.concepts", "misspelt.psv", header=("word",)))


@cache
def persons() -> frozenset[str]:
    """Give the base forms of nouns for people other than the writer."""
    return frozenset(patterns().base(word) for name in _PEOPLE for word in classes()[name])


@cache
def patterns() -> Patterns:
    """Read and compile the lexicon of concerns. Raises TableMisshapen, PatternBroken."""
    table = rows("domain.concepts", "lexicon.psv", header=("concern", "strength", "patterns"))
    return Patterns(
        (
            Rule(key=concern, weight=WEIGHT_OF_STRENGTH[strength], pattern=pattern.strip())
            for concern, strength, line in table
            for pattern in line.split(";")
            if pattern.strip()
        ),
        classes=classes(),
        also_known=PASSING_WORDS,
        misspelt=misspelt(),
    )


def is_between_people(concern_id: str) -> bool:
    """Tell whether a concern is the client's own even where the words name another person as its subject."""
    return any(concern_id == prefix or concern_id.startswith(f"{prefix}.") for prefix in _BETWEEN_PEOPLE)
