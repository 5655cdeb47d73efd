"""Rounds of questions, loaded."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import LicenseId
from domain.licensing.tables import InformationRequest


async def open_question(session: AsyncSession, *, license_id: LicenseId) -> InformationRequest | None:
    """Load what was asked about a license and not answered yet; the license is locked."""
    return await session.scalar(
        select(InformationRequest).where(
            InformationRequest.license_id == license_id,
            InformationRequest.answered_at.is_(None),
            InformationRequest.ended_at.is_(None),
        )
    )
