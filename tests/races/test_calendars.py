"""A therapist who sends the same calendar from everywhere at once, while another process reads it anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import func, select

from api.parts import Parts
from domain.availability import calendars_service
from domain.availability.tables import BusyCalendarRow, BusyTimeRow
from domain.database import Address
from tests.build import booking, emptied
from tests.build.calendars import calendar, event
from tests.build.therapists import listed_therapist

SENDERS = 8
DAILY = calendar(event("DTSTART:20200101T140000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"))


@pytest.fixture(autouse=True)
async def leave_nothing(server_address: Address) -> AsyncIterator[None]:
    """Empty what these tests commit, as the owner; the audit is append-only and stays."""
    yield
    owner = await asyncpg.connect(server_address.dsn())
    await emptied.empty(owner)
    await owner.close()


async def test_one_calendar_sent_many_times_at_once_is_kept_once_and_whole(parts: Parts) -> None:
    database, now = parts.database, datetime.now(UTC)
    async with database.transaction() as session:
        by = booking.acting_therapist(await listed_therapist(session))
    sent = await calendars_service.read(DAILY, zone="America/New_York", now=now - timedelta(days=60))

    async def send() -> None:
        async with database.transaction() as session:
            await calendars_service.put(session, name="home", sent=sent, vault=parts.vault, by=by, now=now)

    async def read_anew() -> None:
        async with database.transaction() as session:
            await calendars_service.sweep(session, vault=parts.vault, now=now + timedelta(days=40))

    await asyncio.gather(*(send() for _ in range(SENDERS)), read_anew(), read_anew())

    async with database.read() as session:
        (kept,) = (await session.scalars(select(BusyCalendarRow))).all()
        positions = select(BusyTimeRow.position).where(BusyTimeRow.calendar_id == kept.id)
        found = sorted(await session.scalars(positions))
        of_others = await session.scalar(select(func.count()).where(BusyTimeRow.calendar_id != kept.id))
    assert kept.version == SENDERS
    assert found == list(range(len(found)))
    assert len(found) >= len(sent.reading.busy)
    assert of_others == 0
