"""Therapists whose credentials permit less than everything, as tests of the gate need them."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.schedule import Schedule, SessionFormat
from domain.ids import LicenseId, TherapistId, uuid7
from domain.licensing import permission_service, places
from domain.licensing.compacts import Compact
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseRow
from tests.build.availability import schedule, session_type
from tests.build.therapists import NEVER_STALE, listed_therapist

BOTH = schedule(session_types=(session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.IN_PERSON)),))
ISSUED_ON, EXPIRES_ON = date(2015, 6, 1), date(2031, 6, 30)


async def license_row(session: AsyncSession, *, of: TherapistId) -> LicenseRow:
    """Give the one license of a therapist."""
    found = await session.scalars(select(LicenseRow).where(LicenseRow.therapist_id == of, LicenseRow.compact.is_(None)))
    return found.one()


async def psychologist(session: AsyncSession, *, kept: Schedule = BOTH) -> TherapistId:
    """Store a psychologist of Ohio with an authority under PSYPACT for all its members, for clients at a distance."""
    therapist_id = await listed_therapist(session, schedule=kept)
    home = await license_row(session, of=therapist_id)
    home.license_type = LicenseType.PSYCHOLOGIST
    days = places.days(home.jurisdiction, first=ISSUED_ON, last=EXPIRES_ON)
    privilege_id = LicenseId(uuid7())
    session.add(
        LicenseRow(
            id=privilege_id,
            therapist_id=therapist_id,
            license_type=home.license_type,
            number=f"P{privilege_id.hex}",
            jurisdiction=home.jurisdiction,
            issued_on=ISSUED_ON,
            expires_on=EXPIRES_ON,
            status=LicenseStatus.VERIFIED,
            valid_during=Range(days.starts_at, days.ends_at),
            submitted_at=datetime.now(UTC),
            compact=Compact.PSYPACT,
            home_license_id=home.id,
            member_jurisdictions=None,
            standing=Standing.VALID,
            was_verified=True,
            board_checked_on=NEVER_STALE,
            screened_on=NEVER_STALE,
            version=1,
        )
    )
    await permission_service.rewrite(session, therapist_id=therapist_id)
    return therapist_id


async def by_telehealth_alone(session: AsyncSession, *, kept: Schedule = BOTH) -> TherapistId:
    """Store a therapist whose board lets them see clients at a distance and not in person."""
    therapist_id = await listed_therapist(session, schedule=kept)
    (await license_row(session, of=therapist_id)).standing = Standing.VALID_TELEHEALTH_ONLY
    await permission_service.rewrite(session, therapist_id=therapist_id)
    return therapist_id


async def looked_at_on(session: AsyncSession, *, therapist_id: TherapistId, day: date) -> None:
    """Let the last good look at a therapist's license be of a day."""
    row = await license_row(session, of=therapist_id)
    row.board_checked_on, row.screened_on = day, day
    await permission_service.rewrite(session, therapist_id=therapist_id)
