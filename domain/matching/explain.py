"""One plain sentence for each part of a score, with the fact behind it.

A sentence says what a profile or a calendar holds and how it stands to what was asked. It names no diagnosis of the
reader's, promises nothing, and says so where a part made no difference.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from domain.concepts.vocabulary import Strength, Vocabulary
from domain.matching.criteria import Answer, Criterion
from domain.matching.score import (
    NAMED_FREELY_MAX,
    ApproachEvidence,
    ConcernFit,
    ConcernMatch,
    PreferencesMet,
    Price,
    Wait,
)
from domain.matching.wish import Source
from domain.therapists.profile import Focus

NAMED_MAX: Final = 3
_SUPPORT: Final = {
    Strength.A: "guidelines strongly support",
    Strength.B: "guidelines support with some reservation",
    Strength.C: "there is early support",
}
_CRITERION: Final = {
    Criterion.SESSION_FORMATS: "the way sessions are held",
    Criterion.LANGUAGES: "language",
    Criterion.THERAPIST_GENDERS: "the therapist's gender",
    Criterion.APPROACHES: "the way of working",
    Criterion.POPULATIONS: "experience with the groups you named",
    Criterion.INSURERS: "insurance",
    Criterion.MAX_FEE: "the fee",
}


def concern_fit(found: ConcernFit, *, vocabulary: Vocabulary) -> str:
    """Say which of the therapist's areas of work come closest to what is sought."""
    if not found.asked:
        return "You named no concern, so this counts the same for everybody."
    if not found.matches:
        return "None of the areas of work this therapist names is close to what you are looking for."
    primary = tuple(match for match in found.matches if match.focus is Focus.PRIMARY)
    shown = primary or found.matches
    same = tuple(match for match in shown if match.offered == match.sought.concept_id)
    where = "Their main work includes" if primary else "They also work with"
    areas = _listed(_labels((match.offered for match in same or shown), vocabulary=vocabulary))
    link = _link(same or shown, is_same=bool(same))
    many = f", among {found.named} areas, so each counts for less" if found.named > NAMED_FREELY_MAX else ""
    return f"{where} {areas}, {link}{many}."


def _link(matches: Sequence[ConcernMatch], *, is_same: bool) -> str:
    """Say how areas of work stand to what was asked; of what was only read in words no more is said than that."""
    if any(match.sought.source is Source.STATED for match in matches):
        return "which you named" if is_same else "which is close to what you named"
    return "which fits what you wrote" if is_same else "which is close to what you wrote"


def approach_evidence(found: ApproachEvidence, *, vocabulary: Vocabulary) -> str:
    """Say how well the therapist's best fitting approach is supported, and for what."""
    if not found.asked:
        return "You named no concern, so the way of working counts the same for everybody."
    if not found.supports:
        return "None of the approaches this therapist names has published support for just this."
    best = found.supports[0]
    approach, concern = (_label(each, vocabulary=vocabulary) for each in (best.approach, best.concern_id))
    link = "for which" if best.strength is Strength.C else "which"
    return f"They offer {approach}, {link} {_SUPPORT[best.strength]} for {concern}."


def preferences(found: PreferencesMet) -> str:
    """Say which of the preferences are met, and what the profile leaves open."""
    if not found.answers:
        return "You stated no preference, so this counts the same for everybody."
    met = [_CRITERION[each] for each, answer in found.answers.items() if answer is Answer.YES]
    unsaid = [_CRITERION[each] for each, answer in found.answers.items() if answer is Answer.UNSAID]
    total = len(found.answers)
    wishes = "your one preference" if total == 1 else f"your {total} preferences"
    said = f"{len(met)} of {wishes} {'is' if len(met) == 1 else 'are'} met"
    if met:
        said += f": {_listed(met)}"
    if unsaid:
        said += f"; the profile does not say anything about {_listed(unsaid)}"
    return f"{said}."


def soonest(found: Wait) -> str:
    """Say how far away the first session is."""
    days = found.wait // timedelta(days=1)
    when = "within a day" if days == 0 else f"{days} day{'' if days == 1 else 's'} away"
    return f"The first time that fits is {when}; the longer the wait, the fewer people come."


def price(found: Price) -> str:
    """Say how the fee stands to what the client would like to pay."""
    if not found.asked:
        return "You named no fee you would prefer, so the fee counts the same for everybody."
    if found.over_percent is None:
        return "The fee is in another currency than the one you named, so it can't be compared."
    if found.over_percent == 0:
        return "The fee is within what you would like to pay."
    return f"The fee is {found.over_percent} percent above what you would like to pay."


def _labels(concept_ids: Iterable[str], *, vocabulary: Vocabulary) -> list[str]:
    return [_label(each, vocabulary=vocabulary) for each in dict.fromkeys(concept_ids)][:NAMED_MAX]


def _label(concept_id: str, *, vocabulary: Vocabulary) -> str:
    concept = vocabulary.find(concept_id)
    return concept_id if concept is None else f"“{concept.label}”"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
