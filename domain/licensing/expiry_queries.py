"""Licenses that end soon, loaded."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Integer, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.licensing import expiry
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseRow


async def ending(session: AsyncSession, *, until: date, limit: int, now: datetime) -> Sequence[LicenseRow]:
    """Load verified licenses that end by a day and whose therapist was not told of the threshold, and lock them.

    Those that somebody else has locked are left for the next time.
    """
    last_day = func.least(LicenseRow.expires_on, LicenseRow.board_expires_on, LicenseRow.supervisor_expires_on)
    left = last_day - literal(now.date())
    reached = case(*((left <= each, each) for each in expiry.THRESHOLDS), else_=literal(None, Integer))
    rows = await session.scalars(
        select(LicenseRow)
        .where(
            LicenseRow.status == LicenseStatus.VERIFIED,
            last_day <= until,
            last_day >= now.date(),
            or_(LicenseRow.expiry_told_days.is_(None), LicenseRow.expiry_told_days > reached),
        )
        .order_by(last_day, LicenseRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def goes_on(session: AsyncSession, *, row: LicenseRow) -> bool:
    """Tell whether the therapist has another verified license for the place that lasts longer."""
    other = aliased(LicenseRow)
    lasting = exists().where(
        other.therapist_id == row.therapist_id,
        other.id != row.id,
        other.jurisdiction == row.jurisdiction,
        other.compact.is_(None),
        other.status == LicenseStatus.VERIFIED,
        other.expires_on > row.expires_on,
    )
    return row.compact is None and bool(await session.scalar(select(lasting)))
