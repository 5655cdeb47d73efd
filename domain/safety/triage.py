"""How near danger a text or an answer sounds, and whom to offer.

Rules for texts. A signal has a level of its own (data/signals.psv). It is not heard where it is denied ("I'm not
suicidal") or part of a saying ("killing time"), but a denial of suicide beside hopeless words is not taken at its
word: elevated. Of another person it is elevated at most, and the writer is offered help all the same. Of the past it
is elevated for suicide and self-harm and nothing for abuse that is over, unless the same words are of these days. A
thought of dying together with means, a plan or a time is urgent. Where none and elevated are both thinkable, it is
elevated. This opens doors to help; it is no assessment and closes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from domain.concepts import lexicon
from domain.concepts.package_data import rows
from domain.concepts.patterns import Match, Patterns, Rule, Words
from domain.concepts.scope import PASSING_WORDS, Holder, Scope
from domain.concepts.text import Mention, longest, mentions
from domain.safety.levels import Level, at_most, highest
from domain.safety.resources import CrisisResource, Need, resources_for_needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """A level, what help is needed, and whom to offer; both are empty only at level none."""

    level: Level
    needs: tuple[Need, ...]
    resources: tuple[CrisisResource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    """A signal as found: which, its own level and need, and how it is said."""

    name: str
    level: Level
    need: Need
    places: tuple[int, ...]
    sentence: int
    denied: bool
    holder: Holder
    past: bool
    recent: bool

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]


SAFE = Safety(level=Level.NONE, needs=(), resources=())

_IDIOM, _MEANS, _WEAPON, _TIME, _HOPELESS = "idiom", "si.means", "means", "si.time", "hopeless"
_LASTING = frozenset(("si", "sh", "hi"))  # families whose past still counts
_TIPPED = frozenset(("si", "hi"))  # families that means, a plan or a time make urgent
_RECENT = frozenset(("tonight", "today", "yesterday", "now", "morning"))
_RECENT_PHRASES = (
    " last night ",
    " this week ",
    " last week ",
    " this morning ",
    " right now ",
    " these days ",
    " hour ago ",
    " hours ago ",
    " minute ago ",
    " minutes ago ",
    " this evening ",
    " this afternoon ",
)
_PAST_FORMS = frozenset(("wanted", "tried", "attempted", "planned", "thought", "considered", "contemplated"))
_NEED_OF_CONCERN = {
    "safety.si": Need.SUICIDE,
    "safety.sh": Need.SELF_HARM,
    "safety.hi": Need.VIOLENCE,
    "safety.psychosis": Need.PSYCHOSIS,
}


def of_text(text: str, *, country: str) -> Safety:
    """Judge how near danger a text sounds.

    country: ISO 3166-1 alpha-2, for the resources.
    """
    return of_mentions(text, found=mentions(text), country=country)


def of_mentions(text: str, *, found: Iterable[Mention], country: str) -> Safety:
    """Judge a text whose concerns were found already (`concepts.text.mentions` of the same text)."""
    signals, cleared = _signals(text)
    tips = tuple(signal for signal in signals if signal.name in (_MEANS, _WEAPON, _TIME) and not signal.denied)
    levels = [(_level(signal, tips), signal.need) for signal in signals]
    if any(signal.family == "si" and signal.denied for signal in signals) and any(
        signal.name == _HOPELESS and not signal.denied and signal.holder is Holder.SELF for signal in signals
    ):
        levels.append((Level.ELEVATED, Need.SUICIDE))
    levels += [(Level.ELEVATED, need) for need in _named(found, cleared)]
    return _safety(levels, country=country)


def of_phq9_item9(answer: int | None, *, country: str) -> Safety:
    """Judge the ninth answer of a PHQ-9, 0 to 3, whatever the total; None is unanswered and says nothing.

    1 is elevated; 2 and 3 are urgent: at these answers attempts and deaths rose markedly and further assessment is
    clearly indicated. Source: Simon 2013, doi 10.1176/appi.ps.201200587. Raises ValueError outside 0 to 3.
    """
    if answer is None:
        return SAFE
    levels = (Level.NONE, Level.ELEVATED, Level.URGENT, Level.URGENT)
    if not 0 <= answer < len(levels):
        raise ValueError("an answer is 0, 1, 2 or 3")
    return _safety([(levels[answer], Need.SUICIDE)], country=country)


def worst(safeties: Iterable[Safety], *, country: str) -> Safety:
    """Join several judgements into the gravest level with the needs of all."""
    return _safety([(safety.level, need) for safety in safeties for need in safety.needs], country=country)


def _safety(levels: Iterable[tuple[Level, Need]], *, country: str) -> Safety:
    heard = sorted((pair for pair in levels if pair[0] is not Level.NONE), key=lambda pair: -pair[0].rank)
    level = highest(each for each, _ in heard)
    if level is Level.NONE:
        return SAFE
    first = (Need.EMERGENCY,) if level is Level.URGENT else ()
    needs = tuple(dict.fromkeys((*(need for _, need in heard), Need.CRISIS)))
    ordered = (needs[0], *first, *needs[1:])
    return Safety(level=level, needs=tuple(dict.fromkeys(ordered)), resources=resources_for_needs(country, ordered))


def _level(signal: _Signal, tips: tuple[_Signal, ...]) -> Level:
    if signal.denied or signal.level is Level.NONE:
        return Level.NONE
    if signal.holder is Holder.OTHER:
        return at_most(signal.level, cap=Level.ELEVATED)
    if signal.past and not signal.recent:
        return at_most(signal.level, cap=Level.ELEVATED if signal.family in _LASTING else Level.NONE)
    if signal.family in _TIPPED and any(_tips(tip, signal) for tip in tips):
        return Level.URGENT
    return Level.URGENT if signal.recent and signal.family == "sexual" else signal.level


def _tips(tip: _Signal, signal: _Signal) -> bool:
    """Tell whether a means, a plan or a time makes a thought urgent; the words of the thought itself don't."""
    return (tip.name != _TIME or tip.sentence == signal.sentence) and set(tip.places).isdisjoint(signal.places)


