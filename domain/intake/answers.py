"""Checking the answers to a form, and finding the signs of danger among them.

Rules:
- A draft may be as incomplete as it likes, but what is there must fit: known items, right types, offered options,
  bounded lengths. A submission must also answer what is required.
- An answer of null is no answer; saving it over another withdraws that one. So are "" and [], and blank text.
- A string may hold any character a person can type; NUL and lone surrogates, which no database or wire can carry, are
  refused.
- Looking for danger reads more than checking accepts: help must not wait for well-formed answers.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlsplit

from domain.errors import Flaw, Invalid
from domain.intake.form import Form, Item, ItemType, Sign
from domain.intake.pointers import answer_pointer

AnswerValue = str | int | float | bool | list[str]
Answers = Mapping[str, AnswerValue | None]  # link id → answer
Sent = Mapping[str, object]  # link id → what was sent; nothing is trusted before it was checked

LONGEST: Mapping[ItemType, int] = MappingProxyType(
    {ItemType.STRING: 500, ItemType.TEXT: 10_000, ItemType.OPEN_CHOICE: 500, ItemType.URL: 2_000}
)
REPEATS_MOST = 50
INTEGER_MOST = 2**31 - 1  # FHIR R4 integers are signed 32 bit
DECIMAL_MOST = 1e15  # beyond it a double can't hold every whole number and three digits after the point

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_UNCARRIED = re.compile("[\x00\ud800-\udfff]")


class AnswersInvalid(Invalid):
    """Answers that don't fit their form."""

    slug: ClassVar[str] = Invalid.slug


def check_partial(form: Form, sent: Sent) -> Answers:
    """Check a draft and give it as answers: whatever is answered fits. Raises AnswersInvalid with every flaw."""
    _refuse(_unfitting(form, sent))
    return {
        link_id: answer
        for link_id, answer in sent.items()
        if answer is None or isinstance(answer, str | int | float | list)  # all that could have passed
    }


def check_complete(form: Form, answers: Answers) -> None:
    """Check a submission: it fits, and what is required is answered. Raises AnswersInvalid with every flaw."""
    missing = [
        Flaw(pointer=answer_pointer(item.link_id), detail="This needs an answer.")
        for item in form.items
        if item.required and item.answerable and not answered(answers.get(item.link_id))
    ]
    _refuse([*_unfitting(form, answers), *missing])


def answered(answer: AnswerValue | None) -> bool:
    """Tell whether there is an answer: null, blank text and an empty list are none; 0 and false are."""
    match answer:
        case None:
            return False
        case str():
            return bool(answer.strip())
        case list():
            return bool(answer)
        case _:
            return True


def merged(draft: Mapping[str, AnswerValue], changes: Answers) -> dict[str, AnswerValue]:
    """Give the draft with the changes saved over it; null withdraws an answer. Source: RFC 7396."""
    return {link_id: answer for link_id, answer in {**draft, **changes}.items() if answer is not None}


def texts_to_read(form: Form, sent: Sent) -> tuple[str, ...]:
    """Give every text that must be read for danger, in the order it was sent.

    Never raises. Text under a link id the form doesn't know, and text deep inside something else, is read too: a
    mistake must not hide a call for help.
    """
    quiet = {item.link_id for item in form.items if not item.read_for_danger}
    texts: list[str] = []
    for link_id, answer in sent.items():
        if link_id not in quiet:
            texts.extend(part for part in _parts(answer) if part.strip())
    return tuple(texts)


def signs(form: Form, sent: Sent) -> tuple[Sign, ...]:
    """Give the signs of danger among the chosen options, in the form's order. Never raises."""
    return tuple(
        option.sign
        for item in form.items
        for option in item.options
        if option.sign is not None and option.value in _parts(sent.get(item.link_id))
    )


def _parts(answer: object) -> list[str]:
    """Give every string within an answer, in order, however deep it lies."""
    texts: list[str] = []
    pending = [answer]
    while pending:
        part = pending.pop()
        match part:
            case str():
                texts.append(part)
            case Mapping():
                pending.extend(reversed(list(part.values())))
            case list():
                pending.extend(reversed(part))
    return texts


