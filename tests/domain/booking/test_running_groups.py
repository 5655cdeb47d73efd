from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.booking import book_service, hold_service, offers_service
from domain.booking.refusals import SlotTaken
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist

KINDS = (session_type(), session_type(code="group_90", minutes=90, after=15, capacity=2))


async def group_said_to_have_met(session: AsyncSession, *, now: datetime) -> TherapistId:
    """Store a group of which every seat was said to have been attended."""
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=KINDS))
    seat = await book_service.book(
        session,
        wanted=booking.wanted(therapist_id, session_type="group_90"),
        by=await client(session),
        now=now,
        after=(),
    )
    await session.execute(update(Booking).where(Booking.id == seat.id).values(status=Status.COMPLETED))
    return therapist_id


async def test_a_group_said_to_have_met_while_it_lasts_still_takes_its_time(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await group_said_to_have_met(session, now=now)
    begun = booking.slot() + timedelta(minutes=10)

    found = await offers_service.free(
        session,
        therapist_ids=(therapist_id,),
        session_type="individual_50",
        window=Interval(starts_at=begun, ends_at=begun + timedelta(hours=3)),
        place="US-OH",
        client_id=(await client(session)).client_id,
        now=begun,
    )

    assert [offer.starts_at for offer in found[therapist_id]] == [
        booking.slot(hour=12),
        booking.slot(hour=13),
    ]


async def test_what_overlaps_such_a_group_is_taken(session: AsyncSession, now: datetime) -> None:
    therapist_id = await group_said_to_have_met(session, now=now)
    begun = booking.slot() + timedelta(minutes=10)

    with pytest.raises(SlotTaken) as refused:
        await hold_service.hold(
            session,
            wanted=booking.wanted(therapist_id, starts_at=booking.slot(hour=11)),
            by=await client(session),
            now=begun,
        )

    assert booking.slot(hour=11) not in {offer.starts_at for offer in refused.value.alternatives}
