from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.availability import service as availability
from domain.directory import service as directory
from domain.directory.listing import ListingStatus
from domain.ids import LicenseId, uuid7
from domain.licensing import permission_queries, queue_service, service, submission_service
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.claims import SourceUnfit
from domain.licensing.decisions import Awaiting, DecisionOutcome, TransitionNotAllowed
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import FlawedClaim, LicenseStatus
from domain.licensing.queue_queries import Filter
from domain.licensing.queue_service import Order
from domain.licensing.service import LicenseNotFound
from domain.licensing.submission_service import LicenseOnFile
from domain.licensing.tables import LicenseDecision
from domain.therapists.service import ProfileMissing
from tests.build import accounts, licensing
from tests.build.availability import schedule

PASS, FAIL, REVIEW, UNAVAILABLE = (
    CheckOutcome.PASS,
    CheckOutcome.FAIL,
    CheckOutcome.REVIEW,
    CheckOutcome.UNAVAILABLE,
)
VERIFIED, SUSPENDED, REINSTATED, REJECTED = (
    DecisionOutcome.VERIFIED,
    DecisionOutcome.SUSPENDED,
    DecisionOutcome.REINSTATED,
    DecisionOutcome.REJECTED,
)


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Actor:
    return await licensing.applicant(session, vault=parts.vault)


@pytest.fixture
async def admin(session: AsyncSession) -> Actor:
    return await accounts.actor(session, role=Role.ADMIN)


async def submitted(
    session: AsyncSession, parts: Parts, *, by: Actor, now: datetime, number: str = "E.0012345"
) -> CheckedLicense:
    return await submission_service.submit(
        session, claim=licensing.claim(number=number), by=by, vault=parts.vault, now=now
    )


async def decided(
    session: AsyncSession,
    found: CheckedLicense,
    outcome: DecisionOutcome,
    *,
    by: Actor,
    now: datetime,
    override_reason: str | None = None,
) -> CheckedLicense:
    return await licensing.decide(
        session,
        license_id=found.row.id,
        decision=licensing.decision(outcome, override_reason=override_reason),
        by=by,
        now=now,
    )


def outcomes(found: CheckedLicense) -> dict[CheckName, CheckOutcome]:
    return {check.name: check.outcome for check in found.checks}


async def test_a_submitted_license_is_checked_and_waits(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor
) -> None:
    await licensing.exclusions(session, {"LASTNAME": "MUSTER"})
    await licensing.providers(session, licensing.provider_entry())

    found = await submitted(session, parts, by=therapist, now=now)

    assert (found.row.status, found.awaiting) == (LicenseStatus.SUBMITTED, None)
    assert outcomes(found) == {
        CheckName.NPI: PASS,
        CheckName.PROVIDER_REGISTER: PASS,
        CheckName.EXCLUSION_LIST: PASS,
        CheckName.DUPLICATE: PASS,
        CheckName.EXPIRY: PASS,
        CheckName.BOARD_STATUS: UNAVAILABLE,
    }
    assert {check.checked_at for check in found.checks} == {now}


async def test_registers_that_were_not_loaded_are_no_answer(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)

    assert outcomes(found) == {
        CheckName.NPI: PASS,
        CheckName.PROVIDER_REGISTER: UNAVAILABLE,
        CheckName.EXCLUSION_LIST: UNAVAILABLE,
        CheckName.DUPLICATE: PASS,
        CheckName.EXPIRY: PASS,
        CheckName.BOARD_STATUS: UNAVAILABLE,
    }


@pytest.mark.parametrize(
    ("listed", "outcome"),
    [
        ({"LASTNAME": "MUSTER", "FIRSTNAME": "EVE", "STATE": "TX", "NPI": licensing.NPI}, FAIL),
        ({"DOB": "02/29/84", "STATE": "TX"}, REVIEW),
        ({"DOB": "07/04/71", "STATE": "OH"}, REVIEW),
        ({"DOB": "07/04/71", "STATE": "TX"}, PASS),
        ({"LASTNAME": "MUSTER", "DOB": "07/04/71"}, PASS),
    ],
    ids=["npi", "name and birth date", "name and state", "namesake", "somebody else"],
)
async def test_the_exclusion_list_is_screened_by_number_and_by_name(
    session: AsyncSession,
    parts: Parts,
    now: datetime,
    therapist: Actor,
    listed: dict[str, str],
    outcome: CheckOutcome,
) -> None:
    await licensing.exclusions(session, listed)

    found = await submitted(session, parts, by=therapist, now=now)

    assert outcomes(found)[CheckName.EXCLUSION_LIST] is outcome


