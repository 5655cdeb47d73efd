"""Who a finding is about, and whether it is said or denied.

Denied: a denying word ("not", "never", "no", "without") stands before the finding, and only words that pass a denial
on stand between ("I have never been diagnosed with …"). "Can't" denies an ability, not a state ("can't cope with my
anxiety"). A denial ends at a full stop, at "but", "because" and the like, and where "and" or a comma starts a new
subject.

Own: the nearest person named before the finding, in the same clause, is the one who writes, or nobody is named. In
"my sister has panic attacks" it is the sister; in "my sister makes me panic" it is "me".
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from domain.concepts.function_words import (
    ABLE,
    DENYING,
    OTHERS,
    OTHERS_ALONE,
    PASSING,
    SELF,
    SUBJECTS,
    VERB_FIRST,
    WILLING,
)
from domain.concepts.patterns import Words

PASSING_WORDS = PASSING | WILLING


class Holder(StrEnum):
    """Whose state a finding is."""

    SELF = "self"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Reads denial and person in a text. persons: base forms of nouns for people; taken: places used by findings."""

    words: Words
    persons: AbstractSet[str]
    taken: AbstractSet[int]

    def denied(self, places: tuple[int, ...], *, wishes_count: bool) -> bool:
        """Tell whether a finding is denied, before it or inside it.

        wishes_count: whether "I don't want to …" denies it too, which holds for acts and not for states.
        """
        passing = PASSING_WORDS if wishes_count else PASSING
        earlier = (-1, *places)
        return any(self._denied_before(place, down_to=earlier[at], passing=passing) for at, place in enumerate(places))

    def _denied_before(self, place: int, *, down_to: int, passing: AbstractSet[str]) -> bool:
        tokens, lemmas = self.words.tokens, self.words.lemmas
        subject_met = lemmas[place] in SUBJECTS
        for at in range(place - 1, max(down_to, place - 1 - _REACH_WORDS), -1):
            if not _linked(self.words, at, subject_met=subject_met):
                return False
            lemma = lemmas[at]
            if tokens[at].word in DENYING and at not in self.taken:
                return not (at > 0 and lemmas[at - 1] in ABLE)
            if lemma in ("and", "or") and subject_met:
                return False
            subject_met = subject_met or lemma in SUBJECTS
            if lemma not in passing and at not in self.taken:
                return False
        return False

    def holder(self, places: tuple[int, ...]) -> Holder:
        """Tell whose state a finding is; where no person is named it is the writer's own."""
        lemmas, tokens = self.words.lemmas, self.words.tokens
        inside = {tokens[place].word for place in places}
        if inside & OTHERS_ALONE:
            return Holder.OTHER
        if inside & SELF:
            return Holder.SELF
        for at in range(places[0] - 1, max(-1, places[0] - 1 - _REACH_WORDS), -1):
            if not self._same_thought(at, places[0]):
                break
            if tokens[at].word in SELF:
                return Holder.SELF
            if tokens[at].word in OTHERS or lemmas[at] in self.persons:
                return Holder.OTHER
        return Holder.SELF

    def _same_thought(self, at: int, place: int) -> bool:
        tokens, lemmas = self.words.tokens, self.words.lemmas
        if tokens[at].sentence != tokens[place].sentence:
            return False
        if tokens[at].clause == tokens[at + 1].clause:
            return True
        return tokens[at + 1].after_comma and lemmas[at + 1] in VERB_FIRST

    def around(self, places: tuple[int, ...]) -> str:
        """Give the words about a finding, in its sentence, with a space on both sides; fillers are left out."""
        tokens, thoughts, place = self.words.tokens, self.words.thoughts, places[0]
        first = max(thoughts[place], place - _REACH_WORDS)
        last = min(len(tokens), place + _REACH_WORDS + 1)
        while thoughts[last - 1] != thoughts[place]:
            last -= 1
        return " ".join(("", *(token.word for token in tokens[first:last]), ""))


_REACH_WORDS = 20  # no further: long texts without a full stop stay cheap
_PAST_PHRASES = (
    " ago ", " used to ", " in the past ", " when i was ", " in past ", " as teenager ", " as a teenager ", " as kid ",
    " as child ", " as teen ", " back then ", " in high school ", " in college ", " in my twenties ", " in my teens ",
    " years back ", " once tried ", " once attempted ", " in my past ", " years before ", " when younger ",
)  # fmt: skip


def is_past(said: str) -> bool:
    """Tell whether words, as `Scope.around` gives them, speak of the past: "used to", "years ago", "when I was"."""
    return any(mark in said for mark in _PAST_PHRASES)


def _linked(words: Words, at: int, *, subject_met: bool) -> bool:
    """Tell whether a denial at this place could reach the next one: one clause, or a list parted by commas."""
    token, following = words.tokens[at], words.tokens[at + 1]
    if token.sentence != following.sentence:
        return False
    return token.clause == following.clause or (following.after_comma and not subject_met)
