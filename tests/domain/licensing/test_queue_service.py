from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.licensing import monitor_service, queue_service, submission_service
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import LicenseType
from domain.licensing.queue_queries import Filter
from domain.licensing.queue_service import Order, Place, QueuedLicense, QueuePage
from domain.licensing.risk import Risk
from tests.build import accounts, licensing


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Actor:
    return await licensing.applicant(session, vault=parts.vault)


@pytest.fixture
async def admin(session: AsyncSession) -> Actor:
    return await accounts.actor(session, role=Role.ADMIN)


async def submitted(session: AsyncSession, parts: Parts, *, by: Actor, now: datetime, number: str) -> CheckedLicense:
    return await submission_service.submit(
        session, claim=licensing.claim(number=number), by=by, vault=parts.vault, now=now
    )


async def listed(
    session: AsyncSession, parts: Parts, filter_: Filter, *, order: Order = Order.AGE, by: Actor, now: datetime
) -> list[QueuedLicense]:
    page = await queue_service.queue(
        session, filter_=filter_, order=order, after=None, limit=100, by=by, vault=parts.vault, now=now
    )
    return list(page.licenses)


async def test_the_queue_is_oldest_first_with_names_and_is_audited_for_what_was_shown(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    newer = await submitted(session, parts, by=therapist, now=now, number="2")
    older = await submitted(session, parts, by=therapist, now=now - timedelta(days=1), number="1")

    page = await queue_service.queue(
        session,
        filter_=Filter.SUBMITTED,
        order=Order.AGE,
        after=None,
        limit=1,
        by=admin,
        vault=parts.vault,
        now=now,
    )
    rest = await queue_service.queue(
        session,
        filter_=Filter.SUBMITTED,
        order=Order.AGE,
        after=(0, older.row.submitted_at, older.row.id),
        limit=1,
        by=admin,
        vault=parts.vault,
        now=now,
    )

    assert [(each.license.row.id, each.legal_name) for each in page.licenses] == [(older.row.id, licensing.LEGAL_NAME)]
    assert page.has_more
    assert [each.license.row.id for each in rest.licenses] == [newer.row.id]
    assert not rest.has_more
    await session.flush()
    seen = await session.scalars(
        select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == admin.account_id, AuditEntry.action == Action.LICENSE_REVIEW
        )
    )
    assert set(seen) == {older.row.id, newer.row.id}


async def test_by_risk_what_failed_comes_before_what_is_older(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    older = await submitted(session, parts, by=therapist, now=now - timedelta(days=1), number="1")
    excluded = await licensing.applicant(session, vault=parts.vault)
    await licensing.exclusions(session, {"NPI": licensing.NPI})
    failed = await submitted(session, parts, by=excluded, now=now, number="2")

    found = await listed(session, parts, Filter.SUBMITTED, order=Order.RISK, by=admin, now=now)

    assert [(each.license.row.id, each.risk) for each in found] == [
        (failed.row.id, Risk.HIGH),
        (older.row.id, Risk.ELEVATED),  # no list was there to look into
    ]


async def test_the_database_sorts_by_the_risk_that_is_shown(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    await licensing.exclusions(session, {"LASTNAME": "MUSTER"})
    await licensing.providers(session, licensing.provider_entry())
    plain = await submitted(session, parts, by=therapist, now=now, number="1")
    encumbered = await submitted(session, parts, by=therapist, now=now + timedelta(seconds=1), number="2")
    encumbered.row.encumbered = True
    supervised = await submitted(session, parts, by=therapist, now=now + timedelta(seconds=2), number="3")
    supervised.row.license_type = LicenseType.LPCC_CANDIDATE
    other = await licensing.applicant(session, vault=parts.vault)
    lost = await submitted(session, parts, by=other, now=now, number="4")
    for outcome in (DecisionOutcome.VERIFIED, DecisionOutcome.SUSPENDED):
        await licensing.decide(session, license_id=lost.row.id, decision=licensing.decision(outcome), by=admin, now=now)
    again = await submitted(session, parts, by=other, now=now + timedelta(seconds=3), number="5")
    await session.flush()

    found = await listed(session, parts, Filter.SUBMITTED, order=Order.RISK, by=admin, now=now)

    assert [(each.license.row.id, each.risk) for each in found] == [
        (encumbered.row.id, Risk.HIGH),
        (again.row.id, Risk.HIGH),
        (supervised.row.id, Risk.ELEVATED),
        (plain.row.id, Risk.LOW),
    ]
    assert [each.place[0] for each in found] == [list(Risk).index(each.risk) for each in found]


async def test_what_a_check_says_after_the_decision_asks_for_attention_until_an_admin_looks(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now, number="1")
    await licensing.decide(session, license_id=found.row.id, decision=licensing.decision(), by=admin, now=now)
    before = await listed(session, parts, Filter.ATTENTION, by=admin, now=now)
    await licensing.exclusions(session, {"STATE": "OH", "DOB": "07/04/71"})
    later = now + timedelta(days=1)

    await monitor_service.look(session, therapist_id=therapist.therapist_id, vault=parts.vault, now=later)
    noticed = await listed(session, parts, Filter.ATTENTION, by=admin, now=later)
    await licensing.decide(session, license_id=found.row.id, decision=licensing.decision(), by=admin, now=later)

    assert (before, [each.license.row.id for each in noticed]) == ([], [found.row.id])
    assert await listed(session, parts, Filter.ATTENTION, by=admin, now=later) == []


async def test_every_page_by_risk_goes_on_where_the_last_one_ended(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    ids = [
        (await submitted(session, parts, by=therapist, now=now + timedelta(seconds=n), number=str(n))).row.id
        for n in range(3)
    ]

    async def page(after: Place | None) -> QueuePage:
        return await queue_service.queue(
            session,
            filter_=Filter.SUBMITTED,
            order=Order.RISK,
            after=after,
            limit=1,
            by=admin,
            vault=parts.vault,
            now=now,
        )

    first = await page(None)
    second = await page(first.licenses[-1].place)
    third = await page(second.licenses[-1].place)

    assert [each.license.row.id for part in (first, second, third) for each in part.licenses] == ids
    assert [part.has_more for part in (first, second, third)] == [True, True, False]


async def test_what_nobody_looked_at_for_35_days_is_stale_until_somebody_looks_again(
    session: AsyncSession, parts: Parts, now: datetime, therapist: Actor, admin: Actor
) -> None:
    found = await submitted(session, parts, by=therapist, now=now, number="1")
    await licensing.decide(session, license_id=found.row.id, decision=licensing.decision(), by=admin, now=now)
    later = now + timedelta(days=35)

    before = await listed(session, parts, Filter.STALE, by=admin, now=now + timedelta(days=34))
    stale = await listed(session, parts, Filter.STALE, by=admin, now=later)
    looked = licensing.decision(DecisionOutcome.VERIFIED, checked_on=later.date())
    await licensing.decide(session, license_id=found.row.id, decision=looked, by=admin, now=later)

    assert (before, [each.clocks.stale for each in stale]) == ([], [True])
    assert await listed(session, parts, Filter.STALE, by=admin, now=later) == []
