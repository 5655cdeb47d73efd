"""Claim and release licenses of the queue, so that two admins never work on one.

A claim lasts an hour and is then anybody's; a decision ends it, so that a second admin can follow. Nobody has to claim.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import Conflict
from domain.ids import LicenseId
from domain.licensing import file_queries, queries
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.service import LicenseNotFound
from domain.licensing.tables import LicenseRow

CLAIMED_FOR: Final = timedelta(minutes=60)


class LicenseClaimed(Conflict):
    """Another admin works on it. until: aware UTC."""

    slug: ClassVar[str] = "conflict"

    def __init__(self, *, until: datetime) -> None:
        super().__init__(
            f"Another administrator works on this license until {until:%H:%M} UTC, unless they end before."
        )
        self.until = until


async def claim(session: AsyncSession, *, license_id: LicenseId, by: Actor, now: datetime) -> CheckedLicense:
    """Let the caller alone work on a license for an hour. Raises LicenseClaimed, LicenseNotFound, WrongRole."""
    row = await _locked(session, license_id=license_id, by=by)
    require_free(row, by=by, now=now)
    row.claimed_by, row.claimed_until = by.account_id, now + CLAIMED_FOR
    _record(session, row, told="claimed", by=by, now=now)
    await session.flush()
    (found,) = await file_queries.checked(session, [row])
    return found


async def release(session: AsyncSession, *, license_id: LicenseId, by: Actor, now: datetime) -> None:
    """End the caller's claim; one that has ended already is no matter. Raises LicenseNotFound, WrongRole."""
    row = await _locked(session, license_id=license_id, by=by)
    if row.claimed_by == by.account_id:
        row.claimed_by = row.claimed_until = None
        _record(session, row, told="released", by=by, now=now)
        await session.flush()


def require_free(row: LicenseRow, *, by: Actor, now: datetime) -> None:
    """Refuse where another admin works on a license. Raises LicenseClaimed."""
    if row.claimed_until is not None and row.claimed_by != by.account_id and now < row.claimed_until:
        raise LicenseClaimed(until=row.claimed_until)


async def _locked(session: AsyncSession, *, license_id: LicenseId, by: Actor) -> LicenseRow:
    policy.require(by, Action.LICENSE_CLAIM)
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    return row


def _record(session: AsyncSession, row: LicenseRow, *, told: str, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        by=by,
        action=Action.LICENSE_CLAIM,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason=told,
    )