@cache
def signal_patterns() -> Patterns:
    """Read and compile the signals of danger. Raises TableMisshapen, PatternBroken."""
    return Patterns(
        (
            Rule(key=signal, weight=1.0, pattern=pattern.strip())
            for signal, _, _, line in _table()
            for pattern in line.split(";")
            if pattern.strip()
        ),
        classes=lexicon.classes(),
        also_known=PASSING_WORDS,
        misspelt=lexicon.misspelt(),
    )


def _table() -> tuple[tuple[str, ...], ...]:
    return rows("domain.safety", "signals.psv", header=("signal", "level", "need", "patterns"))


@cache
def _meanings() -> dict[str, tuple[Level, Need]]:
    return {signal: (Level(level), Need(need)) for signal, level, need, _ in _table()}


def _signals(text: str) -> tuple[tuple[_Signal, ...], frozenset[int]]:
    """Find the signals of a text, and the places of words that sayings clear."""
    words = signal_patterns().words(text)
    matches = longest(signal_patterns().find(words))
    cleared = frozenset(place for match in matches if match.rule.key == _IDIOM for place in match.places)
    heard = [match for match in matches if match.rule.key != _IDIOM and cleared.isdisjoint(match.places)]
    taken = frozenset(place for match in heard if match.rule.key not in (_MEANS, _TIME) for place in match.places)
    scope = Scope(words=words, persons=lexicon.persons(), taken=taken)
    return tuple(_signal(match, words, scope) for match in heard), cleared


def _signal(match: Match, words: Words, scope: Scope) -> _Signal:
    level, need = _meanings()[match.rule.key]
    said = scope.around(match.places)
    return _Signal(
        name=match.rule.key,
        level=level,
        need=need,
        places=match.places,
        sentence=words.tokens[match.places[0]].sentence,
        denied=scope.denied(match.places, wishes_count=True),
        holder=scope.holder(match.places),
        past=scope.past(match.places) or _in_past_form(match, words),
        recent=bool(_RECENT & set(said.split())) or any(phrase in said for phrase in _RECENT_PHRASES),
    )


def _in_past_form(match: Match, words: Words) -> bool:
    first = match.places[0]
    form = words.tokens[first].word
    return form in _PAST_FORMS and not (first > 0 and words.lemmas[first - 1] == "have")


def _named(found: Iterable[Mention], cleared: frozenset[int]) -> tuple[Need, ...]:
    """Give the needs of the dangers that the concept reader finds; both readers count the same words.

    Abuse is left to the signals, which tell what is going on from what is over.
    """
    said = (mention for mention in found if mention.concept_id in _NEED_OF_CONCERN and not mention.denied)
    return tuple(_NEED_OF_CONCERN[mention.concept_id] for mention in said if cleared.isdisjoint(mention.places))