@pytest.mark.parametrize(
    "begun",
    [{"NPI": licensing.NPI}, {"NPI": licensing.NPI, "LASTNAME": "MUSTER", "DOB": "07/04/71"}],
    ids=["under this name", "under another name"],
)
async def test_a_reinstatement_of_another_month_ends_an_exclusion(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, begun: dict[str, str]
) -> None:
    await licensing.exclusions(session, begun)
    before = await submitted(session, parts, by=therapist, now=now, number="1")

    await licensing.exclusions(session, {**begun, "NPI": "0000000000", "REINDATE": "20200101", "STATE": "TX"})

    after = await submitted(session, parts, by=therapist, now=now, number="2")
    assert outcomes(before)[CheckName.EXCLUSION_LIST] is FAIL
    assert outcomes(after)[CheckName.EXCLUSION_LIST] is REVIEW


async def test_another_persons_number_fails_the_register(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor
) -> None:
    await licensing.providers(session, licensing.provider_entry(first="EVE", last="MUSTER"))

    found = await submitted(session, parts, by=therapist, now=now)

    assert outcomes(found)[CheckName.PROVIDER_REGISTER] is FAIL


@pytest.mark.parametrize(("license_type", "words"), [("lpc-associate", "LPC_ASSOCIATE"), ("WIZARD", "accepted are")])
async def test_a_title_that_is_not_accepted_says_why(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, license_type: str, words: str
) -> None:
    claim = licensing.claim(license_type=license_type)

    with pytest.raises(FlawedClaim) as refused:
        await submission_service.submit(session, claim=claim, by=therapist, vault=parts.vault, now=now)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/license_type"]
    assert words in refused.value.flaws[0].detail
    assert await service.own_licenses(session, by=therapist) == []


async def test_the_same_license_is_on_file_once(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)

    with pytest.raises(LicenseOnFile):
        await submitted(session, parts, by=therapist, now=now)
    await decided(session, found, REJECTED, by=admin, now=now)
    again = await submitted(session, parts, by=therapist, now=now)

    assert again.row.status is LicenseStatus.SUBMITTED


async def test_a_license_needs_a_profile(session: AsyncSession, parts: Parts, now: datetime) -> None:
    nobody = await accounts.actor(session, role=Role.THERAPIST)

    with pytest.raises(ProfileMissing):
        await submitted(session, parts, by=nobody, now=now)


async def test_therapists_see_their_own_licenses_only(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor
) -> None:
    other = await licensing.applicant(session, vault=parts.vault)
    mine = await submitted(session, parts, by=therapist, now=now)
    await submitted(session, parts, by=other, now=now)

    listed = await service.own_licenses(session, by=therapist)

    assert [each.row.id for each in listed] == [mine.row.id]


async def test_an_admin_verifies_what_failed_no_check(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)

    after = await decided(session, found, VERIFIED, by=admin, now=now)

    assert (after.row.status, after.awaiting, after.row.decided_at) == (LicenseStatus.VERIFIED, None, now)
    permits = await permission_queries.permits(session, therapist_id=therapist.therapist_id)
    assert [(each.license_id, each.place) for each in permits] == [(found.row.id, "US-OH")]


