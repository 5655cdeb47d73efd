"""A form: a versioned list of items in reading order, as FHIR R4 has them.

Rules:
- The list is flat; `within` names the group an item stands in, and that group comes before it. So a reader needs no
  recursion, and a nested FHIR Questionnaire loses nothing.
- A version is never changed once published; a better form is the next version.
- What is not required may be skipped, and skipping never costs the booking.
- An answer is a string, a number, a boolean, or a list of strings where an item repeats. Items whose answers need more
  (quantities, references, attachments) are not offered.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NewType
from uuid import UUID

from domain.errors import Flaw, Invalid
from domain.intake.pointers import LONGEST_ITEM_ID

FormId = NewType("FormId", UUID)


class ItemType(StrEnum):
    """The item types of FHIR R4 that an answer here can hold. Source: hl7.org/fhir/R4/valueset-item-type.html."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"


class Sign(StrEnum):
    """What an answer tells about danger: that there may be some, or that there is."""

    POSSIBLE = "possible"
    CLEAR = "clear"


SILENT = frozenset({ItemType.GROUP, ItemType.DISPLAY})
CHOOSING = frozenset({ItemType.CHOICE, ItemType.OPEN_CHOICE})
WRITING = frozenset({ItemType.STRING, ItemType.TEXT, ItemType.OPEN_CHOICE})
SINGLE = frozenset({ItemType.BOOLEAN, ItemType.DECIMAL, ItemType.INTEGER})  # a list of answers holds strings only


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose. sign: what choosing it tells about danger, if anything."""

    value: str
    label: str
    sign: Sign | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a form.

    within: the link id of its group. content_warning: shown before the item, so that one can skip it unread.
    read_for_danger: what is written here is read for signs of danger. max_length: in characters, None for the type's
    own.
    """

    link_id: str
    type: ItemType
    label: str
    within: str | None = None
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    why_we_ask: str | None = None
    content_warning: str | None = None
    read_for_danger: bool = False

    @property
    def answerable(self) -> bool:
        """Tell whether the item takes an answer at all."""
        return self.type not in SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A version of a form. url: its canonical name, shared by all its versions; version counts from 1."""

    id: FormId
    version: int
    url: str | None
    title: str
    introduction: str
    language: str
    items: tuple[Item, ...]


class FormInvalid(Invalid):
    """A form that can't be published."""

    slug: ClassVar[str] = Invalid.slug


def check_form(form: Form) -> None:
    """Make sure a form hangs together. Raises FormInvalid with every flaw, by the place in the list of items."""
    flaws: list[Flaw] = []
    seen: dict[str, Item] = {}
    for index, item in enumerate(form.items):
        flaws.extend(_misplaced(item, index=index, seen=seen))
        flaws.extend(_contradictory(item, index=index))
        seen.setdefault(item.link_id, item)
    if form.version < 1:
        flaws.append(Flaw(pointer="/version", detail="Versions count from 1."))
    if flaws:
        raise FormInvalid(*flaws, detail="This form does not hang together.")


def _misplaced(item: Item, *, index: int, seen: dict[str, Item]) -> list[Flaw]:
    place = f"/items/{index}"
    flaws = []
    if not item.link_id.strip() or not item.link_id.isprintable() or len(item.link_id) > LONGEST_ITEM_ID:
        flaws.append(
            Flaw(pointer=f"{place}/link_id", detail=f"A link id has 1 to {LONGEST_ITEM_ID} visible characters.")
        )
    if item.link_id in seen:
        flaws.append(Flaw(pointer=f"{place}/link_id", detail="Another item already has this link id."))
    if item.within is not None:
        group = seen.get(item.within)
        if group is None or group.type is not ItemType.GROUP:
            flaws.append(Flaw(pointer=f"{place}/within", detail="This must name a group earlier in the list."))
    return flaws


def _contradictory(item: Item, *, index: int) -> list[Flaw]:
    values = [option.value for option in item.options]
    claims = (
        (
            "required",
            item.required and not item.answerable,
            "An item that takes no answer can't be required.",
        ),
        (
            "repeats",
            item.repeats and (not item.answerable or item.type in SINGLE),
            "This type of item takes one answer.",
        ),
        (
            "options",
            item.type in CHOOSING and not values,
            "There must be something to choose from.",
        ),
        (
            "options",
            bool(values) and item.type not in CHOOSING,
            "Only a choice has options.",
        ),
        (
            "options",
            len(set(values)) < len(values) or not all(value.strip() for value in values),
            "Options have values, and each its own.",
        ),
        (
            "max_length",
            item.max_length is not None and (item.max_length < 1 or item.type not in WRITING),
            "Only what is written has a length, from 1.",
        ),
        (
            "read_for_danger",
            item.read_for_danger and item.type not in WRITING,
            "Only what is written can be read for danger.",
        ),
    )
    return [Flaw(pointer=f"/items/{index}/{name}", detail=detail) for name, broken, detail in claims if broken]
