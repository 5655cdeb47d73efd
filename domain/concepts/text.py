"""Read what a client writes as concerns.

Lexical and in the open: every reading rests on words of the text, given as places, and the same text gives the same
reading. Confidence grows with evidence: separate findings add up as independent hints (1 - the product of the doubts),
each repetition of one finding counting half of the one before. A finding inside the words of a longer one is dropped,
so "abusing pills" is not abuse; a broader concern that rests on no words of its own beside a narrower one is dropped.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from domain.concepts import lexicon
from domain.concepts.closeness import ancestors
from domain.concepts.patterns import Match, Words
from domain.concepts.scope import Holder, Scope
from domain.concepts.vocabulary import load

CONFIDENCE_MIN = 0.2
CONFIDENCE_MAX = 0.99
_OPENING_FACTOR = 1.15  # the first sentence mostly says what it is about
_REPEAT_FACTOR = 0.5
_WEIGHT_MAX = 0.95


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A place in a text: code points, half-open, never empty."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One finding: a concern, where, how strongly (0 to 1), whether it is denied and whose it is."""

    concept_id: str
    span: Span
    weight: float
    pattern: str
    places: tuple[int, ...]
    denied: bool
    holder: Holder

    @property
    def counts(self) -> bool:
        """Tell whether it speaks for a concern of the writer."""
        return not self.denied and (self.holder is Holder.SELF or lexicon.is_between_people(self.concept_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernReading:
    """A concern read in a text: confidence from 0 to 1, and the places it rests on, in order."""

    concept_id: str
    label: str
    confidence: float
    evidence: tuple[Span, ...]


def read(text: str) -> tuple[ConcernReading, ...]:
    """Read the writer's own concerns in a text, the likeliest first; equal ones as they come in the text."""
    return readings(mentions(text))


def readings(found: Iterable[Mention]) -> tuple[ConcernReading, ...]:
    """Weigh the mentions of one text, as `read` does."""
    by_concern: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in found:
        if mention.counts:
            by_concern[mention.concept_id].append(mention)
    weighed = sorted(
        (_weighed(concept_id, own) for concept_id, own in _without_echoes(by_concern).items()),
        key=lambda each: (each.doubt, each.evidence[0], each.concept_id),
    )
    return tuple(_reading(each) for each in weighed if 1.0 - each.doubt >= CONFIDENCE_MIN)


def mentions(text: str) -> tuple[Mention, ...]:
    """Find all words for concerns in a text, denied ones and those of other persons too, in order of place."""
    patterns = lexicon.patterns()
    words = patterns.words(text)
    matches = longest(patterns.find(words))
    scope = Scope(
        words=words, persons=lexicon.persons(), taken=frozenset(place for match in matches for place in match.places)
    )
    found = (_mention(match, words, scope) for match in matches)
    return tuple(sorted(found, key=lambda mention: (mention.span, mention.concept_id, mention.pattern)))


def longest(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Leave out each match whose words are all used by a longer one."""
    covering: defaultdict[int, list[frozenset[int]]] = defaultdict(list)
    by_places: dict[frozenset[int], list[Match]] = {}
    for match in matches:
        by_places.setdefault(frozenset(match.places), []).append(match)
    for places in by_places:
        for place in places:
            covering[place].append(places)
    return tuple(
        match
        for places, same in by_places.items()
        if not any(places < longer for longer in covering[next(iter(places))])
        for match in same
    )


def _mention(match: Match, words: Words, scope: Scope) -> Mention:
    first, last = words.tokens[match.places[0]], words.tokens[match.places[-1]]
    concept_id = match.rule.key
    return Mention(
        concept_id=concept_id,
        span=Span(start=first.start, end=last.end),
        weight=match.rule.weight * (_OPENING_FACTOR if first.sentence == 0 else 1.0),
        pattern=match.rule.pattern,
        places=match.places,
        denied=scope.denied(match.places, wishes_count=concept_id.startswith("safety.")),
        holder=scope.holder(match.places),
    )


def _without_echoes(by_concern: dict[str, list[Mention]]) -> dict[str, list[Mention]]:
    """Take from each broader concern what rests on the words of a narrower one."""
    used: defaultdict[str, set[int]] = defaultdict(set)
    for concept_id, found in by_concern.items():
        for broader_id in ancestors(load(), concept_id):
            used[broader_id].update(place for mention in found for place in mention.places)
    kept = {
        concept_id: [mention for mention in found if not used[concept_id].issuperset(mention.places)]
        for concept_id, found in by_concern.items()
    }
    return {concept_id: found for concept_id, found in kept.items() if found}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """A concern with the doubt that is left (0 to 1) and its places in order."""

    concept_id: str
    doubt: float
    evidence: tuple[Span, ...]


def _weighed(concept_id: str, found: list[Mention]) -> _Weighed:
    """Add findings up; of findings that share words only the strongest counts."""
    taken: set[int] = set()
    repeats: defaultdict[str, int] = defaultdict(int)
    doubt = 1.0
    spans: set[Span] = set()
    for mention in sorted(found, key=lambda each: (-each.weight, -len(each.places), each.span)):
        if taken.isdisjoint(mention.places):
            taken.update(mention.places)
            doubt *= 1.0 - min(_WEIGHT_MAX, mention.weight) * _REPEAT_FACTOR ** repeats[mention.pattern]
            repeats[mention.pattern] += 1
            spans.add(mention.span)
    return _Weighed(concept_id=concept_id, doubt=doubt, evidence=tuple(sorted(spans)))


def _reading(weighed: _Weighed) -> ConcernReading:
    concept = load().find(weighed.concept_id)
    return ConcernReading(
        concept_id=weighed.concept_id,
        label=concept.label if concept else weighed.concept_id,
        confidence=round(min(CONFIDENCE_MAX, 1.0 - weighed.doubt), 3),
        evidence=weighed.evidence,
    )
