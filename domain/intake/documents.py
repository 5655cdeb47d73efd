"""What is sealed of a response, as JSON: the answers with the danger seen in them, and the scores."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypedDict

from domain.intake.answers import AnswerValue
from domain.intake.instruments.instrument import Score
from domain.safety.levels import Level
from domain.safety.resources import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Answers by link id or item, and the gravest danger ever read in them: a level, and what help is needed."""

    answers: Mapping[str, AnswerValue] = field(repr=False)
    level: Level = field(repr=False)
    needs: tuple[Need, ...] = field(repr=False)


EMPTY = Content(answers=MappingProxyType({}), level=Level.NONE, needs=())


class _ContentJson(TypedDict):
    answers: dict[str, AnswerValue]
    level: str
    needs: list[str]


class _ScoreJson(TypedDict):
    instrument: str
    total: int | float
    band: str
    subscales: dict[str, int | float]
    prorated: bool
    not_answered: list[str]
    syndrome: str | None


def content_json(content: Content) -> str:
    """Write the answers and what was seen in them."""
    document = _ContentJson(
        answers=dict(content.answers), level=content.level.value, needs=[need.value for need in content.needs]
    )
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def content_of(document: str) -> Content:
    """Read what `content_json` wrote."""
    read: _ContentJson = json.loads(document)
    return Content(
        answers=MappingProxyType(read["answers"]),
        level=Level(read["level"]),
        needs=tuple(Need(need) for need in read["needs"]),
    )


def scores_json(scores: Sequence[Score]) -> str:
    """Write the scores."""
    documents = [
        _ScoreJson(
            instrument=score.instrument,
            total=score.total,
            band=score.band,
            subscales=dict(score.subscales),
            prorated=score.prorated,
            not_answered=list(score.not_answered),
            syndrome=score.syndrome,
        )
        for score in scores
    ]
    return json.dumps(documents, ensure_ascii=False, separators=(",", ":"))


def scores_of(document: str) -> tuple[Score, ...]:
    """Read what `scores_json` wrote."""
    read: list[_ScoreJson] = json.loads(document)
    return tuple(
        Score(
            instrument=each["instrument"],
            total=each["total"],
            band=each["band"],
            subscales=MappingProxyType(each["subscales"]),
            prorated=each["prorated"],
            not_answered=tuple(each["not_answered"]),
            syndrome=each["syndrome"],
        )
        for each in read
    )
