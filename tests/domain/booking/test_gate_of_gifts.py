"""What the service gives, to who waits or has lost a session, is asked of the gate like what a client takes."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.availability.schedule import SessionFormat
from domain.booking import book_service, freed_service, lapse_service, rehoming_service
from domain.booking.states import Origin
from domain.booking.tables import Booking
from domain.licensing.licenses import LicenseStatus
from tests.build import booking, gate, therapists
from tests.build.booking import client
from tests.build.therapists import listed_therapist
from tests.build.waiting import asked, waits


@pytest.mark.parametrize(("session_format", "offered"), [(SessionFormat.VIDEO, True), (SessionFormat.IN_PERSON, False)])
async def test_who_waits_is_offered_what_a_privilege_permits(
    session: AsyncSession,
    now: datetime,
    parts: Parts,
    session_format: SessionFormat,
    offered: bool,  # noqa: FBT001 - a case
) -> None:
    therapist_id = await gate.psychologist(session)
    by = await client(session, jurisdiction="US-TX")
    entry = await waits(session, by=by, asked=asked(therapist_id, session_formats=(session_format,)))

    given = await freed_service.offer_any(session, entry=entry, therapist_id=therapist_id, vault=parts.vault, now=now)

    assert given is offered


@pytest.mark.parametrize(("session_format", "kept"), [(SessionFormat.VIDEO, 1), (SessionFormat.IN_PERSON, 0)])
async def test_who_lost_a_session_is_kept_what_telehealth_alone_permits(
    session: AsyncSession, now: datetime, parts: Parts, session_format: SessionFormat, kept: int
) -> None:
    therapist_id = await listed_therapist(session, schedule=gate.BOTH)
    by = await client(session)
    wanted = booking.wanted(therapist_id, session_format=session_format)
    lost = await book_service.book(session, wanted=wanted, by=by, now=now, after=())
    await gate.by_telehealth_alone(session)
    await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)
    await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)

    await rehoming_service.look_after(
        session, lost=await session.get_one(Booking, lost.id, populate_existing=True), vault=parts.vault, now=now
    )

    found = await session.scalars(
        select(Booking.id).where(Booking.client_id == by.client_id, Booking.origin == Origin.REHOMING)
    )
    assert len(found.all()) == kept
