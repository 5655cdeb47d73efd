"""Memberships of compacts and who holds privileges of one, loaded and replaced."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import TherapistId, uuid7
from domain.licensing.compacts import Compact
from domain.licensing.licenses import LicenseStatus
from domain.licensing.places import Window
from domain.licensing.tables import CompactMembership, LicenseRow, PracticePermission

LOST = (LicenseStatus.SUSPENDED, LicenseStatus.REJECTED)


async def current(session: AsyncSession, *, compact: Compact | None) -> Sequence[CompactMembership]:
    """Load what is known now, by compact and jurisdiction. compact: None for every one."""
    wanted = select(CompactMembership).where(CompactMembership.superseded_at.is_(None))
    if compact is not None:
        wanted = wanted.where(CompactMembership.compact == compact)
    rows = await session.scalars(wanted.order_by(CompactMembership.compact, CompactMembership.jurisdiction))
    return rows.all()


async def locked(session: AsyncSession, *, compact: Compact, jurisdiction: str) -> CompactMembership | None:
    """Load what is known now of one, and keep others from replacing it until the transaction ends."""
    wanted = (
        select(CompactMembership)
        .where(
            CompactMembership.compact == compact,
            CompactMembership.jurisdiction == jurisdiction,
            CompactMembership.superseded_at.is_(None),
        )
        .with_for_update()
    )
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def insert(session: AsyncSession, *, row: CompactMembership) -> bool:
    """Write a row, unless another one took the place meanwhile."""
    values = {column.key: getattr(row, column.key) for column in CompactMembership.__table__.columns}
    written = await session.scalar(
        postgresql.insert(CompactMembership).values(values).on_conflict_do_nothing().returning(CompactMembership.id)
    )
    return written is not None


async def narrow(session: AsyncSession, *, compact: Compact, jurisdiction: str, to: Window | None) -> None:
    """Cut what privileges of a compact permit there, and from there, to a time, waiting for whoever relies on it.

    What lies within it is not touched; what is cut is another row from then on. to: None for no time at all.
    """
    privileges = select(LicenseRow.id).where(LicenseRow.compact == compact)
    from_there = privileges.where(LicenseRow.jurisdiction == jurisdiction)
    cut = delete(PracticePermission).where(
        or_(
            PracticePermission.license_id.in_(from_there),
            PracticePermission.license_id.in_(privileges) & (PracticePermission.jurisdiction == jurisdiction),
        )
    )
    if to is None:
        await session.execute(cut)
        return
    within = Range(to.starts_at, to.ends_at)
    cut = cut.where(~PracticePermission.during.contained_by(within))
    rows = (await session.execute(cut.returning(*PracticePermission.__table__.columns))).mappings()
    kept = [
        {**row, "id": uuid7(), "during": row["during"].intersection(within)}
        for row in rows
        if row["during"].overlaps(within)
    ]
    if kept:
        await session.execute(postgresql.insert(PracticePermission), kept)


async def holders(session: AsyncSession, *, compact: Compact) -> Sequence[TherapistId]:
    """Give who holds privileges of a compact that are not lost, by id."""
    found = await session.scalars(
        select(LicenseRow.therapist_id)
        .where(LicenseRow.compact == compact, LicenseRow.status.not_in(LOST))
        .distinct()
        .order_by(LicenseRow.therapist_id)
    )
    return found.all()
