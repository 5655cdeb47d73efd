"""The monitor looks at licenses: what it takes away, what it keeps fresh, and what it leaves alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.audit.tables import AuditEntry
from domain.booking import book_service, watch_service
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import LicenseId
from domain.job import JobName
from domain.licensing import permission_queries
from domain.licensing.checks import CheckName, CheckOutcome, CheckTrigger
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseCheck, LicenseDecision, LicenseRow, PracticePermission
from domain.notices.message import NoticeKind
from domain.notices.tables import Notice
from tests.build import booking, jobs, licensing
from tests.build.availability import schedule
from tests.build.therapists import license_of, profile, schedule_of


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Actor:
    by = await licensing.applicant(session, vault=parts.vault)
    await schedule_of(session, therapist_id=by.therapist_id, schedule=schedule())
    return by


@pytest.fixture
async def license_id(session: AsyncSession, therapist: Actor) -> LicenseId:
    return await license_of(session, therapist_id=therapist.therapist_id)


async def watched(test_parts: Parts, now: datetime, *, days: float = 0) -> watch_service.Watched:
    return await watch_service.watch(test_parts.database, vault=test_parts.vault, now=now + timedelta(days=days))


async def row_of(session: AsyncSession, license_id: LicenseId) -> LicenseRow:
    return (
        await session.scalars(
            select(LicenseRow).where(LicenseRow.id == license_id).execution_options(populate_existing=True)
        )
    ).one()


async def test_a_license_is_looked_at_once_and_again_after_a_week(
    session: AsyncSession, test_parts: Parts, now: datetime, license_id: LicenseId
) -> None:
    await session.commit()

    counts = [(await watched(test_parts, now, days=days)).looked_at for days in (0, 0, 6.9, 7.1)]

    triggers = await session.scalars(
        select(LicenseCheck.trigger).where(
            LicenseCheck.license_id == license_id, LicenseCheck.name == CheckName.EXCLUSION_LIST
        )
    )
    assert (counts, set(triggers)) == ([1, 0, 0, 1], {CheckTrigger.MONITOR})


async def test_an_import_makes_everybody_due_at_once_also_one_that_began_before_the_look(
    session: AsyncSession, test_parts: Parts, now: datetime, license_id: LicenseId
) -> None:
    await session.commit()
    await watched(test_parts, now, days=1)
    await licensing.exclusions(session, {"LASTNAME": "MUSTER"})
    await session.commit()

    again = await watched(test_parts, now, days=1.1)

    assert (again.looked_at, again.suspended) == (1, 0)
    triggers = await session.scalars(select(LicenseCheck.trigger).where(LicenseCheck.license_id == license_id))
    assert set(triggers) == {CheckTrigger.MONITOR, CheckTrigger.IMPORT}


async def test_an_exclusion_under_the_npi_takes_everything_away_and_cancels_what_was_booked(
    session: AsyncSession, test_parts: Parts, now: datetime, therapist: Actor, license_id: LicenseId
) -> None:
    other = await license_of(session, therapist_id=therapist.therapist_id, jurisdiction="US-TX")
    by = await booking.client(session)
    wanted = booking.wanted(therapist.therapist_id, starts_at=booking.slot(days=3))
    booked = (await book_service.book(session, wanted=wanted, by=by, now=now, after=())).id
    await licensing.exclusions(session, {"NPI": licensing.NPI, "LASTNAME": "ELSE", "FIRSTNAME": "WHO"})
    await session.commit()

    result = await watched(test_parts, now)
    twice = await watched(test_parts, now)

    assert (result.suspended, result.cancelled, twice.looked_at) == (2, 1, 0)
    for each in (license_id, other):
        row = await row_of(session, each)
        assert (row.status, row.was_verified, row.decided_at) == (LicenseStatus.SUSPENDED, False, now)
    decisions = (await session.scalars(select(LicenseDecision))).all()
    assert {(each.admin_id, each.status_before, each.status_after) for each in decisions} == {
        (None, LicenseStatus.VERIFIED, LicenseStatus.SUSPENDED)
    }
    assert not (await session.scalars(select(PracticePermission))).all()
    status = await session.scalar(select(Booking.status).where(Booking.id == booked))
    assert status is Status.CANCELLED
    assert await jobs.waiting(session, job=JobName.PRACTICE_REVIEW, row_id=therapist.therapist_id) == 1
    by_the_service = (AuditEntry.action == "license.decide", AuditEntry.actor_id.is_(None))
    assert await session.scalar(select(func.count()).where(*by_the_service)) == 2
    letters = await session.scalar(select(func.count()).where(Notice.kind == NoticeKind.LICENSES_CHANGED))
    assert letters == 1


async def test_what_is_only_for_review_takes_nothing_away_and_is_no_good_look(
    session: AsyncSession, test_parts: Parts, now: datetime, license_id: LicenseId
) -> None:
    looked_on = now.date() - timedelta(days=10)
    await session.execute(update(LicenseRow).values(screened_on=looked_on, board_checked_on=looked_on))
    await licensing.exclusions(session, {"LASTNAME": "SAMPLE", "FIRSTNAME": "ANN", "STATE": "OH"})
    await session.commit()

    result = await watched(test_parts, now)

    row = await row_of(session, license_id)
    assert (result.suspended, result.to_review, row.status) == (0, 1, LicenseStatus.VERIFIED)
    assert row.screened_on == looked_on
    assert row.monitored_at is not None


async def test_what_is_kept_wrongly_is_put_right(
    session: AsyncSession, test_parts: Parts, now: datetime, therapist: Actor, license_id: LicenseId
) -> None:
    await session.execute(update(PracticePermission).values(jurisdiction="US-CA"))
    await session.commit()

    await watched(test_parts, now)

    permits = await permission_queries.permits(session, therapist_id=therapist.therapist_id)
    assert [each.place for each in permits] == ["US-OH"]


async def test_one_who_cannot_be_looked_at_keeps_nobody_else_from_it(
    session: AsyncSession, test_parts: Parts, now: datetime, license_id: LicenseId
) -> None:
    sealed_nowhere = await profile(session)
    broken = await license_of(session, therapist_id=sealed_nowhere)
    await session.commit()

    result = await watched(test_parts, now)

    assert (result.looked_at, result.failed) == (1, (sealed_nowhere,))
    assert (await row_of(session, broken)).monitored_at is None


async def test_one_license_on_two_accounts_shows_on_both_and_names_nobody(
    session: AsyncSession, test_parts: Parts, now: datetime, license_id: LicenseId, parts: Parts
) -> None:
    other = await licensing.applicant(
        session, vault=parts.vault, told=licensing.profile(legal_name="Eve Muster", npi=None)
    )
    twin = await license_of(session, therapist_id=other.therapist_id)
    await session.execute(update(LicenseRow).where(LicenseRow.id == license_id).values(number="E.00-12"))
    await session.execute(update(LicenseRow).where(LicenseRow.id == twin).values(number="e0012"))
    await session.commit()

    await watched(test_parts, now)

    checks = (await session.scalars(select(LicenseCheck).where(LicenseCheck.name == CheckName.DUPLICATE))).all()
    assert {each.outcome for each in checks} == {CheckOutcome.FAIL}
    assert {each.license_id: each.evidence for each in checks} == {
        license_id: f'{{"found": ["{twin}"]}}',
        twin: f'{{"found": ["{license_id}"]}}',
    }
    assert not any("Muster" in each.detail for each in checks)
    assert (await row_of(session, license_id)).status is LicenseStatus.VERIFIED
