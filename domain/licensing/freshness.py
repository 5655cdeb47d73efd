"""How long a good check of a license lets it be booked anew: a function of its age, and of nothing that has to run.

1. A license is looked at in two places: at its board, and on the list of the excluded. New sessions are booked on it
   while the last good look at either is less than 35 days old; after that it is stale, and the next good look at what
   is old restores it.
2. A good look is as old as what it saw: a copy of a register counts from the day its keeper gave it out, an admin's
   look from the day the decision names. Looking again into an old copy makes nothing younger.
3. A decision to verify or reinstate is a good look at both, since an admin answers for it.

Source: NCQA credentialing standards of 2025 ask for a look every month at exclusions, sanctions and expiry; 35 days
leave room for a register that comes out late.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

STALE_AFTER: Final = timedelta(days=35)


def fresh_until(*, board_checked_on: date | None, screened_on: date | None) -> datetime | None:
    """Give the instant (aware UTC) at which the older of the last good looks is too old; None where one is missing."""
    if board_checked_on is None or screened_on is None:
        return None
    return datetime.combine(min(board_checked_on, screened_on) + STALE_AFTER, time(), tzinfo=UTC)


def later(known: date | None, seen: date) -> date:
    """Give the day of the last good look, once there was one more."""
    return seen if known is None else max(known, seen)