async def test_an_override_takes_a_reason_and_two_admins(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    await licensing.exclusions(session, {"NPI": licensing.NPI})
    found = await submitted(session, parts, by=therapist, now=now)
    second_admin = await accounts.actor(session, role=Role.ADMIN)

    with pytest.raises(TransitionNotAllowed):
        await decided(session, found, VERIFIED, by=admin, now=now)
    first = await decided(session, found, VERIFIED, by=admin, now=now, override_reason="Another person's number.")
    assert (first.row.status, first.awaiting) == (LicenseStatus.SUBMITTED, Awaiting.SECOND_ADMIN)
    twice = await decided(session, found, VERIFIED, by=admin, now=now, override_reason="Another person's number.")
    assert (twice.row.status, twice.awaiting) == (LicenseStatus.SUBMITTED, Awaiting.SECOND_ADMIN)
    second = await decided(session, found, VERIFIED, by=second_admin, now=now, override_reason="I looked, too.")

    assert (second.row.status, second.awaiting) == (LicenseStatus.VERIFIED, None)
    reasons = await session.scalars(
        select(AuditEntry.reason)
        .where(AuditEntry.action == Action.LICENSE_DECIDE, AuditEntry.subject_id == found.row.id)
        .order_by(AuditEntry.id)
    )
    assert "overrides exclusion_list: Another person's number." in str(reasons.first())


async def test_a_suspension_acts_at_once_and_ends_the_listing(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    await decided(session, found, VERIFIED, by=admin, now=now)
    await availability.put_schedule(session, schedule=schedule(), by=therapist, now=now)
    await directory.note_listing(session, therapist_id=therapist.therapist_id, now=now)
    asked = [therapist.therapist_id]
    assert list(await directory.listed(session, therapist_ids=asked, now=now)) == asked

    after = await decided(session, found, SUSPENDED, by=admin, now=now)

    assert (after.row.status, after.awaiting) == (LicenseStatus.SUSPENDED, None)
    assert not await directory.listed(session, therapist_ids=asked, now=now)
    status = await directory.status_of(session, therapist_id=therapist.therapist_id, now=now)
    assert status is ListingStatus.UNLISTED


async def test_a_reinstatement_takes_two_admins(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    await decided(session, found, VERIFIED, by=admin, now=now)
    await decided(session, found, SUSPENDED, by=admin, now=now)
    second_admin = await accounts.actor(session, role=Role.ADMIN)

    first = await decided(session, found, REINSTATED, by=admin, now=now)
    assert (first.row.status, first.awaiting) == (LicenseStatus.SUSPENDED, Awaiting.SECOND_ADMIN)
    second = await decided(session, found, REINSTATED, by=second_admin, now=now)

    assert (second.row.status, second.awaiting) == (LicenseStatus.VERIFIED, None)
    took_effect = select(LicenseDecision.took_effect).order_by(LicenseDecision.id)
    assert list(await session.scalars(took_effect)) == [True, True, False, True]


@pytest.mark.parametrize("number", ["e.0012345", "E0012345", "E-0012345 ", "E. 001 2345"])
async def test_a_suspended_license_does_not_come_back_as_a_new_one(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor, number: str
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    await decided(session, found, VERIFIED, by=admin, now=now)
    await decided(session, found, SUSPENDED, by=admin, now=now)
    renewed = licensing.claim(number=number, expires_on=date(2033, 2, 28))

    with pytest.raises(LicenseOnFile):
        await submission_service.submit(session, claim=renewed, by=therapist, vault=parts.vault, now=now)


async def test_one_admin_can_not_clear_a_suspension_by_a_rejection(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    await decided(session, found, VERIFIED, by=admin, now=now)
    await decided(session, found, SUSPENDED, by=admin, now=now)

    with pytest.raises(TransitionNotAllowed):
        await decided(session, found, REJECTED, by=admin, now=now)
    with pytest.raises(LicenseOnFile):
        await submitted(session, parts, by=therapist, now=now)


@pytest.mark.parametrize("days", [1, -121])
async def test_a_decision_rests_on_a_recent_look(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor, days: int
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    unfit = licensing.decision(checked_on=now.date() + timedelta(days=days))

    with pytest.raises(SourceUnfit) as refused:
        await licensing.decide(session, license_id=found.row.id, decision=unfit, by=admin, now=now)

    assert refused.value.flaws[0].pointer == "/source/checked_on"
    assert found.row.status is LicenseStatus.SUBMITTED


@pytest.mark.parametrize("days", [0, -120])
async def test_a_look_of_today_or_of_120_days_ago_is_recent(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor, days: int
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    fit = licensing.decision(checked_on=now.date() + timedelta(days=days))

    after = await licensing.decide(session, license_id=found.row.id, decision=fit, by=admin, now=now)

    assert after.row.status is LicenseStatus.VERIFIED


async def test_an_unknown_license_is_not_found(session: AsyncSession, now: datetime, admin: Actor) -> None:
    with pytest.raises(LicenseNotFound):
        await licensing.decide(session, license_id=LicenseId(uuid7()), decision=licensing.decision(), by=admin, now=now)


async def test_each_role_does_its_own(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now)
    client = await accounts.actor(session, role=Role.CLIENT)

    for by in (therapist, client):
        with pytest.raises(WrongRole):
            await decided(session, found, VERIFIED, by=by, now=now)
        with pytest.raises(WrongRole):
            await queue_service.queue(
                session,
                filter_=Filter.SUBMITTED,
                order=Order.AGE,
                after=None,
                limit=1,
                by=by,
                vault=parts.vault,
                now=now,
            )
    for by in (admin, client):
        with pytest.raises(WrongRole):
            await submitted(session, parts, by=by, now=now)
        with pytest.raises(WrongRole):
            await service.own_licenses(session, by=by)
