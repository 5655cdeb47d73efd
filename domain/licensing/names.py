"""Personal names, made comparable for screening against public registers.

The same name is written in many ways: with and without accents, apostrophes, hyphens and spaces (O'Neal, O NEAL), with
suffixes and degrees, with one or both of two family names, with particles before or after (de la Rosa; Rosa, de la),
with a middle name as the given one or as an initial. A comparison here asks "could this be the same name", never "is
this the same person". Nicknames (Bob for Robert) are not known to it, nor are names in other scripts turned into Latin.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

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
    """A name as normalised words; given holds first and middle names in their order, and may be empty."""

    given: tuple[str, ...]
    family: tuple[str, ...]


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


def keys(name: PersonName) -> tuple[str, ...]:
    """Give the family name's keys, sorted: two family names can only agree when they share one.

    Each of several family names has its key, with and without its particles, and so have all of them written together.
    """
    found: set[str] = set()
    with_particles: list[str] = []
    without: list[str] = []
    for particles, core in _groups(name.family):
        with_particles.append(particles + core)
        without.append(core)
    for each in (*with_particles, *without, "".join(with_particles), "".join(without), "".join(name.family)):
        if len(each) > 1 or len(name.family) == 1:
            found.add(each)
    return tuple(sorted(found))


def agreement(one: PersonName, other: PersonName) -> Agreement:
    """Say how far two names agree.

    Family names agree when they share a key. Given names agree when the first given name of either is among the given
    names of the other, or when both begin with the same letter and one is only an initial. Digits are no part of a
    name, but where both names carry some they must be the same.
    """
    if _contradict(_numbers(one), _numbers(other)):
        return Agreement.NONE
    family = not set(keys(one)).isdisjoint(keys(other))
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
    rank = list(Agreement)
    found = (agreement(one, other) for one in some for other in others)
    return min(found, key=rank.index, default=Agreement.NONE)


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


def _share_given(one: PersonName, other: PersonName) -> bool:
    return not _firsts(one).isdisjoint(_all_given(other)) or not _firsts(other).isdisjoint(_all_given(one))


def _share_initial(one: PersonName, other: PersonName) -> bool:
    if not one.given or not other.given:
        return False
    first, second = one.given[0], other.given[0]
    return first[0] == second[0] and 1 in {len(first), len(second)}


def _firsts(name: PersonName) -> set[str]:
    """Give the first given name, also written together with the second (Mary Ann, Maryann); initials are left out."""
    return {word for word in (*name.given[:1], "".join(name.given[:2])) if len(word) > 1}


def _all_given(name: PersonName) -> set[str]:
    return {*name.given, *(before + after for before, after in pairwise(name.given))}


def _numbers(name: PersonName) -> set[str]:
    return {word for word in (*name.given, *name.family) if any(letter.isdigit() for letter in word)}


def _contradict(some: set[str], others: set[str]) -> bool:
    return bool(some and others and some != others)
