from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.database import Database
from domain.licensing import board_record, roster_queries, submission_service
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.import_service import IMPORT_LOCK, ImportRunning
from domain.licensing.refusals import UnreadableRegister
from domain.licensing.registers import Register
from domain.licensing.roster_import_service import BoardNotKnown, FutureRoster, import_roster
from domain.licensing.standing import Standing
from domain.licensing.tables import BoardLicense, LicenseCheck, RegisterImport
from tests.build import licensing, rosters

OLD, NEW = date(2026, 8, 1), date(2026, 9, 1)


async def stored(session: AsyncSession) -> BoardLicense:
    found = await session.scalars(select(BoardLicense).execution_options(populate_existing=True))
    return found.one()


async def test_a_roster_goes_in_whole_and_is_noted(session: AsyncSession, now: datetime) -> None:
    report = await rosters.roster(
        session,
        {"Case_Number": "1", "Program_Action": "CLS Letter of Admonition"},
        {"Case_Number": "2", "Program_Action": "CLS Stipulation"},
        {"License_Number": "7", "License_Status_Description": "?"},
        now=now,
        as_of=NEW,
    )

    assert (report.rows_new, report.rows_known, report.rows_refused) == (2, 0, 1)
    row = await stored(session)
    assert (row.number_key, row.standing, row.encumbered) == ("12345", Standing.VALID, True)
    assert [each.case_number for each in board_record.restored_actions(row.actions)] == ["1", "2"]
    noted = (await session.scalars(select(RegisterImport))).one()
    assert (noted.register, noted.edition, noted.as_of) == (Register.BOARD_ROSTER, "us-co", NEW)
    assert (noted.rows_new, noted.rows_known, noted.rows_refused, row.import_id) == (2, 0, 1, noted.id)
    audited = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == noted.id))).one()
    assert (audited.action, audited.actor_id) == (Action.REGISTER_IMPORT, None)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # raises where no import is there


async def test_a_repeat_changes_nothing(session: AsyncSession, now: datetime) -> None:
    await rosters.roster(session, {}, now=now, as_of=NEW)
    before = await stored(session)
    import_id = before.import_id

    again = await rosters.roster(session, {}, now=now, as_of=NEW)

    assert (again.rows_new, again.rows_known) == (0, 1)
    assert (await stored(session)).import_id == import_id


async def test_the_same_said_later_is_known_and_younger(session: AsyncSession, now: datetime) -> None:
    await rosters.roster(session, {}, now=now, as_of=OLD)

    again = await rosters.roster(session, {}, now=now, as_of=NEW)

    assert (again.rows_new, again.rows_known) == (0, 1)
    assert (await stored(session)).as_of == NEW


async def test_a_newer_roster_takes_the_place_of_ours_and_an_older_one_does_not(
    session: AsyncSession, now: datetime
) -> None:
    await rosters.roster(session, {"License_Status_Description": "Suspended"}, now=now, as_of=NEW)

    older = await rosters.roster(session, {}, now=now, as_of=OLD)
    after_older = (await stored(session)).standing
    newer = await rosters.roster(session, {"License_Status_Description": "Revoked"}, now=now, as_of=now.date())

    assert (older.rows_new, older.rows_known, after_older) == (0, 1, Standing.SUSPENDED)
    assert (newer.rows_new, (await stored(session)).standing) == (1, Standing.REVOKED)


async def test_a_roster_is_of_today_unless_said(session: AsyncSession, now: datetime) -> None:
    await rosters.roster(session, {}, now=now)

    assert (await stored(session)).as_of == now.date()


async def test_a_roster_of_the_future_or_of_nobody_is_refused(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(FutureRoster):
        await rosters.roster(session, {}, now=now, as_of=now.date() + timedelta(days=1))
    with pytest.raises(BoardNotKnown):
        await rosters.roster(session, {}, now=now, board="us-zz")

    assert await session.scalar(select(func.count()).select_from(RegisterImport)) == 0


async def test_a_file_that_is_no_roster_stores_nothing(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(UnreadableRegister):
        await import_roster(session, content=b"a,b\r\n", file_name="x.csv", board="us-co", as_of=None, now=now)

    assert await session.scalar(select(func.count()).select_from(RegisterImport)) == 0


async def test_every_line_is_counted_beyond_one_batch(session: AsyncSession, now: datetime) -> None:
    report = await rosters.roster(session, *({"License_Number": str(number)} for number in range(1, 2102)), now=now)

    assert (report.rows_new, report.rows_refused) == (2101, 0)
    assert await session.scalar(select(func.count()).select_from(BoardLicense)) == 2101


async def test_imports_run_one_at_a_time(session: AsyncSession, database: Database, now: datetime) -> None:
    async with database.transaction() as elsewhere:
        await elsewhere.execute(select(func.pg_advisory_xact_lock(IMPORT_LOCK)))

        with pytest.raises(ImportRunning):
            await rosters.roster(session, {}, now=now)


async def board_check(session: AsyncSession, parts: Parts, *, now: datetime, number: str = "LPC 12345") -> LicenseCheck:
    by = await licensing.applicant(session, vault=parts.vault)
    claim = licensing.claim(license_type="LPC", number=number, jurisdiction="US-CO", expires_on=date(2031, 8, 31))
    found = await submission_service.submit(session, claim=claim, by=by, vault=parts.vault, now=now)
    return next(check for check in found.checks if check.name is CheckName.BOARD_STATUS)


async def test_a_submitted_license_is_looked_up_on_its_board_s_roster(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    await rosters.roster(session, {}, now=now, as_of=NEW)

    check = await board_check(session, parts, now=now)

    row = await stored(session)
    assert (check.outcome, check.as_of is not None and check.as_of.date()) == (CheckOutcome.PASS, NEW)
    assert str(row.id) in check.evidence


async def test_a_suspended_license_fails_and_one_that_is_not_there_is_for_review(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    await rosters.roster(session, {"License_Status_Description": "Suspended"}, now=now, as_of=NEW)

    suspended = await board_check(session, parts, now=now)
    missing = await board_check(session, parts, now=now, number="LPC.0054321")

    assert (suspended.outcome, missing.outcome) == (CheckOutcome.FAIL, CheckOutcome.REVIEW)


async def test_without_a_roster_the_check_is_unavailable(session: AsyncSession, parts: Parts, now: datetime) -> None:
    assert (await board_check(session, parts, now=now)).outcome is CheckOutcome.UNAVAILABLE


async def test_nothing_is_loaded_for_no_licenses(session: AsyncSession) -> None:
    assert await roster_queries.of_licenses(session, rows=[]) == {}
