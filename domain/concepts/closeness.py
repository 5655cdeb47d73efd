"""How well what a therapist offers fits what a client asks for.

The steps are ours, chosen by order and not measured: the same concern fits wholly; a narrower one nearly (who treats
complex PTSD treats trauma); a broader one half (who treats trauma may know complex PTSD); what is related or stands
beside it under the same broader concern helps a little. Two steps up or down multiply.
"""

from domain.concepts.vocabulary import Vocabulary

SAME = 1.0
NARROWER = 0.8
BROADER = 0.6
RELATED = 0.4
BESIDE = 0.3
APART = 0.0


def ancestors(vocabulary: Vocabulary, concept_id: str) -> tuple[str, ...]:
    """List all broader concepts, the nearest first, without the concept itself.

    An unknown id has none.
    """
    return tuple(_steps_up(vocabulary, concept_id))[1:]


def is_under(vocabulary: Vocabulary, concept_id: str, *, broader_id: str) -> bool:
    """Tell whether one concept is a narrower case of the other; no concept is under itself."""
    return concept_id != broader_id and broader_id in _steps_up(vocabulary, concept_id)


def fit(vocabulary: Vocabulary, *, wanted: str, offered: str) -> float:
    """Weigh an offered concern against a wanted one, from 0 (apart) to 1 (the same).

    Unknown ids fit nothing but themselves.
    """
    if wanted == offered:
        return SAME
    above_offered = _steps_up(vocabulary, offered)
    if wanted in above_offered:
        return float(NARROWER ** above_offered[wanted])
    above_wanted = _steps_up(vocabulary, wanted)
    if offered in above_wanted:
        return float(BROADER ** above_wanted[offered])
    known = vocabulary.find(wanted)
    if known is not None and offered in known.related:
        return RELATED
    return BESIDE if above_wanted.keys() & above_offered.keys() else APART


def _steps_up(vocabulary: Vocabulary, concept_id: str) -> dict[str, int]:
    steps = {concept_id: 0}
    waiting = [concept_id]
    for current in waiting:
        concept = vocabulary.find(current)
        for broader in concept.broader if concept else ():
            if broader not in steps:
                steps[broader] = steps[current] + 1
                waiting.append(broader)
    return steps
