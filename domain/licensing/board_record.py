"""One license as its board's roster has it, with the board's actions, and the form in which it is kept."""

import json
from dataclasses import dataclass, replace
from datetime import date

from domain.licensing import names
from domain.licensing.board_mappings import ActionEffect
from domain.licensing.names import PersonName
from domain.licensing.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardAction:
    """One action of a board; words as the board writes them. A day that is not known is None."""

    case_number: str
    words: str
    effect: ActionEffect
    effective_on: date | None
    completed_on: date | None

    def is_in_effect(self, day: date) -> bool:
        """Tell whether it has begun and is not over: both days belong to it, and the unknown is not over.

        A completion before the beginning is a mistake, and completes nothing.
        """
        if self.effective_on is not None and self.effective_on > day:
            return False
        if self.completed_on is None or self.completed_on >= day:
            return True
        return self.effective_on is not None and self.completed_on < self.effective_on


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRecord:
    """One license of a roster. as_of: the day the board gave the roster out.

    encumbered: on that day, by its status word or an action; afterwards see `is_encumbered`. status_words: as the board
    writes them. Days that are not said are None.
    """

    board: str
    jurisdiction: str
    license_type: str
    number_key: str
    number: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    status_words: str
    standing: Standing
    encumbered: bool
    issued_on: date | None
    renewed_on: date | None
    expires_on: date | None
    actions: tuple[BoardAction, ...]
    as_of: date

    @property
    def person_name(self) -> PersonName | None:
        """The holder's name as it is compared, or None where it holds no letters."""
        return names.person_name(family=self.last_name, first=self.first_name, middle=self.middle_name)

    def is_encumbered(self, day: date) -> bool:
        """Tell whether practice was limited when the roster came out, or is by an action that began since."""
        return self.encumbered or self._has(ActionEffect.LIMITS, day)

    def is_charged(self, day: date) -> bool:
        """Tell whether charges are open against the holder, of which nothing has come yet."""
        return self._has(ActionEffect.CHARGE, day)

    def _has(self, effect: ActionEffect, day: date) -> bool:
        return any(action.effect is effect and action.is_in_effect(day) for action in self.actions)


def on_day(record: BoardRecord, day: date) -> BoardRecord:
    """Give what a record would be in a roster of another day that says the same."""
    return replace(record, as_of=day)


def stored_actions(actions: tuple[BoardAction, ...]) -> str:
    """Write a board's actions as JSON, in their order."""
    return json.dumps(
        [
            {
                "case_number": action.case_number,
                "words": action.words,
                "effect": action.effect,
                "effective_on": _day_text(action.effective_on),
                "completed_on": _day_text(action.completed_on),
            }
            for action in actions
        ],
        ensure_ascii=False,
    )


def restored_actions(text: str) -> tuple[BoardAction, ...]:
    """Read what `stored_actions` wrote."""
    return tuple(
        BoardAction(
            case_number=written["case_number"],
            words=written["words"],
            effect=ActionEffect(written["effect"]),
            effective_on=_day(written["effective_on"]),
            completed_on=_day(written["completed_on"]),
        )
        for written in json.loads(text)
    )


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
