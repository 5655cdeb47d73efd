"""Licenses and privileges as therapists state them: taken in, checked at once, and left for an admin to decide."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import Conflict
from domain.ids import LicenseId, uuid7
from domain.licensing import check_service, licenses, permission_queries, places, privileges, queries
from domain.licensing.checks import CheckTrigger
from domain.licensing.claims import LicenseClaim
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import Credential, License, LicenseStatus
from domain.licensing.privileges import PrivilegeClaim
from domain.licensing.tables import LicenseRow
from domain.therapists import queries as therapist_queries
from domain.therapists import service as therapists
from domain.therapists.tables import Therapist
from domain.vault.cipher import Vault


class LicenseOnFile(Conflict):
    """The same license was submitted before, and is not rejected."""

    slug: ClassVar[str] = "conflict"

    def __init__(self) -> None:
        super().__init__("This license is on file already; see GET /v1/therapists/me/licenses.")


async def submit(
    session: AsyncSession, *, claim: LicenseClaim, by: Actor, vault: Vault, now: datetime
) -> CheckedLicense:
    """Take in a license, run the checks, and leave it for an admin to decide.

    Raises FlawedClaim, LicenseOnFile, ProfileMissing, WrongRole.
    """
    policy.require(by, Action.LICENSE_SUBMIT)
    stated = licenses.claimed(
        license_id=LicenseId(uuid7()),
        license_type=claim.license_type,
        jurisdiction=claim.jurisdiction,
        issued_on=claim.issued_on,
        expires_on=claim.expires_on,
        supervision=claim.supervision,
    )
    therapist = await _therapist(session, by=by)
    row = _row(stated, home=stated, number=claim.number, therapist=therapist, now=now)
    if claim.supervision is not None:
        row.supervisor_name = claim.supervision.name
        row.supervisor_license_type = claim.supervision.license_type
        row.supervisor_number = claim.supervision.number
        row.supervisor_expires_on = claim.supervision.expires_on
    return await _take_in(session, row=row, therapist=therapist, by=by, vault=vault, now=now)


async def submit_privilege(
    session: AsyncSession, *, claim: PrivilegeClaim, by: Actor, vault: Vault, now: datetime
) -> CheckedLicense:
    """Take in a privilege in the same way. Raises FlawedClaim, LicenseOnFile, ProfileMissing, WrongRole."""
    policy.require(by, Action.LICENSE_SUBMIT)
    therapist = await _therapist(session, by=by)
    held = (await permission_queries.credentials(session, therapist_ids=(therapist.id,)))[therapist.id].held
    stated, home = privileges.claimed(
        claim,
        license_id=LicenseId(uuid7()),
        held=held,
        memberships=await permission_queries.memberships(session),
    )
    row = _row(stated, home=home, number=claim.number, therapist=therapist, now=now)
    row.compact, row.home_license_id = stated.compact, home.license_id
    row.member_jurisdictions = None if stated.jurisdictions is None else sorted(stated.jurisdictions)
    return await _take_in(session, row=row, therapist=therapist, by=by, vault=vault, now=now)


async def _therapist(session: AsyncSession, *, by: Actor) -> Therapist:
    therapist = await therapist_queries.locked(session, therapist_id=by.therapist_id)
    if therapist is None:
        raise therapists.ProfileMissing
    return therapist


def _row(stated: Credential, *, home: License, number: str, therapist: Therapist, now: datetime) -> LicenseRow:
    """Make the row. home: the license whose type and jurisdiction it shows, for a license itself."""
    window = places.days(home.jurisdiction, first=stated.issued_on, last=stated.expires_on)
    never = window.ends_at <= window.starts_at
    return LicenseRow(
        id=stated.license_id,
        therapist_id=therapist.id,
        license_type=home.license_type,
        number=number,
        jurisdiction=home.jurisdiction,
        issued_on=stated.issued_on,
        expires_on=stated.expires_on,
        status=LicenseStatus.SUBMITTED,
        valid_during=Range(empty=True) if never else Range(window.starts_at, window.ends_at),
        encumbered=False,
        was_verified=False,
        submitted_at=now,
        version=1,
    )


async def _take_in(
    session: AsyncSession, *, row: LicenseRow, therapist: Therapist, by: Actor, vault: Vault, now: datetime
) -> CheckedLicense:
    """Write a row down and check it. Raises LicenseOnFile, also for one that is suspended under other days."""
    if await queries.has_suspended_twin(session, row=row):
        raise LicenseOnFile
    values = {column.key: getattr(row, column.key) for column in LicenseRow.__table__.columns}
    statement = insert(LicenseRow).values(values).on_conflict_do_nothing().returning(LicenseRow)
    stored = (await session.scalars(statement)).one_or_none()
    if stored is None:
        raise LicenseOnFile
    checks = await check_service.run(
        session, row=stored, therapist=therapist, trigger=CheckTrigger.SUBMISSION, vault=vault, now=now
    )
    audit.record(session, by=by, action=Action.LICENSE_SUBMIT, subject_kind="license", subject_id=stored.id, now=now)
    return CheckedLicense(row=stored, checks=checks, awaiting=None)
