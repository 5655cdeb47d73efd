"""Measure exclusion screening: who is found in spite of how a name was written, who is looked at in vain, and how fast.

Run it as `python -m benchmarks.screening [seed]`. A list of 85,000 rows and 100,000 therapists are made up; 2,000 of
the therapists and 400 more with two changes at once are rows of the list, written in another way. Nobody of them lives:
family names are syllables, and only figures are those of the published files (1,185 rows of 2016): how often names,
states, birth dates and NPIs meet, are missing or are long. A planted therapist never has the row's NPI, which would
find them at once. One change at a time counts for the target; two are told apart from it.
"""

import gc
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from benchmarks.made_up_names import (
    ACCENTED,
    ADULT_YEARS,
    BIRTH_DATE_STATED,
    BORN_DECADES,
    CODAS,
    ENDINGS,
    ENTITIES,
    FAMILY_IS_A_GIVEN_NAME,
    FAMILY_NAMES,
    FAMILY_SKEW,
    GIVEN_NAMES,
    GIVEN_SKEW,
    HYPHENED,
    MIDDLE_BLANK,
    MIDDLE_FAMILY,
    MIDDLE_INITIAL,
    MORE_STATES,
    NPI_ZERO,
    ONSETS,
    SPACED,
    STATES,
    VOWELS,
)
from domain.licensing import exclusion_list, exclusion_match
from domain.licensing.applicant import Applicant
from domain.licensing.checks import CheckOutcome, CheckResult
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.nicknames import FULL_FORMS
from domain.licensing.screening_index import ScreeningIndex

LIST_ROWS = 85_000
THERAPISTS = 100_000
PLANTED = 2_000
PLANTED_TWICE = 400
RECALL_WANTED = 0.99
TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody made up, before anybody writes them down."""

    first: str
    middle: str
    family: str
    born_on: date | None
    state: str
    former: tuple[str, ...] = ()
    written: str = "{first} {middle} {family}"
    npi: str | None = None

    def applicant(self, *, more: Iterable[str] = ()) -> Applicant:
        """Give the therapist as they state themselves."""
        line = self.written.format(first=self.first, middle=self.middle, family=self.family)
        return Applicant(
            legal_name=" ".join(line.split()).title(),
            other_legal_names=tuple(f"{self.first} {former}".title() for former in self.former),
            born_on=self.born_on,
            npi=self.npi,
            jurisdictions=frozenset(f"US-{each}" for each in (self.state, *more)),
        )


Change = Callable[[Person, "Crowd"], Person]


class Crowd:
    """Where made-up people come from; the same seed makes the same people."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - people made up, no secrets
        short = sorted(FULL_FORMS)
        full = sorted({each for names in FULL_FORMS.values() for each in names})
        made = (self._word(ending=False) for _ in range(10**6))
        self.given = list(dict.fromkeys((*full, *short[:40], *(next(made) for _ in range(GIVEN_NAMES)))))[:GIVEN_NAMES]
        self.chance.shuffle(self.given)
        families = list(dict.fromkeys(self._word(ending=True) for _ in range(FAMILY_NAMES)))
        self.families = families
        self._given_weights = self._sums(len(self.given), GIVEN_SKEW)
        self._family_weights = self._sums(len(families), FAMILY_SKEW)
        self._states = (list(STATES), list(STATES.values()))
        self._short_of: dict[str, list[str]] = {}
        for each, fulls in FULL_FORMS.items():
            for name in fulls:
                self._short_of.setdefault(name, []).append(each)

    def given_name(self) -> str:
        """Draw a given name."""
        return self.chance.choices(self.given, cum_weights=self._given_weights)[0]

    def family_name(self) -> str:
        """Draw a family name."""
        if self.chance.random() < FAMILY_IS_A_GIVEN_NAME:
            return self.given_name()
        return self.chance.choices(self.families, cum_weights=self._family_weights)[0]

    def short_form(self, name: str) -> str | None:
        """Draw a short form of a given name, where the table has one."""
        known = self._short_of.get(name)
        return self.chance.choice(known) if known else None

    def state(self) -> str:
        """Draw a state."""
        return self.chance.choices(*self._states)[0]

    def birth_date(self) -> date:
        """Draw a birth date."""
        decade = self.chance.choices(list(BORN_DECADES), list(BORN_DECADES.values()))[0]
        return date(decade, 1, 1) + timedelta(days=self.chance.randrange(3652))

    def person(self) -> Person:
        """Make somebody up."""
        kind = self.chance.random()
        family = self.family_name()
        if kind < HYPHENED + SPACED:
            family = f"{family}{'-' if kind < HYPHENED else ' '}{self.family_name()}"
        middle, part = self.given_name(), self.chance.random()
        if part < MIDDLE_BLANK:
            middle = ""
        elif part < MIDDLE_BLANK + MIDDLE_INITIAL:
            middle = middle[0]
        elif part < MIDDLE_BLANK + MIDDLE_INITIAL + MIDDLE_FAMILY:
            middle = self.family_name()
        return Person(
            first=self.given_name(), middle=middle, family=family, born_on=self.birth_date(), state=self.state()
        )

    def _word(self, *, ending: bool) -> str:
        syllables = self.chance.choice((1, 1, 2) if ending else (1, 2, 2))
        word = "".join(
            self.chance.choice(ONSETS) + self.chance.choice(VOWELS) + self.chance.choice(CODAS)
            for _ in range(syllables)
        )
        return word + (self.chance.choice(ENDINGS) if ending else self.chance.choice(("", "A", "IE", "ON", "EN")))

    @staticmethod
    def _sums(count: int, skew: float) -> list[float]:
        total, sums = 0.0, []
        for rank in range(1, count + 1):
            total += rank**-skew
            sums.append(total)
        return sums


