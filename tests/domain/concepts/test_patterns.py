from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.concepts import lexicon
from domain.concepts.function_words import FILLERS
from domain.concepts.lemmas import Lemmas
from domain.concepts.package_data import rows
from domain.concepts.patterns import PatternBroken, Patterns, Rule
from domain.concepts.tokens import split
from domain.concepts.vocabulary import Kind, load

LEXICON = rows("domain.concepts", "lexicon.psv", header=("concern", "strength", "patterns"))


def found(pattern: str, text: str) -> list[str]:
    patterns = Patterns(
        [Rule(key="k", weight=1.0, pattern=pattern)],
        classes={"partner": ("husband", "wife")},
        also_known=(),
        misspelt=("anxiety",),
    )
    words = patterns.words(text)
    return [
        text[words.tokens[match.places[0]].start : words.tokens[match.places[-1]].end] for match in patterns.find(words)
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("panic attack", "Two PANIC ATTACKS a day", ["PANIC ATTACKS"]),
        ("@partner hit me", "my husbands hits me", ["husbands hits me"]),
        ("wake up .. night", "I woke up in the night", ["woke up in the night"]),
        ("wake up .. night", "I woke up and went to work and then at night", []),
        ("so? sad day", "sad days", ["sad days"]),
        ("can not sleep", "I can\u2019t sleep", ["can\u2019t sleep"]),
        ("can not sleep", "I cant really sleep", ["cant really sleep"]),
        ("=wanted", "I want to be wanted", ["wanted"]),
        ("walk out", "I walk. Out there", []),
        ("bully/tease me", "they teased me", ["teased me"]),
    ],
)
def test_a_pattern_finds_its_words(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


def test_one_slip_in_a_long_word_is_forgiven_and_in_no_other() -> None:
    assert found("anxiety", "my anxeity") == ["anxeity"]
    assert found("anxiety", "my anixeti") == []
    assert found("mourning", "good morning") == []


@pytest.mark.parametrize("pattern", ["@nobody hits me", "the", ""])
def test_a_pattern_that_can_not_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternBroken):
        found(pattern, "text")


def test_the_lexicon_speaks_of_every_concern_and_of_nothing_else() -> None:
    concerns = {concept.id for concept in load().of_kind(Kind.CONCERN)}

    assert {concern for concern, _, _ in LEXICON} == concerns


def test_no_pattern_of_the_lexicon_asks_for_a_word_that_is_looked_past() -> None:
    looked_past = FILLERS - {"a", "an", "the"}

    asked = [
        pattern
        for _, _, line in LEXICON
        for pattern in line.split(";")
        if any(set(step.rstrip("?").split("/")) <= looked_past for step in pattern.split())
    ]

    assert asked == []


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("hitting", "hit"),
        ("hoped", "hope"),
        ("hopped", "hop"),
        ("tried", "try"),
        ("abuses", "abuse"),
        ("fought", "fight"),
        ("worries", "worry"),
        ("boss", "boss"),
        ("unknown", "unknown"),
    ],
)
def test_words_are_led_back_to_known_base_forms(word: str, base: str) -> None:
    known = Lemmas(["hit", "hope", "hop", "try", "abuse", "fight", "worry", "boss"], misspelt=())

    assert known.of(word) == base


def test_a_contraction_becomes_words_at_one_place() -> None:
    tokens = split("I don\u2019t")

    assert [(token.word, token.start, token.end) for token in tokens] == [("i", 0, 1), ("do", 2, 7), ("not", 2, 7)]


@given(st.text(max_size=300))
def test_words_stand_in_the_text_in_order(text: str) -> None:
    tokens = split(text)

    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(left.start <= right.start and left.clause <= right.clause for left, right in pairwise(tokens))


def test_the_lexicon_is_compiled_once() -> None:
    assert lexicon.patterns() is lexicon.patterns()
