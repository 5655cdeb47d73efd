"""What a look of the monitor does to a credential that is relied on.

1. A look is due a week after the last one, and at once when a register was imported since.
2. On the exclusion list by the NPI, in force: everything the therapist holds is suspended. What is only for review, or
   fails otherwise, takes nothing away: it is no good look, waits in the admins' queue, and freshness does the rest.
3. A good look counts from the day of what was seen, never from the day of looking. A list older than 35 days clears
   nobody.
4. The service takes away and never gives: nothing that it suspended comes back without two admins.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.freshness import STALE_AFTER

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


EXCLUDED_REASON: Final = "The exclusion list has this therapist's NPI, and the exclusion is in force."
