"""PHQ-9: nine signs of low mood over the last two weeks, each 0 to 3, total 0 to 27.

Rules:
- Total: the sum; nothing is reversed. Bands 0-4, 5-9, 10-14, 15-19, 20-27. Source: Kroenke, Spitzer, Williams 2001,
  J Gen Intern Med 16:606.
- Missing items: one may be skipped; the total is then the sum times 9 over 8, rounded to the nearest whole number, a
  half upwards. Two or more: no score. Source: scaling and rounding as in the American Psychiatric Association's adult
  depression severity measure (adapted PHQ-9), which allows two; we hold to the stricter limit of a fifth of the items.
- Syndromes, as screening patterns and never a diagnosis: a sign counts from 2 ("9" from 1), "1" or "2" must count, then
  five or more are the major depressive pattern and two to four the other one. Source: Spitzer et al. 1999, JAMA
  282:1737. Where a skipped item could change the pattern it is undetermined.
- Item 9 is watched: from 1 it raises safety whatever the total, and skipping it is not a 0.
"""

import math
import re
from enum import StrEnum
from types import MappingProxyType

from domain.intake.instruments.instrument import (
    Answers,
    Band,
    Change,
    ChangeThreshold,
    Instrument,
    InstrumentItem,
    Loinc,
    Score,
    Severity,
    band_of,
    checked,
)

ID = "phq9"
LEAST, MOST = 0, 3
MISSING_MOST = 1
WATCHED = "9"
CORE = ("1", "2")
COUNTS_FROM = 2
WATCHED_COUNTS_FROM = 1
MAJOR_FROM = 5
OTHER_FROM = 2

_NUMBER = re.compile(r"\s*[0-9]{1,4}(\.[0-9]{1,4})?\s*", re.ASCII)


class Syndrome(StrEnum):
    """The screening pattern a sheet shows; only an interview can diagnose."""

    NONE = "none"
    OTHER_DEPRESSIVE = "other_depressive"
    MAJOR_DEPRESSIVE = "major_depressive"
    UNDETERMINED = "undetermined"


def _item(number: str, label: str, loinc: str) -> InstrumentItem:
    return InstrumentItem(id=number, label=label, least=LEAST, most=MOST, loinc=loinc, watched=number == WATCHED)


ITEMS = (
    _item("1", "Interest", "44250-9"),
    _item("2", "Mood", "44255-8"),
    _item("3", "Sleep", "44259-0"),
    _item("4", "Energy", "44254-1"),
    _item("5", "Appetite", "44251-7"),
    _item("6", "Self-worth", "44258-2"),
    _item("7", "Focus", "44252-5"),
    _item("8", "Restless or slowed", "44253-3"),
    _item("9", "Death or self-harm", "44260-8"),
)

BANDS = (
    Band(name=Severity.MINIMAL, least=0, most=4),
    Band(name=Severity.MILD, least=5, most=9),
    Band(name=Severity.MODERATE, least=10, most=14),
    Band(name=Severity.MODERATELY_SEVERE, least=15, most=19),
    Band(name=Severity.SEVERE, least=20, most=27),
)


def score(answers: Answers) -> Score:
    """Score a sheet of answers "1" to "9". Raises SheetInvalid."""
    good = checked(answers, items=ITEMS, missing_most=MISSING_MOST)
    total = _scaled(sum(good.values()), answered=len(good))
    return Score(
        instrument=ID,
        total=total,
        band=band_of(total, bands=BANDS),
        subscales=MappingProxyType({}),
        prorated=len(good) < len(ITEMS),
        not_answered=tuple(item.id for item in ITEMS if item.id not in good),
        syndrome=_syndrome(good),
    )


def danger(answers: Answers) -> int | None:
    """Give the watched item's answer, 0 to 3, or None where it was not answered.

    Never raises and reads sheets that `score` refuses: help must not wait for a well-formed body. A number above the
    range, a fraction or a number sent as text is read upwards, because help shown too often does little harm.
    """
    answer = answers.get(WATCHED)
    if isinstance(answer, str) and _NUMBER.fullmatch(answer):
        answer = float(answer)
    if not isinstance(answer, int | float) or not answer >= LEAST:
        return None
    return math.ceil(min(answer, MOST))


def _scaled(points: int, *, answered: int) -> int:
    """Scale points up to all nine items and round to the nearest whole number, a half upwards."""
    return (2 * points * len(ITEMS) + answered) // (2 * answered)


def _syndrome(good: dict[str, int]) -> Syndrome:
    """Name the pattern that every way to fill the skipped items agrees on.

    The pattern only ever grows with an answer, so the least and the most filling bound all others.
    """
    least, most = (_pattern({item.id: good.get(item.id, filling) for item in ITEMS}) for filling in (LEAST, MOST))
    return least if least is most else Syndrome.UNDETERMINED


def _pattern(sheet: dict[str, int]) -> Syndrome:
    counted = {
        item_id
        for item_id, answer in sheet.items()
        if answer >= (WATCHED_COUNTS_FROM if item_id == WATCHED else COUNTS_FROM)
    }
    if counted.isdisjoint(CORE) or len(counted) < OTHER_FROM:
        return Syndrome.NONE
    return Syndrome.MAJOR_DEPRESSIVE if len(counted) >= MAJOR_FROM else Syndrome.OTHER_DEPRESSIVE


INSTRUMENT = Instrument(
    id=ID,
    title="PHQ-9",
    recall_days=14,
    items=ITEMS,
    bands=BANDS,
    case_at_least=10,
    changes=(
        ChangeThreshold(
            change=Change.RELIABLE,
            points=6,
            source="NHS Talking Therapies (IAPT) manual: reliable change on the PHQ-9",
        ),
        ChangeThreshold(
            change=Change.RECOVERED,
            points=10,
            source="NHS Talking Therapies (IAPT) manual: below the caseness threshold at the end of treatment",
        ),
        ChangeThreshold(
            change=Change.IMPORTANT,
            points=5,
            # Kounali et al. 2022 (Psychol Med 52:1875) find a fifth of the first total instead: less where it is low.
            source="Löwe et al. 2004, Med Care 42:1194: two standard errors of measurement, late-life depression",
        ),
    ),
    loinc=Loinc(
        panel="44249-1",
        total="44261-6",
        answers=MappingProxyType({0: "LA6568-5", 1: "LA6569-3", 2: "LA6570-1", 3: "LA6571-9"}),
    ),
    missing_rule="One skipped item is made up for by scaling the total and rounding it; with more there is no score.",
    terms="Copyright Pfizer Inc.; anyone may copy, translate, show and hand it on without asking.",
    sources=(
        "Kroenke K, Spitzer RL, Williams JBW. The PHQ-9. J Gen Intern Med 2001; 16:606-613 (bands, case from 10)",
        "Spitzer RL, Kroenke K, Williams JBW. JAMA 1999; 282:1737-1744 (depressive patterns)",
        "Kroenke K et al. Gen Hosp Psychiatry 2010; 32:345-359 (from 10: sensitivity 77-88 %, specificity 88-94 %)",
        "Löwe B et al. Med Care 2004; 42:1194-1201 (important difference)",
    ),
    score=score,
    danger=danger,
)
