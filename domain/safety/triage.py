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

from domain.concepts.scope import Holder
from domain.concepts.text import Mention, mentions
from domain.safety.levels import Level, at_most, highest
from domain.safety.resources import CrisisResource, Need, resources_for_needs
from domain.safety.signals import Signal, heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """A level, what help is needed, and whom to offer; both are empty only at level none."""

    level: Level
    needs: tuple[Need, ...]
    resources: tuple[CrisisResource, ...]


SAFE = Safety(level=Level.NONE, needs=(), resources=())

_MEANS, _WEAPON, _TIME, _HOPELESS = "si.means", "means", "si.time", "hopeless"
_FINAL, _UNREACHABLE, _ACT_NOW, _HIDING, _RAGE = "final", "unreachable", "act.now", "abuse.hiding", "abuse.rage"
_LASTING = frozenset(("si", "sh", "hi"))  # families whose past still counts
_TIPPED = frozenset(("si", "hi"))  # families that means, a plan or a time make urgent
_ENDING = frozenset(("si.thought", "si.passive", "si.passive.family", "si.burden", "si.letters"))  # urgent beside words of farewell
_WHOEVER = frozenset(("hi.mass", "child.touch"))  # as grave whoever is said to do or suffer it
_DONE_TO_WRITER = frozenset(("abuse", "child", "psychosis"))  # another person is named as the one who does it
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
    signals = listened.signals
    said = tuple(signal for signal in signals if not signal.denied)
    tips = tuple(signal for signal in said if signal.name in (_MEANS, _WEAPON, _TIME))
    levels = [(_level(signal, tips), signal.need) for signal in signals]
    levels += _together(signals, said)
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


def _level(signal: Signal, tips: tuple[Signal, ...]) -> Level:
    if signal.denied or signal.level is Level.NONE:
        return Level.NONE
    if signal.name in _WHOEVER and not signal.past:
        return signal.level
    if signal.holder is Holder.OTHER and signal.family not in _DONE_TO_WRITER:
        return at_most(signal.level, cap=Level.ELEVATED)
    if signal.past and not signal.recent:
        return at_most(signal.level, cap=Level.ELEVATED if signal.family in _LASTING else Level.NONE)
    if signal.family in _TIPPED and any(_tips(tip, signal) for tip in tips):
        return Level.URGENT
    return Level.URGENT if signal.recent and signal.family == "sexual" else signal.level


def _together(signals: Iterable[Signal], said: tuple[Signal, ...]) -> list[tuple[Level, Need]]:
    """Judge what no word says alone: farewell, despair, hiding, an act under way."""
    levels: list[tuple[Level, Need]] = []
    names = frozenset(signal.name for signal in said)
    own = frozenset(signal.name for signal in said if signal.own)
    farewells = len({signal.sentence for signal in said if signal.name == _FINAL and signal.own})
    despair = _HOPELESS in own or not _ENDING.isdisjoint(own)
    if despair and any(signal.family == "si" and signal.denied for signal in signals):
        levels.append((Level.ELEVATED, Need.SUICIDE))
    if _FINAL in own and (_HOPELESS in own or farewells >= _FAREWELLS_MIN):
        levels.append((Level.ELEVATED, Need.SUICIDE))
    if any(_seals(final, signal) for final in said for signal in said):
        levels.append((Level.URGENT, Need.SUICIDE))
    if {_FINAL, _UNREACHABLE} <= names:
        levels.append((Level.ELEVATED, Need.SUICIDE))
    if any(_is_under_way(signal, said) for signal in said):
        levels.append((Level.URGENT, Need.SUICIDE))
    if {_HIDING, _RAGE} <= names:
        levels.append((Level.URGENT, Need.DOMESTIC_VIOLENCE))
    return levels


def _seals(final: Signal, signal: Signal) -> bool:
    """Tell whether words of farewell stand beside a wish to be gone, and are other words than those of the wish."""
    return (
        final.name == _FINAL
        and signal.name in _ENDING
        and final.own
        and signal.own
        and not signal.past
        and abs(final.sentence - signal.sentence) <= _BESIDE_SENTENCES
        and set(final.places).isdisjoint(signal.places)
    )


def _is_under_way(signal: Signal, said: Iterable[Signal]) -> bool:
    """Tell whether another person's wish to die stands beside an act, means or silence of these hours."""
    return (
        signal.family == "si"
        and signal.level is not Level.NONE
        and signal.holder is Holder.OTHER
        and not (signal.past and not signal.recent)
        and any(other.name in (_ACT_NOW, _UNREACHABLE) and other.sentence == signal.sentence for other in said)
    )


def _tips(tip: Signal, signal: Signal) -> bool:
    """Tell whether a means, a plan or a time makes a thought urgent; the words of the thought itself don't."""
    return (tip.name != _TIME or tip.sentence == signal.sentence) and set(tip.places).isdisjoint(signal.places)


def _named(found: Iterable[Mention], cleared: frozenset[int]) -> tuple[Need, ...]:
    """Give the needs of the dangers that the concept reader finds; both readers count the same words.

    Abuse is left to the signals, which tell what is going on from what is over.
    """
    said = (mention for mention in found if mention.concept_id in _NEED_OF_CONCERN and not mention.denied)
    return tuple(_NEED_OF_CONCERN[mention.concept_id] for mention in said if cleared.isdisjoint(mention.places))
