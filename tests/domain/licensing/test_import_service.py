from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.database import Database
from domain.licensing import import_service
from domain.licensing.import_service import IMPORT_LOCK, ImportReport, ImportRunning
from domain.licensing.refusals import RefusedRow, UnreadableRegister
from domain.licensing.registers import Register
from domain.licensing.tables import Exclusion, Provider, RegisterImport
from tests.build import licensing


async def leie(session: AsyncSession, content: bytes, *, now: datetime) -> ImportReport:
    return await import_service.import_leie(session, content=content, file_name="made-up.csv", now=now)


async def nppes(session: AsyncSession, *entries: dict[str, object], now: datetime) -> ImportReport:
    content = licensing.provider_file(*entries)
    return await import_service.import_nppes(session, content=content, file_name="made-up.json", now=now)


async def test_rows_go_in_whole_and_are_found_by_their_keys(session: AsyncSession, now: datetime) -> None:
    content = licensing.exclusion_file(
        {"LASTNAME": "DE LA SAMPLÉ", "DOB": "02/29/84", "NPI": licensing.NPI},
        {"LASTNAME": "", "FIRSTNAME": "", "BUSNAME": "MADE UP CLINIC"},
    )

    report = await leie(session, content, now=now)

    assert (report.rows_new, report.rows_known, report.rows_refused) == (2, 0, 0)
    person, business = (await session.scalars(select(Exclusion).order_by(Exclusion.business_name))).all()
    assert (person.last_name, person.npi, person.born_on) == ("DE LA SAMPLÉ", licensing.NPI, licensing.BORN)
    assert (person.exclusion_type, person.reinstated_on, person.middle_name) == ("1128b4", None, "")
    assert "SAMPLE" in person.name_keys
    assert (business.npi, business.name_keys, business.business_name) == (None, [], "MADE UP CLINIC")


async def test_an_import_can_be_repeated(session: AsyncSession, now: datetime) -> None:
    content = licensing.exclusion_file({}, {"FIRSTNAME": "BOB"}, {})

    first = await leie(session, content, now=now)
    second = await leie(session, content, now=now)

    assert (first.rows_new, first.rows_known) == (2, 1)  # a repeat within the file is known
    assert (second.rows_new, second.rows_known) == (0, 3)
    assert await session.scalar(select(func.count()).select_from(Exclusion)) == 2


async def test_every_row_is_counted_beyond_one_batch(session: AsyncSession, now: datetime) -> None:
    content = licensing.exclusion_file(
        *({"ADDRESS": f"{number} MADE UP STREET"} for number in range(2001)), {"NPI": "x"}
    )

    report = await leie(session, content, now=now)

    assert (report.rows_new, report.rows_known, report.rows_refused) == (2001, 0, 1)
    assert await session.scalar(select(func.count()).select_from(Exclusion)) == 2001


async def test_what_is_refused_is_named_by_its_line_and_stops_nothing(session: AsyncSession, now: datetime) -> None:
    content = licensing.exclusion_file({"EXCLDATE": "20161399"}, {})

    report = await leie(session, content, now=now)

    assert report.refusals == (RefusedRow(number=2, reason="EXCLDATE is not a day of the calendar."),)
    assert report.rows_new == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"LASTNAME,FIRSTNAME\r\nSAMPLE,ANN\r\n", b"\xff\xfe\x00"])
async def test_a_file_that_is_no_exclusion_list_stores_nothing(
    session: AsyncSession, now: datetime, content: bytes
) -> None:
    with pytest.raises(UnreadableRegister) as refused:
        await leie(session, content, now=now)

    assert refused.value.flaws[0].detail.startswith("This is not an exclusion list")
    assert await session.scalar(select(func.count()).select_from(RegisterImport)) == 0


@pytest.mark.parametrize("content", [b"", b"[", b"3", b'{"result_count": 0}', b"[" * 100_000])
async def test_a_file_that_is_no_provider_register_stores_nothing(
    session: AsyncSession, now: datetime, content: bytes
) -> None:
    with pytest.raises(UnreadableRegister):
        await import_service.import_nppes(session, content=content, file_name="made-up.json", now=now)

    assert await session.scalar(select(func.count()).select_from(RegisterImport)) == 0


async def test_an_import_is_summed_up_and_audited(session: AsyncSession, now: datetime) -> None:
    await leie(session, licensing.exclusion_file({}, {"NPI": "x"}, {}), now=now)

    summed_up = (await session.scalars(select(RegisterImport))).one()
    assert (summed_up.register, summed_up.file_name) == (Register.LEIE, "made-up.csv")
    assert (summed_up.rows_new, summed_up.rows_known, summed_up.rows_refused) == (1, 1, 1)
    assert set(await session.scalars(select(Exclusion.import_id))) == {summed_up.id}
    audited = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == summed_up.id))).one()
    assert (audited.action, audited.actor_id) == (Action.REGISTER_IMPORT, None)


async def test_the_rows_name_an_import_that_is_there_when_all_is_done(session: AsyncSession, now: datetime) -> None:
    await leie(session, licensing.exclusion_file({}), now=now)
    await nppes(session, licensing.provider_entry(), now=now)

    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # raises where one is missing


async def test_an_import_outlives_the_limits_meant_for_requests(database: Database, now: datetime) -> None:
    async with database.engine.connect() as connection:
        await connection.execute(text("SET transaction_timeout = '300ms'"))
        await connection.execute(text("SET statement_timeout = '300ms'"))
        await connection.commit()

        async with AsyncSession(connection) as session:
            await leie(session, licensing.exclusion_file({}), now=now)
            await session.execute(text("SELECT pg_sleep(0.5)"))
            await session.rollback()

        await connection.invalidate()  # what was set stays with the connection


async def test_imports_run_one_at_a_time(session: AsyncSession, database: Database, now: datetime) -> None:
    async with database.transaction() as elsewhere:
        await elsewhere.execute(select(func.pg_advisory_xact_lock(IMPORT_LOCK)))

        with pytest.raises(ImportRunning):
            await leie(session, licensing.exclusion_file({}), now=now)


async def test_a_record_is_taken_once_and_replaced_by_what_is_newer(session: AsyncSession, now: datetime) -> None:
    first = await nppes(session, licensing.provider_entry(), {"npi": 1}, now=now)
    again = await nppes(session, licensing.provider_entry(), now=now)
    newer = await nppes(session, licensing.provider_entry(last="RENAMED", last_updated="2021-01-01"), now=now)
    older = await nppes(session, licensing.provider_entry(last="OLDER", last_updated="2019-01-01"), now=now)

    assert (first.rows_new, first.rows_known) == (1, 0)
    assert first.refusals == (RefusedRow(number=2, reason="The entry has no well-formed NPI."),)
    assert [(each.rows_new, each.rows_known) for each in (again, newer, older)] == [(0, 1), (1, 0), (0, 1)]
    stored = (await session.scalars(select(Provider))).one()
    assert '"RENAMED"' in stored.record


async def test_a_number_that_comes_twice_in_a_file_is_one_record(session: AsyncSession, now: datetime) -> None:
    report = await nppes(
        session,
        licensing.provider_entry(),
        licensing.provider_entry(last="RENAMED", last_updated="2021-01-01"),
        licensing.provider_entry(),
        now=now,
    )

    assert (report.rows_new, report.rows_known) == (2, 1)
    assert '"RENAMED"' in (await session.scalars(select(Provider.record))).one()
