"""What a look of the monitor does to a credential that is relied on.

1. A look is due a week after the last one, and at once when a register was imported since.
2. On the exclusion list by the NPI, in force: everything the therapist holds is suspended. What is only for review, or
   fails otherwise, takes nothing away: it is no good look, waits in the admins' queue, and freshness does the rest.
3. What the board's roster says of its holder's license counts, unless an admin looked later. Not in force there:
   suspended. Conditions or actions that nobody has accepted: an admin looks again, two decide, and meanwhile nothing
   new is booked. Telehealth only, and an earlier last day, narrow what is permitted at once.
4. A good look counts from the day of what was seen, never from the day of looking. A list older than 35 days clears
   nobody.
5. The service takes away and never gives: nothing that it suspended comes back without two admins.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from domain.licensing.board_check import BoardLook
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.freshness import STALE_AFTER
from domain.licensing.standing import IN_FORCE

LOOK_EVERY: Final = timedelta(days=7)


def excluded(checks: Iterable[CheckResult]) -> CheckResult | None:
    """Give the screening that says that the therapist is excluded, under their very NPI and in force."""
    return next(
        (each for each in checks if each.name is CheckName.EXCLUSION_LIST and each.outcome is CheckOutcome.FAIL), None
    )


def screened_on(checks: Iterable[CheckResult], *, today: date) -> date | None:
    """Give the day of the list that cleared the therapist, None where none did."""
    for each in checks:
        if each.name is CheckName.EXCLUSION_LIST and each.outcome is CheckOutcome.PASS and each.as_of is not None:
            day = each.as_of.date()
            return day if day <= today and today - day < STALE_AFTER else None
    return None


class Effect(StrEnum):
    """What a board's roster does to a credential that is relied on."""

    NOTHING = "nothing"
    KEEPS = "keeps"
    RETURNS = "returns"
    SUSPENDS = "suspends"


def effect(look: BoardLook | None, *, board_checked_on: date | None) -> Effect:
    """Say what a look into a roster does. board_checked_on: the last good look at the board, by whom ever.

    What is not in force counts on the very day of the last look too: of two words of one day the graver one holds.
    """
    if look is None or not look.is_its_holder or (board_checked_on is not None and look.as_of < board_checked_on):
        return Effect.NOTHING
    if look.standing not in IN_FORCE:
        return Effect.SUSPENDS
    if look.is_good:
        return Effect.KEEPS
    return Effect.RETURNS if look.encumbered else Effect.NOTHING


OUT_OF_FORCE_REASON: Final = "The board's roster does not show the license in force: it is {standing} there."
ENCUMBERED_REASON: Final = "the board acts on it: verified -> submitted, two admins look again"
EXCLUDED_REASON: Final = "The exclusion list has this therapist's NPI, and the exclusion is in force."
