"""Pages of the admins' queue. What is stale or wants a look is told from the rows, whether or not a job has run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Integer, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.ids import LicenseId
from domain.licensing import freshness
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.licenses import ASSOCIATES, LicenseStatus
from domain.licensing.tables import LicenseCheck, LicenseRow
from domain.therapists.tables import Therapist

HIGH, ELEVATED, LOW = range(3)  # as `risk.Risk`, for the database to sort by


class Filter(StrEnum):
    """Which licenses: of a status, or verified ones that are stale, or of which a check said something since."""

    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    STALE = "stale"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A license in the queue. rank: how risky, 0 where that is not asked. has_title_suspended: as in `risk.of`."""

    row: LicenseRow
    therapist: Therapist
    rank: int
    has_title_suspended: bool


_TO_LOOK_AT: Final = (CheckOutcome.REVIEW, CheckOutcome.FAIL)


async def page(
    session: AsyncSession,
    *,
    filter_: Filter,
    by_risk: bool,
    after: tuple[int, datetime, LicenseId] | None,
    limit: int,
    now: datetime,
) -> Sequence[Queued]:
    """Load licenses with their therapists and how risky they are, the riskiest or the oldest first.

    The risk is 0 where it is not asked. after: the place of the last one seen.
    """
    rank = _rank() if by_risk else literal(0, Integer)
    statement = (
        select(LicenseRow, Therapist, rank.label("rank"), _title_suspended().label("has_title_suspended"))
        .join(Therapist, Therapist.id == LicenseRow.therapist_id)
        .where(_meant(filter_, now=now))
        .order_by(rank, LicenseRow.submitted_at, LicenseRow.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(rank, LicenseRow.submitted_at, LicenseRow.id) > tuple_(*after))
    return [
        Queued(row=row, therapist=therapist, rank=found, has_title_suspended=suspended)
        for row, therapist, found, suspended in await session.execute(statement)
    ]


def is_stale(*, now: datetime) -> ColumnElement[bool]:
    """Say of a verified license's row that its last good look at the board or the list is too old."""
    latest = now.date() - freshness.STALE_AFTER
    return or_(
        LicenseRow.board_checked_on.is_(None),
        LicenseRow.screened_on.is_(None),
        func.least(LicenseRow.board_checked_on, LicenseRow.screened_on) <= latest,
    )


def wants_a_look() -> ColumnElement[bool]:
    """Say of a license's row that one of its latest checks found something after it was decided."""
    latest = (
        select(LicenseCheck.outcome, LicenseCheck.checked_at)
        .where(LicenseCheck.license_id == LicenseRow.id)
        .ext(distinct_on(LicenseCheck.name))
        .order_by(LicenseCheck.name, LicenseCheck.checked_at.desc(), LicenseCheck.id.desc())
        .correlate(LicenseRow)
        .lateral()
    )
    return exists(
        select(latest.c.outcome).where(latest.c.outcome.in_(_TO_LOOK_AT), latest.c.checked_at > LicenseRow.decided_at)
    )


def _meant(filter_: Filter, *, now: datetime) -> ColumnElement[bool]:
    verified = LicenseRow.status == LicenseStatus.VERIFIED
    match filter_:
        case Filter.STALE:
            return verified & is_stale(now=now)
        case Filter.ATTENTION:
            return verified & wants_a_look()
        case _:
            return LicenseRow.status == LicenseStatus(filter_.value)


def _title_suspended() -> ColumnElement[bool]:
    """Say of a license's row that its therapist has another of this title and place suspended."""
    other = aliased(LicenseRow)
    return exists(
        select(other.id).where(
            other.therapist_id == LicenseRow.therapist_id,
            other.id != LicenseRow.id,
            other.license_type == LicenseRow.license_type,
            other.jurisdiction == LicenseRow.jurisdiction,
            other.status == LicenseStatus.SUSPENDED,
        )
    )


def _rank() -> ColumnElement[int]:
    """Give how risky a license is, for the database to sort by; the same as `risk.of`."""
    latest = (
        select(LicenseCheck.outcome, LicenseCheck.name)
        .where(LicenseCheck.license_id == LicenseRow.id)
        .ext(distinct_on(LicenseCheck.name))
        .order_by(LicenseCheck.name, LicenseCheck.checked_at.desc(), LicenseCheck.id.desc())
        .correlate(LicenseRow)
        .lateral()
    )
    failed = exists(select(latest.c.outcome).where(latest.c.outcome == CheckOutcome.FAIL))
    unsure = exists(
        select(latest.c.outcome).where(
            or_(
                latest.c.outcome == CheckOutcome.REVIEW,
                (latest.c.outcome == CheckOutcome.UNAVAILABLE) & (latest.c.name != CheckName.BOARD_STATUS),
            )
        )
    )
    return case(
        (or_(failed, LicenseRow.encumbered, _title_suspended()), HIGH),
        (or_(unsure, LicenseRow.compact.is_not(None), LicenseRow.license_type.in_(ASSOCIATES)), ELEVATED),
        else_=LOW,
    )
