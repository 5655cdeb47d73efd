"""A session in person is held where the therapist's rooms are, and the license is asked for that place."""

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.schedule import SessionFormat
from domain.booking import book_service, hold_service, offers_service
from domain.booking.refusals import LicenseNotValidAtSession
from domain.ids import TherapistId
from domain.therapists.tables import Therapist
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.offers import day_of, noon
from tests.build.therapists import license_of, listed_therapist

BOTH = schedule(session_types=(session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.IN_PERSON)),))


async def therapist(session: AsyncSession, *, license_in: str, rooms_in: str | None) -> TherapistId:
    therapist_id = await listed_therapist(session, schedule=BOTH, jurisdiction=license_in)
    await session.execute(update(Therapist).where(Therapist.id == therapist_id).values(in_person_jurisdiction=rooms_in))
    return therapist_id


async def formats(session: AsyncSession, therapist_id: TherapistId, *, place: str, now: datetime) -> set[object]:
    """Give the formats in which sessions are offered to a client of a place."""
    found = await offers_service.free(
        session,
        therapist_ids=(therapist_id,),
        session_type=None,
        window=day_of(noon(now)),
        place=place,
        client_id=None,
        now=now,
    )
    return {each.session_formats for each in found[therapist_id]}


@pytest.mark.parametrize(
    ("license_in", "rooms_in", "offered"),
    [
        ("US-MI", "US-MI", {(SessionFormat.IN_PERSON,)}),
        ("US-OH", "US-MI", {(SessionFormat.VIDEO,)}),
        ("US-OH", "US-OH", {(SessionFormat.VIDEO, SessionFormat.IN_PERSON)}),
        ("US-OH", None, {(SessionFormat.VIDEO, SessionFormat.IN_PERSON)}),
        ("US-MI", None, set()),
    ],
)
async def test_each_format_is_offered_where_a_license_covers_its_place(
    session: AsyncSession, now: datetime, license_in: str, rooms_in: str | None, offered: set[object]
) -> None:
    therapist_id = await therapist(session, license_in=license_in, rooms_in=rooms_in)

    assert await formats(session, therapist_id, place="US-OH", now=now) == offered


async def test_two_licenses_offer_both_to_a_client_from_elsewhere(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session, license_in="US-MI", rooms_in="US-MI")
    await license_of(session, therapist_id=therapist_id, jurisdiction="US-OH")

    assert await formats(session, therapist_id, place="US-OH", now=now) == {
        (SessionFormat.VIDEO, SessionFormat.IN_PERSON)
    }


async def test_a_hold_in_person_is_for_the_place_of_the_rooms(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session, license_in="US-MI", rooms_in="US-MI")
    by = await client(session, jurisdiction="US-OH")

    held = await hold_service.hold(
        session, wanted=booking.wanted(therapist_id, session_format=SessionFormat.IN_PERSON), by=by, now=now
    )
    booked = await book_service.book_held(session, hold_id=held.id, by=by, now=now, after=())

    assert (held.jurisdiction, booked.jurisdiction) == ("US-MI", "US-MI")


async def test_by_video_the_clients_own_place_counts(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session, license_in="US-MI", rooms_in="US-MI")
    by = await client(session, jurisdiction="US-OH")

    with pytest.raises(LicenseNotValidAtSession):
        await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=by, now=now)


async def test_in_person_the_rooms_count_whatever_the_client_says(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapist(session, license_in="US-OH", rooms_in="US-MI")
    by = await client(session, jurisdiction="US-OH")
    wanted = booking.wanted(therapist_id, session_format=SessionFormat.IN_PERSON, jurisdiction="US-OH")

    with pytest.raises(LicenseNotValidAtSession):
        await hold_service.hold(session, wanted=wanted, by=by, now=now)
