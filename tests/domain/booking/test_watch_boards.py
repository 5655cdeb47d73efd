"""What boards' rosters do to licenses that are relied on, when the monitor looks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import watch_service
from domain.ids import LicenseId
from domain.licensing import permission_queries
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseDecision, LicenseRow
from tests.build import licensing, rosters
from tests.build.therapists import license_of

TODAY = datetime.now(UTC).date()
LOOKED_ON = TODAY - timedelta(days=20)


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Actor:
    return await licensing.applicant(session, vault=parts.vault)


async def colorado(session: AsyncSession, therapist: Actor) -> LicenseId:
    """A license of Colorado's that was looked at 20 days ago, under the number the roster has."""
    license_id = await license_of(
        session, therapist_id=therapist.therapist_id, jurisdiction="US-CO", checked_on=LOOKED_ON
    )
    row = await session.get_one(LicenseRow, license_id)
    row.license_type, row.number = LicenseType.LPC, "LPC.0012345"
    await session.flush()
    return license_id


async def looked(
    session: AsyncSession, test_parts: Parts, license_id: LicenseId, *, as_of: date = TODAY, **line: str
) -> LicenseRow:
    """Bring a roster with this license in, let the monitor look, and give the license."""
    await rosters.roster(session, line, now=datetime.now(UTC), as_of=as_of)
    await session.commit()
    await watch_service.watch(test_parts.database, vault=test_parts.vault, now=datetime.now(UTC))
    return await session.get_one(LicenseRow, license_id, populate_existing=True)


async def test_a_license_in_force_is_fresh_as_of_the_rosters_day(
    session: AsyncSession, test_parts: Parts, therapist: Actor
) -> None:
    license_id = await colorado(session, therapist)

    row = await looked(session, test_parts, license_id, as_of=TODAY - timedelta(days=3))

    assert (row.status, row.board_checked_on) == (LicenseStatus.VERIFIED, TODAY - timedelta(days=3))


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        ("Expired", Standing.LAPSED),
        ("Suspended", Standing.SUSPENDED),
        ("Revoked", Standing.REVOKED),
        ("Voluntary Surrender", Standing.SURRENDERED),
        ("Inactive", Standing.INACTIVE),
    ],
)
async def test_what_the_board_does_not_hold_in_force_is_taken_away_by_the_service(
    session: AsyncSession, test_parts: Parts, therapist: Actor, words: str, standing: Standing
) -> None:
    license_id = await colorado(session, therapist)

    row = await looked(session, test_parts, license_id, License_Status_Description=words)

    decision = (await session.scalars(select(LicenseDecision).where(LicenseDecision.license_id == license_id))).one()
    assert (row.status, row.standing, decision.admin_id) == (LicenseStatus.SUSPENDED, standing, None)
    assert await permission_queries.permits(session, therapist_id=therapist.therapist_id) == ()


async def test_new_conditions_wait_for_two_admins_and_sessions_stay(
    session: AsyncSession, test_parts: Parts, therapist: Actor
) -> None:
    license_id = await colorado(session, therapist)

    row = await looked(session, test_parts, license_id, License_Status_Description="Active - With Conditions")

    kept = await permission_queries.kept(session, therapist_id=therapist.therapist_id)
    assert (row.status, row.encumbered, row.board_checked_on) == (LicenseStatus.SUBMITTED, True, LOOKED_ON)
    assert [each.bookable_until for each in kept] == [None]


async def test_telehealth_only_and_an_earlier_last_day_narrow_at_once(
    session: AsyncSession, test_parts: Parts, therapist: Actor
) -> None:
    license_id = await colorado(session, therapist)
    ends = TODAY + timedelta(days=40)

    await looked(
        session,
        test_parts,
        license_id,
        License_Status_Description="Active - Telehealth ONLY",
        License_Expiration_Date=f"{ends:%m/%d/%Y}",
    )

    [permit] = await permission_queries.permits(session, therapist_id=therapist.therapist_id)
    assert (permit.remote_only, permit.window.ends_at.date() - timedelta(days=1)) == (True, ends)


async def test_an_older_roster_does_not_overrule_a_newer_look(
    session: AsyncSession, test_parts: Parts, therapist: Actor
) -> None:
    license_id = await colorado(session, therapist)

    row = await looked(
        session,
        test_parts,
        license_id,
        as_of=LOOKED_ON - timedelta(days=1),
        License_Status_Description="Suspended",
    )

    assert (row.status, row.board_checked_on) == (LicenseStatus.VERIFIED, LOOKED_ON)


async def test_somebody_elses_record_says_nothing(session: AsyncSession, test_parts: Parts, therapist: Actor) -> None:
    license_id = await colorado(session, therapist)

    row = await looked(
        session,
        test_parts,
        license_id,
        Last_Name="MUSTER",
        First_Name="EVE",
        License_Status_Description="Revoked",
    )

    assert (row.status, row.board_checked_on) == (LicenseStatus.VERIFIED, LOOKED_ON)
