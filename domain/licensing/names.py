"""Personal names, made comparable for screening against public registers.

The same name is written in many ways: with and without accents, apostrophes, hyphens and spaces (O'Neal, O NEAL), with
suffixes and degrees, with one or both of two family names, with particles before or after (de la Rosa; Rosa, de la),
with a middle name as the given one or as an initial, in a short form (`nicknames.py`), family name first, with a slip
of a letter. A comparison here asks "could this be the same name", never "is this the same person". Names in other
scripts are not turned into Latin.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from sys import intern
from typing import Final

from domain.licensing.nicknames import FULL_FORMS

_HONORIFICS: Final = frozenset({"DR", "MR", "MRS", "MS", "MX", "PROF"})
# Written after a name, and never a name themselves.
_SUFFIXES: Final = frozenset(
    {
        *("JR", "SR", "II", "III", "IV", "ESQ"),
        *("MD", "PHD", "PSYD", "EDD", "DSW", "DNP", "MSW", "MSN", "RN", "APRN", "CNS", "PMHNP", "PMHNPBC", "NCC"),
        *("LPC", "LPCC", "LCPC", "LMHC", "LCMHC", "LCSW", "LCSWC", "LICSW", "LISW", "LMFT", "LCMFT", "LMSW", "LSW"),
    },
)
# Degrees that are family or given names too (Yo-Yo Ma): a suffix only after a comma, and then both readings are kept.
_DOUBTFUL_SUFFIXES: Final = frozenset({"MA", "DO", "BA", "MS", "NP", "PA"})

# Stand before a family name: written or left out, and joined to it or not.
_PARTICLES: Final = frozenset(
    {
        *("DE", "LA", "LAS", "LOS", "DEL", "DELA", "DA", "DAS", "DOS", "DI", "DU", "LE", "EL", "AL", "BIN", "IBN"),
        *("VAN", "VON", "VANDER", "DER", "DEN", "TER", "TEN", "ZU", "Y"),
    },
)
# Belong to what follows and mean nothing without it: O NEAL, MC DONALD, ST CLAIR, D ANGELO.
_ROOTS: Final = frozenset({"O", "MC", "MAC", "ST", "D"})

_SHORTEST_NEAR: Final = 3
_APOSTROPHES: Final = re.compile("['\u2019\u2018\u02bc\u02bb`\u00b4]")
_LETTERS_WITHOUT_PARTS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"},
)


class Agreement(StrEnum):
    """How far two names agree, the most first."""

    FULL = "full"
    FAMILY_ONLY = "family_only"
    GIVEN_ONLY = "given_only"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A name as normalised words; given holds first and middle names in their order, and may be empty.

    The rest is what comparisons need, worked out once since a name is compared with many: the family name's keys
    (sorted), the first given name in all its forms, every given name in all its forms, and words with digits.
    """

    given: tuple[str, ...]
    family: tuple[str, ...]
    family_keys: tuple[str, ...] = field(init=False, repr=False, compare=False)
    first_forms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    given_forms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    numbers: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = (*self.given, *self.family)
        for name, value in (
            ("family_keys", tuple(map(intern, sorted(_family_keys(self.family))))),
            ("first_forms", tuple(map(intern, sorted(_first_forms(self.given))))),
            ("given_forms", tuple(map(intern, sorted(_given_forms(self.given))))),
            ("numbers", frozenset(word for word in words if any(map(str.isdigit, word)))),
        ):
            object.__setattr__(self, name, value)


def normalise(text: str) -> str:
    """Write a name, or a part of one, the one way in which it is compared.

    Upper case, letters and digits without accents, words parted by one space; apostrophes join, all else parts.
    Honorifics in front and suffixes behind are dropped, unless nothing would remain. Normalising twice changes nothing.
    """
    words = list(_words(text))
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    while len(words) > 1 and words[0] in _HONORIFICS:
        words.pop(0)
    return " ".join(words)


def person_name(*, family: str, first: str, middle: str = "") -> PersonName | None:
    """Make a name of its written parts, or None where the family name holds no letter or digit."""
    family_words = normalise(family).split()
    if not family_words:
        return None
    given = [*normalise(first).split(), *normalise(middle).split()]
    return PersonName(given=tuple(given), family=tuple(family_words))


def readings(full_name: str) -> tuple[PersonName, ...]:
    """Give every way to part a name written in one line into given and family names; none for a blank one.

    "Given Family" may part at each space, "Family, Given" at its comma. What follows a comma and could be a degree or
    a given name (Ma, Do) is read as both.
    """
    parts = [part for part in (normalise(part) for part in full_name.split(",")) if part]
    while len(parts) > 1 and set(parts[-1].split()) <= _SUFFIXES:
        parts.pop()
    if not parts:
        return ()
    if len(parts) == 1:
        return tuple(_splits(parts[0].split()))
    after = [word for part in parts[1:] for word in part.split()]
    found = [PersonName(given=tuple(after), family=tuple(parts[0].split()))]
    if set(after) <= _SUFFIXES | _DOUBTFUL_SUFFIXES:
        found.extend(_splits(parts[0].split()))
    return tuple(found)


def family_first(full_name: str) -> tuple[PersonName, ...]:
    """Give every way to part a name in one line whose family name comes first; none where a comma or one word is."""
    words = [] if "," in full_name else normalise(full_name).split()
    return tuple(PersonName(given=tuple(words[at:]), family=tuple(words[:at])) for at in range(1, len(words)))


