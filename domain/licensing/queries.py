"""Licenses, checks and register rows, loaded."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import LicenseId, TherapistId
from domain.licensing import decisions
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.licenses import LicenseStatus
from domain.licensing.own_records import Twin
from domain.licensing.tables import LicenseCheck, LicenseDecision, LicenseRow, Provider
from domain.therapists.tables import Therapist


async def of_therapists(session: AsyncSession, *, therapist_ids: Collection[TherapistId]) -> Sequence[LicenseRow]:
    """Load every license of these therapists, of every status, the oldest submission first."""
    if not therapist_ids:
        return ()
    statement = (
        select(LicenseRow)
        .where(LicenseRow.therapist_id.in_(therapist_ids))
        .order_by(LicenseRow.submitted_at, LicenseRow.id)
    )
    return (await session.scalars(statement)).all()


async def to_recheck(session: AsyncSession, *, therapist_id: TherapistId) -> Sequence[LicenseRow]:
    """Load a therapist's licenses that depend on who they are, and keep others from deciding or relying on them."""
    statement = (
        select(LicenseRow)
        .where(LicenseRow.therapist_id == therapist_id, LicenseRow.status.in_(decisions.RECHECKED))
        .order_by(LicenseRow.submitted_at, LicenseRow.id)
        .with_for_update()
    )
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def locked(session: AsyncSession, *, license_id: LicenseId) -> LicenseRow | None:
    """Load a license and keep others from deciding or relying on it, and its therapist from changing, until the end.

    The therapist is locked first, as everywhere, or a change of identity and a decision could wait for each other.
    """
    whose = select(LicenseRow.therapist_id).where(LicenseRow.id == license_id).scalar_subquery()
    await session.execute(select(Therapist.id).where(Therapist.id == whose).with_for_update(key_share=True))
    statement = select(LicenseRow).where(LicenseRow.id == license_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def is_of(session: AsyncSession, *, license_id: LicenseId, therapist_id: TherapistId) -> bool:
    """Tell whether a license is a therapist's."""
    theirs = exists().where(LicenseRow.id == license_id, LicenseRow.therapist_id == therapist_id)
    return bool(await session.scalar(select(theirs)))


async def latest_checks(
    session: AsyncSession, *, license_ids: Collection[LicenseId]
) -> dict[LicenseId, list[LicenseCheck]]:
    """Load the latest result of each check of these licenses, by the check's name."""
    found: dict[LicenseId, list[LicenseCheck]] = {license_id: [] for license_id in license_ids}
    if not license_ids:
        return found
    statement = (
        select(LicenseCheck)
        .where(LicenseCheck.license_id.in_(license_ids))
        .ext(distinct_on(LicenseCheck.license_id, LicenseCheck.name))
        .order_by(LicenseCheck.license_id, LicenseCheck.name, LicenseCheck.checked_at.desc(), LicenseCheck.id.desc())
    )
    for check in await session.scalars(statement):
        found[check.license_id].append(check)
    return found


async def reviewed(session: AsyncSession, *, license_id: LicenseId, until: datetime) -> Sequence[str]:
    """Give the evidence of what screenings of a license left for review until an instant."""
    rows = await session.scalars(
        select(LicenseCheck.evidence).where(
            LicenseCheck.license_id == license_id,
            LicenseCheck.name == CheckName.EXCLUSION_LIST,
            LicenseCheck.outcome == CheckOutcome.REVIEW,
            LicenseCheck.checked_at <= until,
        )
    )
    return rows.all()


async def decision(session: AsyncSession, *, decision_id: UUID) -> LicenseDecision:
    """Load a decision that is known to be there."""
    return (await session.scalars(select(LicenseDecision).where(LicenseDecision.id == decision_id))).one()


async def has_providers(session: AsyncSession) -> bool:
    """Tell whether any provider register was imported."""
    return bool(await session.scalar(select(exists().where(Provider.npi.is_not(None)))))


async def provider(session: AsyncSession, *, npi: str | None) -> Provider | None:
    """Load the register's entry for a number."""
    if npi is None:
        return None
    return (await session.scalars(select(Provider).where(Provider.npi == npi))).one_or_none()


async def provider_records(session: AsyncSession, *, npis: Collection[str]) -> dict[str, str]:
    """Load the register's records of these numbers, as they are stored, by number."""
    statement = select(Provider.npi, Provider.record).where(Provider.npi.in_(npis))
    return {row.npi: row.record for row in await session.execute(statement)}


async def has_suspended_twin(session: AsyncSession, *, row: LicenseRow) -> bool:
    """Tell whether the therapist has this very license suspended, under whatever last day or spelling of its number."""
    twin = and_(LicenseRow.therapist_id == row.therapist_id, _same(row), LicenseRow.status == LicenseStatus.SUSPENDED)
    return bool(await session.scalar(select(exists().where(twin))))


async def twins(session: AsyncSession, *, row: LicenseRow) -> Sequence[Twin]:
    """Load this very license, however its number is spelled, as other accounts have it; rejected ones left out."""
    found = await session.execute(
        select(LicenseRow.id, LicenseRow.status).where(
            LicenseRow.therapist_id != row.therapist_id, _same(row), LicenseRow.status != LicenseStatus.REJECTED
        )
    )
    return [Twin(license_id=license_id, status=status) for license_id, status in found]


def _same(row: LicenseRow) -> ColumnElement[bool]:
    """Say, in a statement, that a license is this one by its letters and digits (index license_number_idx)."""
    # written out, since an index over an expression is found only by the same expression, not by parameters
    letters_and_digits = func.regexp_replace(
        func.lower(LicenseRow.number), text("'[^a-z0-9]'"), text("''"), text("'g'")
    )
    return and_(
        LicenseRow.license_type == row.license_type,
        letters_and_digits == "".join(sign for sign in row.number.lower() if sign.isascii() and sign.isalnum()),
        LicenseRow.jurisdiction == row.jurisdiction,
        LicenseRow.compact.is_not_distinct_from(row.compact),
    )


async def has_title_suspended(session: AsyncSession, *, row: LicenseRow) -> bool:
    """Tell whether the therapist has another license of this title and place suspended, whatever its number."""
    other = and_(
        LicenseRow.therapist_id == row.therapist_id,
        LicenseRow.id != row.id,
        LicenseRow.license_type == row.license_type,
        LicenseRow.jurisdiction == row.jurisdiction,
        LicenseRow.status == LicenseStatus.SUSPENDED,
    )
    return bool(await session.scalar(select(exists().where(other))))