def file_line(person: Person, crowd: Crowd) -> bytes:
    """Write a person as the list does."""
    chance = crowd.chance
    excluded = 2000 + chance.randrange(26)
    if person.born_on is not None:
        excluded = max(excluded, person.born_on.year + ADULT_YEARS)
    npi = "0000000000" if chance.random() < NPI_ZERO else f"1{chance.randrange(10**9):09}"
    born = "" if person.born_on is None else f"{person.born_on:%m/%d/%y}"
    if person.born_on is not None and chance.random() < 0.5:  # noqa: PLR2004 - the full file and the supplements differ
        born = f"{person.born_on:%Y%m%d}"
    fields = (
        *(person.family, person.first, f"{person.middle} ", "", "IND- LIC HC SERV PRO", "COUNSELOR", "", npi, born),
        *(f"{chance.randrange(99_999)} MADE UP ST", "TESTVILLE", person.state, "00000", "1128b4   "),
        *(f"{excluded}0218", "00000000", "00000000", ""),
    )
    return (",".join(f'"{field}"' for field in fields) + "\r\n").encode("latin-1")


def entity_line(number: int) -> bytes:
    """Write a business as the list does."""
    return (
        f',," ","MADE UP CLINIC {number}","OTHER BUSINESS","CLINIC",,"0000000000",,"1 MADE UP ST","TESTVILLE","FL",'
        '"33016","1128b7","20160115","00000000","00000000",\r\n'
    ).encode()


def slipped(word: str, crowd: Crowd) -> str:
    """Make a slip of one letter, after the first one; an initial leaves no room for one."""
    if len(word) == 1:
        return word
    at = crowd.chance.randrange(1, len(word))
    letter = crowd.chance.choice("AEIOURSTLN".replace(word[at], ""))
    others = [word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:]]
    if len(word) > 3:  # noqa: PLR2004 - shorter words are other words without a letter
        others.append(word[:at] + word[at + 1 :])
    if word[at - 1] != word[at]:
        others.append(word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])
    return crowd.chance.choice(others)


def nickname(person: Person, crowd: Crowd) -> Person:
    """Go by a short form, of the table's or of nobody's knowing."""
    known = crowd.short_form(person.first) if crowd.chance.random() < 0.8 else None  # noqa: PLR2004 - some are not known
    return replace(person, first=known or f"{person.first[:3]}SY")


def other_day(person: Person, crowd: Crowd) -> Person:
    """Be off by one day."""
    assert person.born_on is not None
    return replace(person, born_on=person.born_on + timedelta(days=crowd.chance.choice((-1, 1))))


