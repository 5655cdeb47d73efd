"""Listed therapists as tests need them: profile, verified license and schedule, straight into the tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Role
from domain.availability import service as availability
from domain.availability.schedule import Schedule
from domain.ids import AccountId, LicenseId, TherapistId, uuid7
from domain.licensing import permission_service, places
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseRow
from domain.therapists.profile import Gender
from domain.therapists.tables import Therapist
from tests.build import accounts
from tests.build.availability import schedule as built_schedule

NEVER_STALE = date(2099, 1, 1)
LONG_AGO = date(2020, 1, 1)


async def profile(
    session: AsyncSession,
    *,
    of: AccountId | None = None,
    display_name: str = "Robin Example",
    primary_concerns: Sequence[str] = ("trauma.cptsd",),
    accepting_clients: bool = True,
    caseload_limit: int = 30,
    visible: bool = True,
) -> TherapistId:
    """Store an account, unless one is given, and a profile whose sealed fields open nowhere."""
    therapist_id = TherapistId(of or await accounts.account(session, role=Role.THERAPIST))
    written_at = datetime.now(UTC)
    session.add(
        Therapist(
            id=therapist_id,
            display_name=display_name,
            legal_name_sealed=b"sealed nowhere",
            other_legal_names_sealed=None,
            birth_date_sealed=None,
            npi=None,
            bio="Works with the long shadow of early rejection.",
            gender=Gender.FEMALE,
            primary_concerns=list(primary_concerns),
            secondary_concerns=[],
            approaches=["emdr"],
            populations=["adults"],
            languages=["en"],
            session_formats=["video", "in_person"],
            insurers=[],
            accepting_clients=accepting_clients,
            caseload_limit=caseload_limit,
            visible=visible,
            first_listed_at=None,
            version=1,
            created_at=written_at,
            updated_at=written_at,
        )
    )
    await session.flush()
    return therapist_id


async def license_of(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    jurisdiction: str = "US-OH",
    issued_on: date = date(2015, 6, 1),
    expires_on: date = date(2031, 6, 30),
    status: LicenseStatus = LicenseStatus.VERIFIED,
    checked_on: date = NEVER_STALE,
) -> LicenseId:
    """Store a license as it stands after its decision. checked_on: the last good look, at the board and at the list."""
    license_id = LicenseId(uuid7())
    days = places.days(jurisdiction, first=issued_on, last=expires_on)
    session.add(
        LicenseRow(
            id=license_id,
            therapist_id=therapist_id,
            license_type=LicenseType.LPCC,
            number=f"L{license_id.hex}",
            jurisdiction=jurisdiction,
            issued_on=issued_on,
            expires_on=expires_on,
            status=status,
            valid_during=Range(days.starts_at, days.ends_at),
            pending_decision_id=None,
            submitted_at=datetime.now(UTC),
            decided_at=None,
            standing=Standing.VALID,
            was_verified=status is LicenseStatus.VERIFIED,
            board_checked_on=checked_on,
            screened_on=checked_on,
            version=1,
        )
    )
    await permission_service.rewrite(session, therapist_id=therapist_id)
    return license_id


async def stand(session: AsyncSession, *, therapist_id: TherapistId, status: LicenseStatus) -> None:
    """Let every license of a therapist stand so, as decisions do: what is taken away was never verified."""
    lost = status in {LicenseStatus.SUSPENDED, LicenseStatus.REJECTED}
    await session.execute(
        update(LicenseRow)
        .where(LicenseRow.therapist_id == therapist_id)
        .values(status=status, was_verified=not lost, decided_at=datetime.now(UTC))
    )
    await permission_service.rewrite(session, therapist_id=therapist_id)


async def schedule_of(session: AsyncSession, *, therapist_id: TherapistId, schedule: Schedule) -> None:
    """Store a schedule as its therapist would."""
    by = await accounts.actor(session, role=Role.THERAPIST, of=AccountId(therapist_id))
    await availability.put_schedule(session, schedule=schedule, by=by, now=datetime.now(UTC))
    await session.flush()


async def listed_therapist(
    session: AsyncSession,
    *,
    schedule: Schedule | None = None,
    display_name: str = "Robin Example",
    primary_concerns: Sequence[str] = ("trauma.cptsd",),
    accepting_clients: bool = True,
    caseload_limit: int = 30,
    jurisdiction: str = "US-OH",
    issued_on: date = date(2015, 6, 1),
    expires_on: date = date(2031, 6, 30),
) -> TherapistId:
    """Store a therapist whom clients can find and book: every day 9 to 5 in New York, unless told otherwise."""
    therapist_id = await profile(
        session,
        display_name=display_name,
        primary_concerns=primary_concerns,
        accepting_clients=accepting_clients,
        caseload_limit=caseload_limit,
    )
    await license_of(
        session,
        therapist_id=therapist_id,
        jurisdiction=jurisdiction,
        issued_on=issued_on,
        expires_on=expires_on,
    )
    await schedule_of(session, therapist_id=therapist_id, schedule=schedule or built_schedule())
    return therapist_id
