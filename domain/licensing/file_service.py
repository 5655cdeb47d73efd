"""A therapist's whole verification file, for an auditor: who checked and decided what, when, why, by what source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.audit.tables import AuditEntry
from domain.ids import TherapistId
from domain.licensing import file_queries, permission_queries, queries
from domain.licensing.tables import (
    InformationRequest,
    LicenseCheck,
    LicenseDecision,
    LicenseRow,
    PracticePermission,
)
from domain.therapists import queries as therapist_queries
from domain.therapists import service as therapists
from domain.therapists.service import TherapistNotFound
from domain.vault.cipher import Vault

TRAIL_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledLicense:
    """One credential with all that was ever checked, decided and asked, the oldest first."""

    row: LicenseRow
    checks: Sequence[LicenseCheck]
    decisions: Sequence[LicenseDecision]
    questions: Sequence[InformationRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFile:
    """What an auditor sees. Birth date and other names are never shown, only whether there are any.

    trail: the audit about the therapist and the licenses, the newest first, at most 1,000 entries.
    """

    therapist_id: TherapistId
    display_name: str
    legal_name: str
    npi: str | None
    birth_date_given: bool
    other_legal_names_given: int
    licenses: Sequence[FiledLicense]
    permissions: Sequence[PracticePermission]
    trail: Sequence[AuditEntry]


async def verification_file(
    session: AsyncSession, *, therapist_id: TherapistId, by: Actor, vault: Vault, now: datetime
) -> VerificationFile:
    """Give the whole file, in a fixed number of statements; that it was read is audited.

    Raises TherapistNotFound, WrongRole.
    """
    policy.require(by, Action.VERIFICATION_FILE_READ)
    therapist = await therapist_queries.by_id(session, therapist_id=therapist_id)
    if therapist is None:
        raise TherapistNotFound
    person = therapists.identity(therapist, vault=vault)
    rows = await queries.of_therapists(session, therapist_ids=[therapist_id])
    ids = [row.id for row in rows]
    checks = await file_queries.all_checks(session, license_ids=ids)
    decisions = await file_queries.all_decisions(session, license_ids=ids)
    questions = await file_queries.all_questions(session, license_ids=ids)
    trail = await file_queries.trail(session, therapist_id=therapist_id, license_ids=ids, limit=TRAIL_MAX)
    audit.record(
        session,
        by=by,
        action=Action.VERIFICATION_FILE_READ,
        subject_kind="therapist",
        subject_id=therapist_id,
        now=now,
    )
    return VerificationFile(
        therapist_id=therapist_id,
        display_name=therapist.display_name,
        legal_name=person.legal_name,
        npi=person.npi,
        birth_date_given=person.born_on is not None,
        other_legal_names_given=len(person.other_legal_names),
        licenses=[
            FiledLicense(
                row=row,
                checks=[each for each in checks if each.license_id == row.id],
                decisions=[each for each in decisions if each.license_id == row.id],
                questions=[each for each in questions if each.license_id == row.id],
            )
            for row in rows
        ],
        permissions=await permission_queries.kept(session, therapist_id=therapist_id),
        trail=trail,
    )