def swapped_day(person: Person, crowd: Crowd) -> Person:
    """Write day and month the wrong way round, where that gives a date; be off by one day where it does not."""
    assert person.born_on is not None
    if person.born_on.day > 12:  # noqa: PLR2004 - the months of a year
        return other_day(person, crowd)
    return replace(person, born_on=person.born_on.replace(month=person.born_on.day, day=person.born_on.month))


def moved(person: Person, crowd: Crowd) -> Person:
    """Live in another state."""
    return replace(person, state=next(state for _ in range(999) if (state := crowd.state()) != person.state))


def hyphened(person: Person, crowd: Crowd) -> Person:
    """Have one family name more, or fewer."""
    if len(parts := person.family.replace("-", " ").split()) > 1:
        return replace(person, family=crowd.chance.choice(parts))
    return replace(person, family=f"{person.family}-{crowd.family_name()}")


def married(person: Person, crowd: Crowd) -> Person:
    """State a former name besides another one."""
    return replace(person, family=crowd.family_name(), former=(person.family,))


def middle_first(person: Person, _crowd: Crowd) -> Person:
    """Go by the middle name."""
    return replace(person, written="{middle} {family}") if person.middle else person


SINGLE: dict[str, Change] = {
    "as listed": lambda person, _: person,
    "accents": lambda person, _: replace(
        person, first=person.first.translate(ACCENTED), family=person.family.translate(ACCENTED)
    ),
    "hyphens": hyphened,
    "suffixes": lambda person, crowd: replace(
        person,
        written=crowd.chance.choice(("{first} {family} Jr.", "Dr. {first} {family}, Ph.D.", "{first} {family}, LPC")),
    ),
    "particles": lambda person, crowd: replace(
        person, family=f"{crowd.chance.choice(('DE', 'DE LA', 'VAN', 'VON', 'DI'))} {person.family}"
    ),
    "maiden name stated": married,
    "maiden name kept in the middle": lambda person, crowd: replace(
        person, middle=person.family, family=crowd.family_name()
    ),
    "maiden name not stated": lambda person, crowd: replace(person, family=crowd.family_name()),
    "nickname": nickname,
    "middle name as first": middle_first,
    "initials": lambda person, _: replace(person, first=person.first[0], middle=person.middle[:1]),
    "family name first": lambda person, _: replace(person, written="{family} {first}"),
    "slip in the family name": lambda person, crowd: replace(person, family=slipped(person.family, crowd)),
    "slip in the given name": lambda person, crowd: replace(person, first=slipped(person.first, crowd)),
    "birth date off by a day": other_day,
    "day and month exchanged": swapped_day,
    "moved to another state": moved,
    "birth date not stated": lambda person, _: replace(person, born_on=None),
    "NPI not stated": lambda person, _: replace(person, npi=None),
}


def planted(people: Sequence[Person], kinds: Sequence[str], crowd: Crowd) -> Applicant:
    """Give a therapist who is on the list, written down with these changes."""
    person = replace(crowd.chance.choice(people), npi=f"1{crowd.chance.randrange(10**9):09}")
    for kind in kinds:
        person = SINGLE[kind](person, crowd)
    return person.applicant()


def stranger(crowd: Crowd) -> Applicant:
    """Give a therapist who is not on the list."""
    chance = crowd.chance
    person = replace(crowd.person(), npi=f"1{chance.randrange(10**9):09}")
    stated = chance.random() < BIRTH_DATE_STATED
    more = chance.choices((0, 1, 2), MORE_STATES)[0]
    return replace(person, born_on=person.born_on if stated else None).applicant(
        more=[crowd.state() for _ in range(more)]
    )


def screened(index: ScreeningIndex, applicants: Iterable[Applicant]) -> list[CheckResult]:
    """Screen them one after another."""
    return [index.screen(each, as_of=TODAY, today=TODAY) for each in applicants]


