"""What a whole exclusion list takes off our copy, and what it never does."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.licensing import exclusion_queries, import_service
from domain.licensing.import_service import ExclusionReport, FutureList, Kept, ListShrinks
from domain.licensing.list_edition import Edition, Handling
from domain.licensing.tables import Exclusion, RegisterImport
from tests.build import licensing

NUMBERS = range(40)


def people(*left_out: int, broken: bool = False) -> bytes:
    rows = [{"ADDRESS": f"{number} MADE UP STREET"} for number in NUMBERS if number not in left_out]
    return licensing.exclusion_file(*rows, *([{"NPI": "x"}] if broken else []))


async def brought_in(
    session: AsyncSession,
    content: bytes,
    *,
    now: datetime,
    days_ago: int = 0,
    edition: Edition | None = Edition.FULL,
    allow_shrink: bool = False,
) -> ExclusionReport:
    handling = Handling(as_of=day(now, days_ago), edition=edition, allow_shrink=allow_shrink)
    return await import_service.import_leie(
        session, content=content, file_name="made-up.csv", now=now, handling=handling
    )


def day(now: datetime, days_ago: int) -> date:
    return now.date() - timedelta(days=days_ago)


async def delisted(session: AsyncSession) -> dict[str, date]:
    rows = await session.execute(
        select(Exclusion.address, Exclusion.delisted_on).where(Exclusion.delisted_on.is_not(None))
    )
    return {row.address: row.delisted_on for row in rows}


async def test_who_is_missing_in_a_newer_whole_list_is_off_it(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=30)

    report = await brought_in(session, people(3), now=now, days_ago=2)

    assert (report.taking_off, report.rows_new, report.rows_known) == (1, 0, 39)
    assert await delisted(session) == {"3 MADE UP STREET": day(now, 2)}


async def test_who_comes_back_is_listed_again(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=30)
    await brought_in(session, people(3), now=now, days_ago=20)

    report = await brought_in(session, people(), now=now, days_ago=10)

    assert report.rows_listed_again == 1
    assert await delisted(session) == {}


async def test_an_older_whole_list_moves_nobody(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(4), now=now, days_ago=30)
    await brought_in(session, people(3, 4), now=now, days_ago=10)

    report = await brought_in(session, people(5), now=now, days_ago=20)

    assert (report.taking_off, report.rows_listed_again) == (Kept.OLDER, 0)
    assert await delisted(session) == {"3 MADE UP STREET": day(now, 10)}


async def test_a_supplement_takes_nobody_off(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=30)

    report = await brought_in(session, people(*range(1, 40)), now=now, edition=None)

    assert (report.edition, report.taking_off) == (Edition.SUPPLEMENT, Kept.SUPPLEMENT)
    assert await delisted(session) == {}


async def test_a_list_that_lacks_more_than_a_twentieth_is_refused(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=30)

    with pytest.raises(ListShrinks, match="lacks 3 of the 40"):
        await brought_in(session, people(1, 2, 3), now=now)

    report = await brought_in(session, people(1, 2, 3), now=now, allow_shrink=True)
    assert report.taking_off == 3


async def test_a_list_that_cannot_be_read_whole_takes_nobody_off(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=30)

    report = await brought_in(session, people(1, broken=True), now=now)

    assert report.taking_off is Kept.UNREADABLE
    assert await delisted(session) == {}


async def test_reinstatements_are_never_missed_in_a_whole_list(session: AsyncSession, now: datetime) -> None:
    await licensing.exclusions(session, {"REINDATE": "20200101"})
    await brought_in(session, people(), now=now, days_ago=1)

    assert await delisted(session) == {}


async def test_a_list_of_tomorrow_is_refused(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(FutureList):
        await brought_in(session, people(), now=now, days_ago=-1)


async def test_the_import_says_what_was_read_and_how_old_it_is(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now, days_ago=7)
    await brought_in(session, licensing.exclusion_file({"REINDATE": "20200101"}), now=now, edition=None)

    noted = {each.edition: each.as_of for each in await session.scalars(select(RegisterImport))}
    assert noted == {"full": day(now, 7), "reinstatements": day(now, 0)}
    newest = await exclusion_queries.newest(session)
    assert (newest.is_loaded, newest.as_of) == (True, day(now, 7))  # who is reinstated says nothing of new exclusions


async def test_the_whole_copy_can_be_loaded_for_an_index(session: AsyncSession, now: datetime) -> None:
    await brought_in(session, people(), now=now)

    assert len(await exclusion_queries.all_rows(session)) == len(NUMBERS)