def keys(name: PersonName) -> tuple[str, ...]:
    """Give the family name's keys, sorted: two family names can only agree when they share one.

    Each of several family names has its key, with and without its particles, and so have all of them written together.
    """
    return name.family_keys


def agreement(one: PersonName, other: PersonName) -> Agreement:
    """Say how far two names agree.

    Family names agree when they share a key. Given names agree when the first given name of either, or a form of it, is
    among the given names of the other, or when both begin with the same letter and one is only an initial. Digits are
    no part of a name, but where both names carry some they must be the same.
    """
    if _contradict(one, other):
        return Agreement.NONE
    family = _share_family(one, other)
    if family and (_share_given(one, other) or _share_initial(one, other)):
        return Agreement.FULL
    if family:
        return Agreement.FAMILY_ONLY
    return Agreement.GIVEN_ONLY if _share_given(one, other) else Agreement.NONE


def same_person_name(one: PersonName, other: PersonName) -> bool:
    """Tell whether both could be one person's name, family and given."""
    return agreement(one, other) is Agreement.FULL


def best_agreement(some: Iterable[PersonName], others: Sequence[PersonName]) -> Agreement:
    """Give the fullest agreement between any name of the one and any of the other."""
    found = {agreement(one, other) for one in some for other in others}
    return next((each for each in Agreement if each in found), Agreement.NONE)


def nearly_same(one: PersonName, other: PersonName) -> bool:
    """Tell whether both could be one person's name with a single slip, or with a family name that was kept.

    That is: given names agree and family names are one letter apart; family names agree and first given names are one
    letter apart; given names agree and the family name of one is a middle name of the other. Short of three letters
    nothing is near.
    """
    if _contradict(one, other):
        return False
    if _share_family(one, other):
        return bool(one.given and other.given) and _one_letter_apart(one.given[0], other.given[0])
    if not (_share_given(one, other) or _share_initial(one, other)):
        return False
    return (
        any(_one_letter_apart(mine, theirs) for mine in one.family_keys for theirs in other.family_keys)
        or any(key in other.given[1:] for key in one.family_keys)
        or any(key in one.given[1:] for key in other.family_keys)
    )


def _words(text: str) -> Iterator[str]:
    chunks = _plain(text).split()
    for at, chunk in enumerate(chunks):
        bare = "".join(filter(str.isalnum, chunk))
        leads = at == 0 and len(chunks) > 1
        if bare in _SUFFIXES and not leads:  # Ph.D. is one word; J.R. in front of a name are two initials
            yield bare
        else:
            yield from "".join(letter if letter.isalnum() else " " for letter in chunk).split()


def _plain(text: str) -> str:
    """Give the text in upper case without accents and apostrophes."""
    folded = _APOSTROPHES.sub("", text).casefold()
    parted = unicodedata.normalize("NFKD", folded).casefold().translate(_LETTERS_WITHOUT_PARTS)
    upper = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", parted.upper()))
    return "".join(letter for letter in upper if not unicodedata.combining(letter))


def _splits(words: Sequence[str]) -> Iterator[PersonName]:
    if len(words) == 1:
        yield PersonName(given=(), family=tuple(words))
    for at in range(1, len(words)):
        yield PersonName(given=tuple(words[:at]), family=tuple(words[at:]))


def _groups(family: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each family name as its particles and its core; particles left at the end belong to the name before."""
    groups: list[tuple[str, str]] = []
    particles = root = ""
    for word in family:
        if word in _ROOTS:
            root += word
        elif word in _PARTICLES and not root:
            particles += word
        else:
            groups.append((particles, root + word))
            particles = root = ""
    left = particles + root
    if left and groups:
        before, core = groups.pop()
        groups.append((left + before, core))
    elif left:
        groups.append(("", left))
    yield from groups


def _family_keys(family: Sequence[str]) -> set[str]:
    with_particles: list[str] = []
    without: list[str] = []
    for particles, core in _groups(family):
        with_particles.append(particles + core)
        without.append(core)
    all_ways = (*with_particles, *without, "".join(with_particles), "".join(without), "".join(family))
    return {each for each in all_ways if len(each) > 1 or len(family) == 1}


def _first_forms(given: Sequence[str]) -> set[str]:
    """Give the first given name, also written together with the second (Mary Ann, Maryann); initials are left out."""
    written = {word for word in (*given[:1], "".join(given[:2])) if len(word) > 1}
    return written | _full_forms(written)


def _given_forms(given: Sequence[str]) -> set[str]:
    written = {*given, *(before + after for before, after in pairwise(given))}
    return written | _full_forms(written)


def _full_forms(written: Iterable[str]) -> set[str]:
    return {full for word in written for full in FULL_FORMS.get(word, ())}


def _share_family(one: PersonName, other: PersonName) -> bool:
    return any(key in other.family_keys for key in one.family_keys)


def _share_given(one: PersonName, other: PersonName) -> bool:
    return any(form in other.given_forms for form in one.first_forms) or any(
        form in one.given_forms for form in other.first_forms
    )


def _share_initial(one: PersonName, other: PersonName) -> bool:
    if not one.given or not other.given:
        return False
    first, second = one.given[0], other.given[0]
    return first[0] == second[0] and 1 in {len(first), len(second)}


def _contradict(one: PersonName, other: PersonName) -> bool:
    return bool(one.numbers and other.numbers and one.numbers != other.numbers)


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter more, less or another, or two neighbours exchanged, makes one word of the other."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _SHORTEST_NEAR or len(longer) - len(shorter) > 1 or one == other:
        return False
    at = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    exchanged = shorter[at + 1 : at + 2] + shorter[at] + shorter[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or exchanged == longer[at:]