def plain_look_ups(rows: Sequence[ExclusionRow], applicants: Sequence[Applicant]) -> float:
    """Give the seconds that the ceiling takes: one dictionary of last words of names, one look-up a therapist."""
    by_name: dict[str, list[ExclusionRow]] = {}
    for row in rows:
        by_name.setdefault(row.last_name, []).append(row)
    began = time.process_time()
    found = sum(len(by_name.get(each.legal_name.upper().split()[-1], ())) for each in applicants)
    assert found >= 0
    return time.process_time() - began


def share(part: int, whole: int) -> str:
    """Write a share as percent."""
    return f"{part * 100 / whole:6.2f} %  ({part} of {whole})"


def memory_mb() -> float:
    """Give the most memory the process has taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told_recall(index: ScreeningIndex, people: Sequence[Person], crowd: Crowd) -> bool:
    """Print how many planted therapists are found, and tell whether they are enough."""
    print("recall on planted therapists, one change each")
    found = whole = 0
    for kind in SINGLE:
        results = screened(index, [planted(people, [kind], crowd) for _ in range(PLANTED // len(SINGLE) + 1)])
        hits = sum(each.outcome is not CheckOutcome.PASS for each in results)
        found, whole = found + hits, whole + len(results)
        print(f"  {kind:<32}{share(hits, len(results))}")
    print(f"  {'all':<32}{share(found, whole)}")
    order = list(SINGLE)
    changes = [kind for kind in order if kind not in {"as listed", "NPI not stated", "birth date not stated"}]
    pairs = [sorted(crowd.chance.sample(changes, 2), key=order.index) for _ in range(PLANTED_TWICE)]
    twice = screened(index, [planted(people, pair, crowd) for pair in pairs])
    hits = sum(each.outcome is not CheckOutcome.PASS for each in twice)
    print(f"  {'two changes at once, apart':<32}{share(hits, len(twice))}")
    return found >= whole * RECALL_WANTED


def told_reviews(results: Sequence[CheckResult], applicants: Sequence[Applicant]) -> None:
    """Print how many therapists who are not on the list are looked at, and why."""
    looked_at = [each for each in results if each.outcome is not CheckOutcome.PASS]
    print(f"therapists who are not on the list and are looked at: {share(len(looked_at), len(results))}")
    for stated in (True, False):
        of = [result for result, each in zip(results, applicants, strict=True) if (each.born_on is not None) == stated]
        words = "birth date stated" if stated else "birth date not stated"
        print(f"  {words:<32}{share(sum(each.outcome is not CheckOutcome.PASS for each in of), len(of))}")
    reasons = Counter(each.detail.split(".")[0].split(" (")[0] for each in looked_at)
    for reason, times in reasons.most_common():
        print(f"  {share(times, len(results))}  {reason}.")


def main(arguments: Sequence[str]) -> int:
    """Print the measurements; exit with 1 where fewer are found than wanted."""
    crowd = Crowd(int(arguments[0]) if arguments else 7)
    people = [crowd.person() for _ in range(round(LIST_ROWS * (1 - ENTITIES)))]
    lines = [file_line(person, crowd) for person in people]
    lines += [entity_line(number) for number in range(LIST_ROWS - len(people))]
    header = (",".join(exclusion_list.COLUMNS) + "\r\n").encode()
    rows = [each for each in exclusion_list.parse([header, *lines]) if isinstance(each, ExclusionRow)]
    assert len(rows) == LIST_ROWS

    gc.collect()
    before, began = memory_mb(), time.process_time()
    index = ScreeningIndex(exclusion_match.listed(row) for row in rows)
    print(f"index over {len(rows)} rows: {time.process_time() - began:.1f} s CPU, {memory_mb() - before:.0f} MB")
    enough = told_recall(index, people, crowd)

    strangers = [stranger(crowd) for _ in range(THERAPISTS - PLANTED)]
    began = time.process_time()
    results = screened(index, strangers)
    seconds = time.process_time() - began
    told_reviews(results, strangers)
    ceiling = plain_look_ups(rows, strangers)
    print(
        f"{len(strangers)} screenings: {seconds:.1f} s CPU, {seconds * 1000 / len(strangers):.3f} ms each; one plain "
        f"dictionary look-up each: {ceiling:.3f} s, a ratio of {seconds / ceiling:.0f}; "
        f"most memory {memory_mb():.0f} MB"
    )
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
