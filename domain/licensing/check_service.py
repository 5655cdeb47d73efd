"""Run the checks of a license against the number itself and our copies of the registers, and write them down."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import uuid7
from domain.licensing import (
    board_check,
    exclusion_match,
    exclusion_queries,
    own_records,
    permission_queries,
    places,
    provider_storage,
    queries,
    roster_queries,
    screening,
)
from domain.licensing.applicant import Applicant
from domain.licensing.board_check import BoardLook, Stated
from domain.licensing.checks import CheckResult, CheckTrigger
from domain.licensing.licenses import LicenseStatus
from domain.licensing.names import PersonName
from domain.licensing.tables import LicenseCheck, LicenseRow
from domain.therapists import service as therapists
from domain.therapists.tables import Therapist
from domain.vault.cipher import Vault


async def run(
    session: AsyncSession,
    *,
    row: LicenseRow,
    therapist: Therapist,
    trigger: CheckTrigger,
    vault: Vault,
    now: datetime,
) -> Sequence[LicenseCheck]:
    """Check a license's therapist as they stand now, and write the results down with the license."""
    person = therapists.identity(therapist, vault=vault)
    held = await queries.of_therapists(session, therapist_ids=[therapist.id])
    applicant = Applicant(
        legal_name=person.legal_name,
        other_legal_names=person.other_legal_names,
        born_on=person.born_on,
        npi=person.npi,
        jurisdictions=frozenset({row.jurisdiction, *(each.jurisdiction for each in held)}),
    )
    results = [
        screening.npi_check(person.npi),
        await _register_match(session, applicant=applicant),
        await _exclusion_screening(session, row=row, applicant=applicant, now=now),
        own_records.duplicate(await queries.twins(session, row=row)),
        own_records.expiry(
            last_day=permission_queries.credential(row).last_day, today=places.today(row.jurisdiction, now=now)
        ),
    ]
    if row.compact is None:  # boards keep no rosters of privileges
        results.append(await _board_status(session, row=row, applicant=applicant, now=now))
    checks = [
        LicenseCheck(
            id=uuid7(),
            license_id=row.id,
            name=result.name,
            outcome=result.outcome,
            detail=result.detail,
            source=result.source,
            source_url=result.source_url,
            method=result.method,
            trigger=trigger,
            as_of=result.as_of,
            evidence=json.dumps({"found": result.evidence}),
            checked_at=now,
        )
        for result in results
    ]
    session.add_all(checks)
    await session.flush()
    return checks


async def _register_match(session: AsyncSession, *, applicant: Applicant) -> CheckResult:
    entry = await queries.provider(session, npi=applicant.npi)
    loaded = entry is not None or await queries.has_providers(session)
    record = None if entry is None else provider_storage.restored(entry.record)
    return screening.register_match(applicant, record=record, register_loaded=loaded)


def stated(row: LicenseRow, *, person_names: tuple[PersonName, ...]) -> Stated:
    """Give a license as its holder states it, to compare with a roster."""
    return Stated(
        license_type=row.license_type,
        jurisdiction=row.jurisdiction,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        person_names=person_names,
        encumbrance_accepted=row.status is LicenseStatus.VERIFIED and row.encumbered,
    )


async def board_look(
    session: AsyncSession, *, row: LicenseRow, therapist: Therapist, vault: Vault, now: datetime
) -> BoardLook | None:
    """Look at a license in its board's roster; None where there is no roster, or it has no such license."""
    if row.compact is not None:
        return None
    found = (await roster_queries.of_licenses(session, rows=[row]))[row.id]
    if found.record is None:
        return None
    person = therapists.identity(therapist, vault=vault)
    applicant = Applicant(
        legal_name=person.legal_name,
        other_legal_names=person.other_legal_names,
        born_on=None,
        npi=None,
        jurisdictions=frozenset(),
    )
    return board_check.seen(
        found.record,
        stated=stated(row, person_names=applicant.person_names),
        on=places.today(row.jurisdiction, now=now),
    )


async def _board_status(session: AsyncSession, *, row: LicenseRow, applicant: Applicant, now: datetime) -> CheckResult:
    found = (await roster_queries.of_licenses(session, rows=[row]))[row.id]
    return board_check.board_status(
        stated(row, person_names=applicant.person_names),
        record=found.record,
        record_id=None if found.record_id is None else str(found.record_id),
        loaded_as_of=found.loaded_as_of,
        on=places.today(row.jurisdiction, now=now),
    )


async def _exclusion_screening(
    session: AsyncSession, *, row: LicenseRow, applicant: Applicant, now: datetime
) -> CheckResult:
    rows = await exclusion_queries.rows(session, lookup=exclusion_match.lookup(applicant))
    further = exclusion_match.reinstatement_lookup(applicant, rows=rows)
    if further is not None:
        rows = list(
            {row.digest: row for row in (*rows, *await exclusion_queries.rows(session, lookup=further))}.values()
        )
    newest = await exclusion_queries.newest(session)
    return screening.exclusion_screening(
        applicant,
        candidate_rows=rows,
        list_loaded=newest.is_loaded,
        as_of=newest.as_of,
        today=now.astimezone(UTC).date(),
        cleared=await _cleared(session, row=row),
    )


async def _cleared(session: AsyncSession, *, row: LicenseRow) -> frozenset[str]:
    """Give the rows of the list that an admin had before them when they last decided for the license."""
    if row.status is not LicenseStatus.VERIFIED or row.decided_at is None:
        return frozenset()
    seen = await queries.reviewed(session, license_id=row.id, until=row.decided_at)
    return frozenset(digest for evidence in seen for digest in json.loads(evidence).get("found", ()))
