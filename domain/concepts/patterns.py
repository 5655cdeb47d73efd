"""Find patterns of words in a text.

A pattern is a line of steps: a word in its base form, "=word" for just this form of it, alternatives parted by "/", a
class of words as "@name", any of these followed by "?" where it may be missing. Steps follow each other; ".." between
two steps lets up to three other words stand there, "..." up to six. Filling words are looked past everywhere. A match
lies within one sentence. Each match is looked for from the step that is rarest in the text, so long texts of few words
stay cheap.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from domain.concepts.function_words import FILLERS, LIMITING
from domain.concepts.lemmas import Lemmas
from domain.concepts.tokens import Token, expand, split

NOT_ONLY = "not-only"
_GAPS = {"..": 3, "...": 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern as written, what it speaks for, and how strongly (0 to 1)."""

    key: str
    weight: float
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a rule was found: the places of the words it used, in order, within the text's words."""

    rule: Rule
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text made ready: its words, their base forms, and their forms as patterns ask for them ("=word").

    thoughts: for each word the first place of the run of clauses, joined by commas, in which it stands.
    """

    tokens: tuple[Token, ...]
    lemmas: tuple[str, ...]
    forms: tuple[str, ...]
    thoughts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    rule: Rule
    steps: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]  # how many words may stand before each step; the first is 0


class PatternBroken(ValueError):
    """A shipped pattern can't be read."""


class Patterns:
    """A set of rules, compiled once. Holds nothing of the texts it reads."""

    __slots__ = ("_by_word", "_lemmas")

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        classes: Mapping[str, tuple[str, ...]],
        also_known: Iterable[str],
        misspelt: Iterable[str],
    ) -> None:
        """Compile rules.

        also_known: base forms beyond those the rules use. misspelt: known words that are forgiven a slip.

        Raises PatternBroken for a rule that names an unknown class or holds no word.
        """
        written = [(rule, variant) for rule in rules for variant in _variants(rule.pattern)]
        raw = [(rule, *_steps(variant, classes)) for rule, variant in written]
        known = {word for _, steps, _ in raw for step in steps for word in step if not word.startswith("=")}
        in_classes = (word for words in classes.values() for word in words)
        self._lemmas = Lemmas({*known, *also_known, *in_classes}, misspelt=misspelt)
        self._by_word: dict[str, list[_Compiled]] = {}
        for rule, steps, gaps in raw:
            if not steps:
                raise PatternBroken(f"{rule.key}: {rule.pattern!r} holds no word")
            based = tuple(frozenset(self.base(word) for word in step) for step in steps)
            compiled = _Compiled(rule=rule, steps=based, gaps=gaps)
            for word in min(based, key=len):
                self._by_word.setdefault(word, []).append(compiled)

    def words(self, text: str) -> Words:
        """Split a text and lead its words to base forms."""
        tokens = _without_fillers(split(text))
        bases = {word: self._lemmas.of(word) for word in {token.word for token in tokens}}
        return Words(
            tokens=tokens,
            lemmas=tuple(bases[token.word] for token in tokens),
            forms=tuple(f"={token.word}" for token in tokens),
            thoughts=_thoughts(tokens),
        )

    def base(self, word: str) -> str:
        """Give the base form this set of patterns uses for a word."""
        return word if word.startswith("=") else self._lemmas.exact(word) or word

    def find(self, words: Words) -> tuple[Match, ...]:
        """Find all rules in a text, in no particular order; one match at most from each starting place."""
        places: dict[str, list[int]] = {}
        for place, (lemma, form) in enumerate(zip(words.lemmas, words.forms, strict=True)):
            places.setdefault(lemma, []).append(place)
            places.setdefault(form, []).append(place)
        present = frozenset(places)
        found: list[Match] = []
        for lemma in places:
            for compiled in self._by_word.get(lemma, ()):
                if any(step.isdisjoint(present) for step in compiled.steps):
                    continue
                found.extend(_matches(compiled, words, places))
        return tuple({(match.rule.key, match.rule.weight, match.places): match for match in found}.values())


def _without_fillers(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Leave the filling words out; "not just" and the like deny nothing, so that "not" gets another name."""
    following = (*tokens[1:], None)[: len(tokens)]
    return tuple(
        replace(token, word=NOT_ONLY) if token.word == "not" and after is not None and after.word in LIMITING else token
        for token, after in zip(tokens, following, strict=True)
        if token.word not in FILLERS
    )


def _thoughts(tokens: tuple[Token, ...]) -> tuple[int, ...]:
    starts: list[int] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        goes_on = (
            before is not None
            and before.sentence == token.sentence
            and (before.clause == token.clause or token.after_comma)
        )
        starts.append(starts[-1] if goes_on else at)
    return tuple(starts)


def _matches(compiled: _Compiled, words: Words, places: Mapping[str, Sequence[int]]) -> Iterator[Match]:
    counts = [sum(len(places[word]) for word in step if word in places) for step in compiled.steps]
    rarest = counts.index(min(counts))
    for word in compiled.steps[rarest]:
        for place in places.get(word, ()):
            after = _onward(compiled, words, place=place, step=rarest, direction=1)
            before = _onward(compiled, words, place=place, step=rarest, direction=-1) if after is not None else None
            if after is not None and before is not None:
                yield Match(rule=compiled.rule, places=(*reversed(before), place, *after))


def _onward(compiled: _Compiled, words: Words, *, place: int, step: int, direction: int) -> tuple[int, ...] | None:
    """Match the steps on one side of a place that matches already; the nearest words win."""
    following = step + direction
    if not 0 <= following < len(compiled.steps):
        return ()
    gap = compiled.gaps[max(step, following)]
    sentence = words.tokens[place].sentence
    for distance in range(1, gap + 2):
        at = place + distance * direction
        if not 0 <= at < len(words.tokens) or words.tokens[at].sentence != sentence:
            return None
        wanted = compiled.steps[following]
        if words.lemmas[at] in wanted or words.forms[at] in wanted:
            rest = _onward(compiled, words, place=at, step=following, direction=direction)
            if rest is not None:
                return (at, *rest)
    return None


def _variants(pattern: str) -> tuple[str, ...]:
    """Write a pattern out with and without each step that may be missing."""
    choices = [(part[:-1], "") if part.endswith("?") else (part,) for part in pattern.split()]
    return tuple(" ".join(part for part in chosen if part) for chosen in product(*choices))


def _steps(pattern: str, classes: Mapping[str, tuple[str, ...]]) -> tuple[tuple[frozenset[str], ...], tuple[int, ...]]:
    steps: list[frozenset[str]] = []
    gaps: list[int] = []
    gap = 0
    for part in pattern.split():
        if part in _GAPS:
            gap = _GAPS[part]
            continue
        for words in _alternatives(part, classes):
            steps.append(words)
            gaps.append(gap if len(steps) > 1 else 0)
            gap = 0
    return tuple(steps), tuple(gaps)


def _alternatives(part: str, classes: Mapping[str, tuple[str, ...]]) -> tuple[frozenset[str], ...]:
    """Read one written step; a contraction is several steps, a filling word none."""
    words: set[str] = set()
    for option in part.split("/"):
        if option.startswith("@"):
            if option[1:] not in classes:
                raise PatternBroken(f"no class is called {option}")
            words.update(classes[option[1:]])
        else:
            words.add(option)
    if len(words) == 1:
        return tuple(frozenset((piece,)) for piece in expand(next(iter(words))) if piece not in FILLERS)
    return (frozenset(words - FILLERS),)
