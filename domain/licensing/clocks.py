"""By when something about a license is due.

A decision is due within 30 days of the submission. A verification may be 120 days old when it is decided on. A good
look lets a license be booked for 35 days (`freshness.py`).
Source: NCQA credentialing standards of 2025 for the 120 days; the 30 and the 35 days are our own promise.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.licensing import freshness
from domain.licensing.claims import SOURCE_AGE_MAX
from domain.licensing.licenses import WAITING, LicenseStatus

DECIDED_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What is due when; None where nothing is. Instants are aware UTC.

    decision_due_at: of what waits. verification_valid_until: the last day on which a decision may rest on the last look
    at the board. next_look_due_at: when it is stale, unless somebody looks before. stale: whether it is.
    """

    decision_due_at: datetime | None
    decision_overdue: bool
    verification_checked_on: date | None
    verification_valid_until: date | None
    next_look_due_at: datetime | None
    stale: bool


def of(
    *,
    status: LicenseStatus,
    submitted_at: datetime,
    board_checked_on: date | None,
    screened_on: date | None,
    now: datetime,
) -> Clocks:
    """Reckon the clocks of a license as it stands."""
    due = submitted_at + DECIDED_WITHIN if status in WAITING else None
    fresh_until = freshness.fresh_until(board_checked_on=board_checked_on, screened_on=screened_on)
    verified = status is LicenseStatus.VERIFIED
    return Clocks(
        decision_due_at=due,
        decision_overdue=due is not None and now >= due,
        verification_checked_on=board_checked_on,
        verification_valid_until=None if board_checked_on is None else board_checked_on + SOURCE_AGE_MAX,
        next_look_due_at=fresh_until if verified else None,
        stale=verified and (fresh_until is None or now >= fresh_until),
    )
