"""What every instrument is made of: items, bands, thresholds of change, codes, terms, and a score.

Rules that hold for all of them:
- An item carries its number, code, range and a short label of our own; the questionnaire's wording is never here.
- An answer is checked before anything is added up: out of range, not an integer, or not an item of this sheet is
  refused, and every flaw is named. `true` is not an integer. An answer of null is an item that was skipped.
- A band or a syndrome is a screening pattern. No name here is a diagnosis.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.errors import Flaw, Invalid
from domain.intake.pointers import answer_pointer

Answers = Mapping[str, object]  # item id → what was sent; nothing is trusted before `checked`


class SheetInvalid(Invalid):
    """A sheet of answers that this instrument can't score."""

    slug: ClassVar[str] = Invalid.slug


class Severity(StrEnum):
    """The bands that severity scales share, from least to most."""

    MINIMAL = "minimal"
    MILD = "mild"
    MODERATE = "moderate"
    MODERATELY_SEVERE = "moderately_severe"
    SEVERE = "severe"


class Change(StrEnum):
    """What a threshold of change is about.

    reliable: a difference between two totals of at least `points` is more than measurement noise. recovered: a total
    below `points`. important: the least difference that people notice.
    """

    RELIABLE = "reliable"
    RECOVERED = "recovered"
    IMPORTANT = "important"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentItem:
    """One item. Range inclusive on both sides; watched: its answer is looked at for danger, whatever the total."""

    id: str
    label: str
    least: int
    most: int
    loinc: str | None
    watched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Totals from `least` to `most`, both inclusive."""

    name: str
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeThreshold:
    """A published threshold of change, in points of the total, with the place it was published."""

    change: Change
    points: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loinc:
    """LOINC codes: the panel, its total, and the answers by value."""

    panel: str
    total: str
    answers: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A scored sheet.

    prorated: the total was scaled up for skipped items. not_answered: the skipped items, in the sheet's order; they are
    never read as 0. syndrome: the screening pattern, or None where the instrument knows none.
    """

    instrument: str
    total: int | float
    band: str
    subscales: Mapping[str, int | float]
    prorated: bool
    not_answered: tuple[str, ...]
    syndrome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument, complete with its rules and where they come from.

    case_at_least: the total from which a fuller look is advised. recall_days: how far back it asks. missing_rule: what
    happens to skipped items, in one sentence. score raises SheetInvalid. danger never raises, and answers 0 or more
    for the watched item, or None where it was not answered or the instrument watches none.
    """

    id: str
    title: str
    recall_days: int
    items: tuple[InstrumentItem, ...]
    bands: tuple[Band, ...]
    case_at_least: int
    changes: tuple[ChangeThreshold, ...]
    loinc: Loinc
    missing_rule: str
    terms: str
    sources: tuple[str, ...]
    score: Callable[[Answers], Score]
    danger: Callable[[Answers], int | None]


def checked(answers: Answers, *, items: tuple[InstrumentItem, ...], missing_most: int) -> dict[str, int]:
    """Give the answered items as integers in the sheet's order.

    missing_most: how many items may be skipped. Raises SheetInvalid with every flaw found.
    """
    good: dict[str, int] = {}
    flaws: list[Flaw] = []
    missing: list[str] = []
    for item in items:
        answer = answers.get(item.id)
        if answer is None:
            missing.append(item.id)
        elif type(answer) is int and item.least <= answer <= item.most:
            good[item.id] = answer
        else:
            detail = f"This must be a whole number from {item.least} to {item.most}."
            flaws.append(Flaw(pointer=answer_pointer(item.id), detail=detail))
    flaws.extend(_strangers(answers, items=items))
    if len(missing) > missing_most:
        detail = f"This is not answered; at most {missing_most} of {len(items)} items may be left out."
        flaws.extend(Flaw(pointer=answer_pointer(item_id), detail=detail) for item_id in missing)
    if flaws:
        raise SheetInvalid(*flaws, detail="These answers don't make a sheet that can be scored.")
    return good


def band_of(total: float, *, bands: tuple[Band, ...]) -> str:
    """Name the band a total lies in. The bands cover the whole range of the instrument."""
    return next(band.name for band in bands if band.least <= total <= band.most)


def _strangers(answers: Answers, *, items: tuple[InstrumentItem, ...]) -> list[Flaw]:
    known = {item.id for item in items}
    detail = f'There is no such item; the items are "{items[0].id}" to "{items[-1].id}".'
    return [Flaw(pointer=answer_pointer(item_id), detail=detail) for item_id in answers if item_id not in known]
