"""What becomes of licenses when the therapist turns into somebody else to registers."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.licensing import permission_queries, service, submission_service
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.claims import LicenseClaim
from domain.licensing.decisions import Awaiting, DecisionOutcome
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseCheck
from domain.therapists import service as therapists
from domain.therapists.profile import Profile
from domain.therapists.service import ProfileMissing
from tests.build import accounts, licensing

VERIFIED, SUSPENDED, REINSTATED, REJECTED = (
    DecisionOutcome.VERIFIED,
    DecisionOutcome.SUSPENDED,
    DecisionOutcome.REINSTATED,
    DecisionOutcome.REJECTED,
)
SOMEBODY_ELSE = licensing.profile(legal_name="Eve Muster", npi=None, born_on=date(1971, 7, 4))


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Actor:
    return await licensing.applicant(session, vault=parts.vault)


@pytest.fixture
async def admin(session: AsyncSession) -> Actor:
    return await accounts.actor(session, role=Role.ADMIN)


async def license_after(
    session: AsyncSession,
    parts: Parts,
    *outcomes: DecisionOutcome,
    of: Actor,
    admin: Actor,
    now: datetime,
    claim: LicenseClaim | None = None,
) -> CheckedLicense:
    """Submit a license and let an admin decide it so, one after another."""
    found = await submission_service.submit(
        session, claim=claim or licensing.claim(), by=of, vault=parts.vault, now=now
    )
    for outcome in outcomes:
        found = await licensing.decide(
            session, license_id=found.row.id, decision=licensing.decision(outcome), by=admin, now=now
        )
    return found


RUN = (
    CheckName.NPI,
    CheckName.PROVIDER_REGISTER,
    CheckName.EXCLUSION_LIST,
    CheckName.DUPLICATE,
    CheckName.EXPIRY,
    CheckName.BOARD_STATUS,
)


async def become(
    session: AsyncSession, parts: Parts, told: Profile, *, by: Actor, now: datetime
) -> list[CheckedLicense]:
    """Change the profile, and check the licenses again."""
    await therapists.put_profile(session, profile=told, by=by, vault=parts.vault, now=now)
    return list(await service.recheck(session, by=by, vault=parts.vault, now=now))


async def test_what_was_verified_waits_for_an_admin_again(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    before = await license_after(session, parts, VERIFIED, of=therapist, admin=admin, now=now)
    version = before.row.version

    [after] = await become(session, parts, SOMEBODY_ELSE, by=therapist, now=now)

    assert after.row.id == before.row.id
    assert (after.row.status, after.row.decided_at) == (LicenseStatus.SUBMITTED, None)
    assert after.row.version == version + 1
    relied_on = await permission_queries.to_rely_on(
        session, therapist_id=therapist.therapist_id, place="US-OH", now=now
    )
    assert relied_on == ()
    assert len(await permission_queries.permits(session, therapist_id=therapist.therapist_id)) == 1  # sessions stay
    again = await licensing.decide(
        session, license_id=after.row.id, decision=licensing.decision(VERIFIED), by=admin, now=now
    )
    assert again.row.status is LicenseStatus.VERIFIED


async def test_each_check_is_run_again_on_who_it_is_now(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    await licensing.exclusions(session, {"LASTNAME": "MUSTER", "FIRSTNAME": "EVE", "DOB": "07/04/71"})
    before = await license_after(session, parts, VERIFIED, of=therapist, admin=admin, now=now)

    [after] = await become(session, parts, SOMEBODY_ELSE, by=therapist, now=now)

    on_list = {check.name: check.outcome for check in before.checks}[CheckName.EXCLUSION_LIST]
    on_list_now = {check.name: check.outcome for check in after.checks}[CheckName.EXCLUSION_LIST]
    assert (on_list, on_list_now) == (CheckOutcome.PASS, CheckOutcome.REVIEW)
    written = await session.scalars(select(LicenseCheck.name).where(LicenseCheck.license_id == after.row.id))
    assert sorted(written) == sorted([*RUN, *RUN])


async def test_a_suspended_license_is_checked_and_stays_suspended_with_nothing_pending(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    before = await license_after(session, parts, VERIFIED, SUSPENDED, REINSTATED, of=therapist, admin=admin, now=now)
    assert before.awaiting is Awaiting.SECOND_ADMIN

    [after] = await become(session, parts, SOMEBODY_ELSE, by=therapist, now=now)

    assert (after.row.status, after.row.pending_decision_id) == (LicenseStatus.SUSPENDED, None)
    [listed] = await service.own_licenses(session, by=therapist)
    assert listed.awaiting is None


async def test_an_override_for_the_person_before_is_not_the_first_of_two(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    await licensing.exclusions(session, {"NPI": licensing.NPI})
    found = await license_after(session, parts, of=therapist, admin=admin, now=now)
    decision = licensing.decision(VERIFIED, override_reason="Another person's number.")
    await licensing.decide(session, license_id=found.row.id, decision=decision, by=admin, now=now)
    second_admin = await accounts.actor(session, role=Role.ADMIN)

    await become(session, parts, licensing.profile(legal_name="Eve Muster"), by=therapist, now=now)

    after = await licensing.decide(session, license_id=found.row.id, decision=decision, by=second_admin, now=now)
    assert (after.row.status, after.awaiting) == (LicenseStatus.SUBMITTED, Awaiting.SECOND_ADMIN)


async def test_what_was_rejected_and_what_is_anothers_is_left_alone(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    other = await licensing.applicant(session, vault=parts.vault)
    await license_after(session, parts, REJECTED, of=therapist, admin=admin, now=now)
    others = await license_after(session, parts, VERIFIED, of=other, admin=admin, now=now)

    assert await become(session, parts, SOMEBODY_ELSE, by=therapist, now=now) == []
    assert others.row.status is LicenseStatus.VERIFIED


async def test_that_it_was_checked_again_is_in_the_audit(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await license_after(session, parts, VERIFIED, of=therapist, admin=admin, now=now)

    await become(session, parts, SOMEBODY_ELSE, by=therapist, now=now)

    await session.flush()
    entries = await session.execute(
        select(AuditEntry.actor_id, AuditEntry.reason)
        .where(AuditEntry.action == Action.LICENSE_SUBMIT, AuditEntry.subject_id == found.row.id)
        .order_by(AuditEntry.id)
    )
    reason = "the therapist's identity changed; it was verified"
    assert [tuple(entry) for entry in entries] == [(therapist.account_id, None), (therapist.account_id, reason)]


async def test_only_a_therapist_with_a_profile_has_licenses_to_check(
    session: AsyncSession, parts: Parts, now: datetime, admin: Actor
) -> None:
    nobody = await accounts.actor(session, role=Role.THERAPIST)

    with pytest.raises(WrongRole):
        await service.recheck(session, by=admin, vault=parts.vault, now=now)
    with pytest.raises(ProfileMissing):
        await service.recheck(session, by=nobody, vault=parts.vault, now=now)