def _refuse(flaws: list[Flaw]) -> None:
    if flaws:
        raise AnswersInvalid(*flaws, detail="These answers don't fit the form.")


def _unfitting(form: Form, answers: Sent) -> list[Flaw]:
    items = {item.link_id: item for item in form.items}
    flaws: list[Flaw] = []
    for link_id, answer in answers.items():
        item = items.get(link_id)
        detail = "This form has no such item." if item is None else _flaw_of(item, answer)
        if detail is not None:
            flaws.append(Flaw(pointer=answer_pointer(link_id), detail=detail))
    return flaws


def _flaw_of(item: Item, answer: object) -> str | None:
    """Say what is wrong with an answer, without repeating it, or None."""
    if not item.answerable:
        return "This is here to be read, and takes no answer."
    if answer is None:
        return None
    return _flaw_of_list(item, answer) if item.repeats else _CHECKS[item.type](item, answer)


def _flaw_of_list(item: Item, answer: object) -> str | None:
    if not isinstance(answer, list):
        return "This takes a list of answers."
    if len(answer) > REPEATS_MOST:
        return f"This takes at most {REPEATS_MOST} answers."
    flaws = (_CHECKS[item.type](item, part) for part in answer)
    first = next((flaw for flaw in flaws if flaw is not None), None)
    twice = first is None and len(set(answer)) < len(answer)
    return "Each answer may be given once." if twice else first


def _boolean(_item: Item, answer: object) -> str | None:
    return None if isinstance(answer, bool) else "This must be true or false."


def _integer(_item: Item, answer: object) -> str | None:
    fits = type(answer) is int and -INTEGER_MOST - 1 <= answer <= INTEGER_MOST
    return None if fits else f"This must be a whole number of at most {INTEGER_MOST}."


def _decimal(_item: Item, answer: object) -> str | None:
    detail = "This must be a number of ordinary size."
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return detail
    return None if -DECIMAL_MOST <= answer <= DECIMAL_MOST else detail  # NaN lies in no range


def _written(item: Item, answer: object) -> str | None:
    if not isinstance(answer, str):
        return "This must be text."
    if _UNCARRIED.search(answer):
        return "This has a character that can't be stored."
    longest = item.max_length or LONGEST[item.type]
    return None if len(answer) <= longest else f"This may have at most {longest} characters."


def _choice(item: Item, answer: object) -> str | None:
    chosen = isinstance(answer, str) and any(option.value == answer for option in item.options)
    return None if chosen else "This must be one of the options."


def _date(_item: Item, answer: object) -> str | None:
    return _parsed(answer, shape=_DATE, parse=date.fromisoformat, detail="This must be a date as YYYY-MM-DD.")


def _time(_item: Item, answer: object) -> str | None:
    return _parsed(answer, shape=_TIME, parse=time.fromisoformat, detail="This must be a time as hh:mm:ss.")


def _instant(_item: Item, answer: object) -> str | None:
    detail = "This must be a date and time with its offset."
    return _parsed(answer, shape=_INSTANT, parse=datetime.fromisoformat, detail=detail)


def _parsed(answer: object, *, shape: re.Pattern[str], parse: Callable[[str], object], detail: str) -> str | None:
    if not isinstance(answer, str) or not shape.fullmatch(answer):
        return detail
    try:
        parse(answer)
    except ValueError:
        return detail
    return None


def _url(item: Item, answer: object) -> str | None:
    detail = "This must be a web address with http or https."
    if not isinstance(answer, str) or _written(item, answer) is not None:
        return detail
    try:
        parts = urlsplit(answer)
    except ValueError:
        return detail
    return None if parts.scheme in {"http", "https"} and parts.hostname else detail


_CHECKS: Mapping[ItemType, Callable[[Item, object], str | None]] = MappingProxyType(
    {
        ItemType.BOOLEAN: _boolean,
        ItemType.DECIMAL: _decimal,
        ItemType.INTEGER: _integer,
        ItemType.DATE: _date,
        ItemType.DATE_TIME: _instant,
        ItemType.TIME: _time,
        ItemType.STRING: _written,
        ItemType.TEXT: _written,
        ItemType.URL: _url,
        ItemType.CHOICE: _choice,
        ItemType.OPEN_CHOICE: _written,
    }
)
