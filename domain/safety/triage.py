"""How near danger a text or an answer sounds, and whom to offer.

Rules for texts. A signal has a level of its own (data/signals.psv). It is not heard where it is denied ("I'm not
suicidal") or part of a saying ("killing time"), but a denial of suicide beside hopeless words is not taken at its
word: elevated. Of another person it is elevated at most, unless an act, means or silence of these hours stands beside
it, and the writer is offered help all the same. Of the past it is elevated for suicide and self-harm and nothing for
abuse that is over, unless the same words are of these days: abuse of these hours is urgent. A thought of dying
together with means, a plan, a time or words of farewell is urgent. Bare words of death and means beside "I" are
elevated, unless grief, fear or daily life explains them ("lament"). Where none and elevated are both thinkable, it is
elevated. This opens doors to help; it is no assessment and closes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

from domain.concepts.scope import Holder
from domain.concepts.text import Mention, mentions
from domain.safety.levels import Level, at_most, highest
from domain.safety.resources import CrisisResource, Need, resources_for_needs
from domain.safety.signals import BROAD, Signal, heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """A level, what help is needed, and whom to offer; both are empty only at level none."""

    level: Level
    needs: tuple[Need, ...]
    resources: tuple[CrisisResource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The signals of a text that are not denied, by name, and by name and sentence."""

    by_name: Mapping[str, tuple[Signal, ...]]
    by_place: Mapping[tuple[str, int], tuple[Signal, ...]]

    @classmethod
    def of(cls, signals: Iterable[Signal]) -> Self:
        by_name: defaultdict[str, list[Signal]] = defaultdict(list)
        by_place: defaultdict[tuple[str, int], list[Signal]] = defaultdict(list)
        for signal in signals:
            by_name[signal.name].append(signal)
            by_place[signal.name, signal.sentence].append(signal)
        return cls(
            by_name={name: tuple(found) for name, found in by_name.items()},
            by_place={place: tuple(found) for place, found in by_place.items()},
        )

    def at(self, name: str, *, sentence: int) -> tuple[Signal, ...]:
        return self.by_place.get((name, sentence), ())


SAFE = Safety(level=Level.NONE, needs=(), resources=())

_HOPELESS = "hopeless"
_TIPS, _TIPS_ANYWHERE = ("si.means", "means", "si.time"), ("si.means", "means")
_FINAL, _UNREACHABLE, _ACT_NOW, _HIDING, _RAGE = "final", "unreachable", "act.now", "abuse.hiding", "abuse.rage"
_LASTING = frozenset(("si", "sh", "hi"))  # families whose past still counts
_TIPPED = frozenset(("si", "hi"))  # families that means, a plan or a time make urgent
_ENDING = frozenset(
    ("si.thought", "si.passive", "si.passive.family", "si.burden", "si.letters")
)  # urgent beside words of farewell
_WHOEVER = frozenset(
    ("si.method", "sh.now", "sh.now.family", "hi.mass", "child.touch")
)  # as grave whoever is said to do or suffer it
_DONE_BY_OTHERS = frozenset(("abuse", "sexual", "child"))  # urgent of these hours
_SPOKEN_TO_WRITER = frozenset(("abuse.weapon", "abuse.word.now", "psychosis.command.family"))  # the doer is named
_FAREWELLS_MIN = 2
_BESIDE_SENTENCES = 2
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
    listened = heard(text)
    said = _Said.of(signal for signal in listened.signals if not signal.denied)
    levels = [(_level(signal, said), signal.need) for signal in listened.signals]
    levels += _together(listened.signals, said)
    levels += [(Level.ELEVATED, need) for need in _named(found, listened.cleared)]
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


def _level(signal: Signal, said: _Said) -> Level:
    if signal.denied or signal.level is Level.NONE:
        return Level.NONE
    if signal.name in _WHOEVER and not signal.past:
        return signal.level
    if signal.holder is Holder.OTHER and signal.name not in _SPOKEN_TO_WRITER:
        return at_most(signal.level, cap=Level.ELEVATED)
    if signal.past and not signal.recent:
        return at_most(signal.level, cap=Level.ELEVATED if signal.family in _LASTING else Level.NONE)
    if signal.family in _TIPPED and _is_tipped(signal, said):
        return Level.URGENT
    return Level.URGENT if signal.recent and signal.family in _DONE_BY_OTHERS else signal.level


def _is_tipped(signal: Signal, said: _Said) -> bool:
    """Tell whether means, a plan or a time make a thought urgent; the words of the thought itself don't."""
    near = [tip for name in _TIPS for tip in said.at(name, sentence=signal.sentence)]
    far = [] if signal.name in BROAD else [tip for name in _TIPS_ANYWHERE for tip in said.by_name.get(name, ())]
    return any(tip.places.isdisjoint(signal.places) for tip in chain(near, far))


def _together(signals: Iterable[Signal], said: _Said) -> Iterator[tuple[Level, Need]]:
    """Judge what no word says alone: farewell, despair, hiding, an act under way."""
    own = frozenset(name for name, found in said.by_name.items() if any(signal.own for signal in found))
    farewells = [signal for signal in said.by_name.get(_FINAL, ()) if signal.own]
    ends = not _ENDING.isdisjoint(own)
    if (_HOPELESS in own or ends) and any(signal.family == "si" and signal.denied for signal in signals):
        yield Level.ELEVATED, Need.SUICIDE
    if farewells and (_HOPELESS in own or len({signal.sentence for signal in farewells}) >= _FAREWELLS_MIN):
        yield Level.ELEVATED, Need.SUICIDE
    if ends and any(_seals(farewell, said) for farewell in farewells):
        yield Level.URGENT, Need.SUICIDE
    if said.by_name.keys() >= {_FINAL, _UNREACHABLE}:
        yield Level.ELEVATED, Need.SUICIDE
    if any(_is_under_way(signal, said) for found in said.by_name.values() for signal in found):
        yield Level.URGENT, Need.SUICIDE
    if said.by_name.keys() >= {_HIDING, _RAGE}:
        yield Level.URGENT, Need.DOMESTIC_VIOLENCE


def _seals(farewell: Signal, said: _Said) -> bool:
    """Tell whether words of farewell stand beside a wish to be gone, and are other words than those of the wish."""
    return any(
        wish.own and not wish.past and farewell.places.isdisjoint(wish.places)
        for name in _ENDING
        for sentence in range(farewell.sentence - _BESIDE_SENTENCES, farewell.sentence + _BESIDE_SENTENCES + 1)
        for wish in said.at(name, sentence=sentence)
    )


def _is_under_way(signal: Signal, said: _Said) -> bool:
    """Tell whether another person's wish to die stands beside an act, means or silence of these hours."""
    return (
        signal.family == "si"
        and signal.level is not Level.NONE
        and signal.holder is Holder.OTHER
        and not (signal.past and not signal.recent)
        and any(said.at(name, sentence=signal.sentence) for name in (_ACT_NOW, _UNREACHABLE))
    )


def _named(found: Iterable[Mention], cleared: frozenset[int]) -> tuple[Need, ...]:
    """Give the needs of the dangers that the concept reader finds; both readers count the same words.

    Abuse is left to the signals, which tell what is going on from what is over.
    """
    said = (mention for mention in found if mention.concept_id in _NEED_OF_CONCERN and not mention.denied)
    return tuple(_NEED_OF_CONCERN[mention.concept_id] for mention in said if cleared.isdisjoint(mention.places))
