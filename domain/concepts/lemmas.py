"""Base forms of words, as far as the lexicon knows them.

The lexicon is written in base forms. A word of a text is led back to one by common endings and a table of irregular
forms, and only ever to a word that the lexicon holds: so no dictionary is needed and a rule can't invent words. A long
word that leads nowhere is forgiven one slip (a letter wrong, missing, doubled or swapped) if that leads to exactly one
long word of the lexicon.
"""

import re
from collections.abc import Iterable

TYPO_LETTERS_MIN = 6
TYPO_LETTERS_MAX = 20

_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "am is are was were been being", "have": "has had having", "do": "does did done doing",
        "go": "goes went gone going", "feel": "felt", "leave": "left",
        "suicide": "sucide suiside suicid suicde siucide suicie", "kill": "kil killin kll kilin kiling killd",
        "dead": "ded",
        "tonight": "tonite tonigt 2nite", "night": "nite", "myself": "myslef mysef mself", "say": "said",
        "tell": "told", "get": "got gotten", "lose": "lost losing", "sleep": "slept", "eat": "ate eaten",
        "fight": "fought", "drink": "drank drunken", "break": "broke", "lie": "lied lying", "die": "died dying dieing",
        "beat": "beaten", "hit": "hits hitting", "keep": "kept", "catch": "caught", "hide": "hid hidden",
        "write": "wrote written", "forget": "forgot forgotten", "choose": "chose chosen", "wake": "woke woken",
        "fall": "fell fallen", "throw": "threw thrown", "take": "took taken", "give": "gave given",
        "know": "knew known", "see": "saw seen", "find": "found", "make": "made", "come": "came", "run": "ran",
        "grow": "grew grown", "hear": "heard", "speak": "spoke spoken", "steal": "stole stolen", "buy": "bought",
        "spend": "spent", "meet": "met", "shake": "shook shaken", "bite": "bit bitten", "hold": "held",
        "mean": "meant", "teach": "taught", "pay": "paid", "send": "sent", "stand": "stood", "sit": "sat",
        "understand": "understood", "begin": "began begun", "shoot": "shot", "stick": "stuck", "deal": "dealt",
        "child": "children", "wife": "wives", "man": "men", "woman": "women", "person": "people", "life": "lives",
        "cry": "cried cries crying", "try": "tried tries trying", "worry": "worried worries worrying",
        "bully": "bullied bullies bullying", "marry": "marries marrying", "need": "needed", "hurt": "hurts hurting",
        "mom": "mum mommy mama mam momma ma", "dad": "daddy papa pop",
    }.items()
    for form in forms.split()
}  # fmt: skip

_VOWELS = frozenset("aeiouy")
# "hop" in "hoping" stands for "hope": of "hop" it were "hopping"
_SHORT = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]")


class Lemmas:
    """Leads words back to base forms of a fixed set of known words; `misspelt` are those that may be misspelt."""

    __slots__ = ("_by_gap", "_known")

    def __init__(self, known: Iterable[str], *, misspelt: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_gap: dict[str, set[str]] = {}
        for word in self._known.intersection(misspelt):
            if len(word) >= TYPO_LETTERS_MIN:
                for gapped in _gapped(word):
                    self._by_gap.setdefault(gapped, set()).add(word)

    def of(self, word: str) -> str:
        """Give the base form of a lower-case word, or the word itself where none is known."""
        return self.exact(word) or self._forgiven(word) or word

    def exact(self, word: str) -> str | None:
        """Give the base form by spelling alone, or None where the lexicon has no such word."""
        irregular = _IRREGULAR.get(word)
        if irregular is not None:
            return irregular
        for candidate in _candidates(word):
            if candidate in self._known:
                return candidate
        return word if word in self._known else None

    def _forgiven(self, word: str) -> str | None:
        if not TYPO_LETTERS_MIN <= len(word) <= TYPO_LETTERS_MAX or not word.isalpha():
            return None
        for form in (word, *_candidates(word)):
            near = {
                known for gapped in _gapped(form) for known in self._by_gap.get(gapped, ()) if _one_slip(form, known)
            }
            if near:
                return next(iter(near)) if len(near) == 1 else None
        return None


def _candidates(word: str) -> tuple[str, ...]:
    """Undo common endings, the likeliest first; too short stems are left out."""
    found: list[str] = []
    if word.endswith(("ies", "ied")):
        found.append(word[:-3] + "y")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.append(word[:-1])
        if word.endswith("es"):
            found.append(word[:-2])
    for ending in ("ing", "ed"):
        if word.endswith(ending):
            found.extend(_verb_stems(word[: -len(ending)]))
    if word.endswith("in") and len(word) > 5:  # noqa: PLR2004 -- "cheatin", not "again"
        found.extend(_verb_stems(word[:-2]))
    return tuple(stem for stem in found if len(stem) > 2)  # noqa: PLR2004 -- shorter stems are mostly other words


def _verb_stems(stem: str) -> tuple[str, ...]:
    if not any(letter in _VOWELS for letter in stem):
        return ()
    undoubled = (stem[:-1],) if len(stem) > 2 and stem[-1] == stem[-2] else ()  # noqa: PLR2004 -- two letters to compare
    if _SHORT.fullmatch(stem) or stem.endswith(("at", "ov", "us", "ag", "iv")):
        return (*undoubled, stem + "e", stem)
    return (stem, stem + "e", *undoubled)


def _gapped(word: str) -> tuple[str, ...]:
    """Give the word and each way of leaving one letter out; the first letter stays, as slips rarely hit it."""
    return (word, *(word[:at] + word[at + 1 :] for at in range(1, len(word))))


def _one_slip(left: str, right: str) -> bool:
    """Tell whether one letter wrong, missing, added or swapped with its neighbor makes one word of the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    shorter = min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    rest_left, rest_right = left[start:], right[start:]
    if len(left) > len(right):
        return rest_left[1:] == rest_right
    if len(left) < len(right):
        return rest_left == rest_right[1:]
    return rest_left[1:] == rest_right[1:] or (rest_left[:2] == rest_right[1::-1] and rest_left[2:] == rest_right[2:])
