"""Who is to be looked at again, and what the registers that were imported last are."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import among
from domain.ids import TherapistId
from domain.licensing.licenses import WAITING, LicenseStatus
from domain.licensing.monitoring import LOOK_EVERY
from domain.licensing.tables import LicenseRow, RegisterImport

LOOK_LOCK: Final = 0x6C6F_6F6B
RELIED_ON: Final[ColumnElement[bool]] = or_(
    LicenseRow.status == LicenseStatus.VERIFIED,
    and_(LicenseRow.status.in_(WAITING), LicenseRow.was_verified),
)


async def due(
    session: AsyncSession, *, passing_over: Collection[TherapistId], limit: int, now: datetime
) -> Sequence[TherapistId]:
    """Give whose credentials are to be looked at, those first that were not for the longest; each once."""
    newest = select(func.max(RegisterImport.imported_at)).scalar_subquery()
    rows = await session.scalars(
        select(LicenseRow.therapist_id)
        .where(
            RELIED_ON,
            or_(
                LicenseRow.monitored_at.is_(None),
                LicenseRow.monitored_at < func.greatest(newest, now - LOOK_EVERY),
            ),
            ~among(LicenseRow.therapist_id, passing_over),
        )
        .order_by(LicenseRow.monitored_at.asc().nulls_first(), LicenseRow.id)
        .limit(limit)
    )
    return tuple(dict.fromkeys(rows))


async def relied_on(session: AsyncSession, *, therapist_id: TherapistId) -> Sequence[LicenseRow]:
    """Load what is relied on of a therapist, who is locked, and keep others from deciding it."""
    rows = await session.scalars(
        select(LicenseRow)
        .where(LicenseRow.therapist_id == therapist_id, RELIED_ON)
        .order_by(LicenseRow.submitted_at, LicenseRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def newest_import(session: AsyncSession) -> datetime | None:
    """Give when a register was imported last."""
    return await session.scalar(select(func.max(RegisterImport.imported_at)))


async def may_look(session: AsyncSession) -> bool:
    """Say whether no register is imported right now, and keep one from beginning until the transaction ends."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock_shared(LOOK_LOCK))))


async def keep_from_looking(session: AsyncSession) -> None:
    """Wait for looks to end, and let none begin before the transaction of an import ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LOOK_LOCK)))


async def after_every_look(session: AsyncSession, *, now: datetime) -> datetime:
    """Give an instant for an import that is after every look so far, since none of them saw its rows.

    Call it while nobody looks.
    """
    last = await session.scalar(select(func.max(LicenseRow.monitored_at)))
    return now if last is None else max(now, last + timedelta(microseconds=1))
