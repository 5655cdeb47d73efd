"""What in a text points to danger, and how it is said.

The words stand in two tables: data/signals.psv (a signal, its level when said of oneself and of now, what help it
needs, its patterns) and data/families.psv (classes of words for those patterns). "idiom" clears the words it uses;
"fiction" (a film, the news, a lecture) does so only where nothing else of the text sounds like danger.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from domain.concepts import lexicon
from domain.concepts.package_data import listed, rows
from domain.concepts.patterns import Match, Patterns, Rule, Words
from domain.concepts.scope import PASSING_WORDS, Holder, Scope, is_past
from domain.concepts.text import longest
from domain.safety.levels import Level
from domain.safety.resources import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal as found: which, its own level and need, and how it is said."""

    name: str
    level: Level
    need: Need
    places: frozenset[int]
    sentence: int
    denied: bool
    holder: Holder
    past: bool
    recent: bool

    @property
    def family(self) -> str:
        """Give what kind of danger it is: the name up to the first dot."""
        return self.name.partition(".")[0]

    @property
    def own(self) -> bool:
        """Tell whether the writer says it of themselves, and does not deny it."""
        return not self.denied and self.holder is Holder.SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The signals of a text, and the places of words that sayings clear."""

    signals: tuple[Signal, ...]
    cleared: frozenset[int]


_IDIOM, _FICTION, _LAMENT = "idiom", "fiction", "lament"
BROAD = frozenset(("si.word", "si.word.means", "abuse.word", "hi.word"))  # so wide that a lament clears them
ECHOES_MAX = 8  # of one signal, said in one way, in one sentence
_CIRCUMSTANCES = frozenset(("si.means", "si.time", "final", "unreachable", "act.now", "abuse.hiding", "abuse.rage"))
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
        classes=_classes(),
        also_known=PASSING_WORDS,
        misspelt=lexicon.misspelt(),
    )


def heard(text: str) -> Heard:
    """Find the signals of a text."""
    words = signal_patterns().words(text)
    found = signal_patterns().find(words)
    matches = longest(match for match in found if match.rule.key not in (*BROAD, _LAMENT))
    cleared = _places(matches, _IDIOM)
    mourned = cleared | _places(found, _LAMENT)
    wide = (match for match in found if match.rule.key in BROAD and mourned.isdisjoint(match.places))
    left = [
        *(m for m in matches if m.rule.key not in (_IDIOM, _FICTION) and cleared.isdisjoint(m.places)),
        *longest(wide),
    ]
    told = _places(matches, _FICTION)
    beside = [match for match in left if told.isdisjoint(match.places)]
    if all(_meanings()[match.rule.key][0] is Level.NONE for match in beside):
        left, cleared = beside, cleared | told
    taken = frozenset(place for match in left if match.rule.key not in _CIRCUMSTANCES for place in match.places)
    scope = Scope(words=words, persons=lexicon.persons(), taken=taken)
    return Heard(signals=_without_echoes(_signal(match, words, scope) for match in left), cleared=cleared)


def _without_echoes(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Leave out what says the same over again in one sentence, so that judging stays linear in the text's length."""
    kept: list[Signal] = []
    counts: Counter[tuple[str, int, bool, Holder, bool, bool]] = Counter()
    for signal in signals:
        way = (signal.name, signal.sentence, signal.denied, signal.holder, signal.past, signal.recent)
        counts[way] += 1
        if counts[way] <= ECHOES_MAX:
            kept.append(signal)
    return tuple(kept)


def _places(matches: Iterable[Match], key: str) -> frozenset[int]:
    return frozenset(place for match in matches if match.rule.key == key for place in match.places)


def _table() -> tuple[tuple[str, ...], ...]:
    return rows("domain.safety", "signals.psv", header=("signal", "level", "need", "patterns"))


def _classes() -> Mapping[str, tuple[str, ...]]:
    table = rows("domain.safety", "families.psv", header=("name", "words"))
    return MappingProxyType({**{name: listed(words) for name, words in table}, **lexicon.classes()})


@cache
def _meanings() -> Mapping[str, tuple[Level, Need]]:
    return MappingProxyType({signal: (Level(level), Need(need)) for signal, level, need, _ in _table()})


def _signal(match: Match, words: Words, scope: Scope) -> Signal:
    level, need = _meanings()[match.rule.key]
    said = scope.around(match.places)
    return Signal(
        name=match.rule.key,
        level=level,
        need=need,
        places=frozenset(match.places),
        sentence=words.tokens[match.places[0]].sentence,
        denied=scope.denied(match.places, wishes_count=True),
        holder=scope.holder(match.places),
        past=is_past(said) or _in_past_form(match, words),
        recent=not _RECENT.isdisjoint(said.split()) or any(phrase in said for phrase in _RECENT_PHRASES),
    )


def _in_past_form(match: Match, words: Words) -> bool:
    first = match.places[0]
    form = words.tokens[first].word
    return form in _PAST_FORMS and not (first > 0 and words.lemmas[first - 1] == "have")
