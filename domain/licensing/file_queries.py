"""Licenses with what belongs to them, many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.tables import AuditEntry
from domain.database import among
from domain.ids import LicenseId, TherapistId
from domain.licensing import queries
from domain.licensing.decisions import Awaiting
from domain.licensing.tables import InformationRequest, LicenseCheck, LicenseDecision, LicenseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLicense:
    """A license with the latest result of each of its checks, and what its last decision waits for.

    question: what an admin asked and the therapist has not answered yet.
    """

    row: LicenseRow
    checks: Sequence[LicenseCheck]
    awaiting: Awaiting | None
    question: str | None = None


async def checked(session: AsyncSession, rows: Sequence[LicenseRow]) -> list[CheckedLicense]:
    """Give licenses with the latest result of each check and the open question, in the order given."""
    ids = [row.id for row in rows]
    checks = await queries.latest_checks(session, license_ids=ids)
    questions = await open_questions(session, license_ids=ids)
    return [
        CheckedLicense(
            row=row,
            checks=checks[row.id],
            awaiting=None if row.pending_decision_id is None else Awaiting.SECOND_ADMIN,
            question=questions.get(row.id),
        )
        for row in rows
    ]


async def open_questions(session: AsyncSession, *, license_ids: Collection[LicenseId]) -> Mapping[LicenseId, str]:
    """Give what admins asked about these licenses and nobody has answered yet."""
    if not license_ids:
        return {}
    rows = await session.execute(
        select(InformationRequest.license_id, InformationRequest.message).where(
            among(InformationRequest.license_id, license_ids),
            InformationRequest.answered_at.is_(None),
            InformationRequest.ended_at.is_(None),
        )
    )
    return {license_id: message for license_id, message in rows}  # noqa: C416 - rows are not pairs to the checker


async def all_checks(session: AsyncSession, *, license_ids: Collection[LicenseId]) -> Sequence[LicenseCheck]:
    """Load every check of these licenses, the oldest first."""
    rows = await session.scalars(
        select(LicenseCheck)
        .where(among(LicenseCheck.license_id, license_ids))
        .order_by(LicenseCheck.checked_at, LicenseCheck.id)
    )
    return rows.all()


async def all_decisions(session: AsyncSession, *, license_ids: Collection[LicenseId]) -> Sequence[LicenseDecision]:
    """Load every decision about these licenses, the oldest first."""
    rows = await session.scalars(
        select(LicenseDecision)
        .where(among(LicenseDecision.license_id, license_ids))
        .order_by(LicenseDecision.decided_at, LicenseDecision.id)
    )
    return rows.all()


async def all_questions(session: AsyncSession, *, license_ids: Collection[LicenseId]) -> Sequence[InformationRequest]:
    """Load every question about these licenses, with its answer, the oldest first."""
    rows = await session.scalars(
        select(InformationRequest)
        .where(among(InformationRequest.license_id, license_ids))
        .order_by(InformationRequest.asked_at, InformationRequest.id)
    )
    return rows.all()


async def trail(
    session: AsyncSession, *, therapist_id: TherapistId, license_ids: Collection[LicenseId], limit: int
) -> Sequence[AuditEntry]:
    """Load what was done about a therapist and these licenses, the newest first."""
    rows = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_id.in_([therapist_id, *license_ids]))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    return rows.all()
