from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.directory import service
from domain.directory.listing import ListingStatus
from domain.directory.service import ListedTherapist
from domain.ids import TherapistId, uuid7
from domain.licensing.licenses import LicenseStatus
from domain.therapists.service import TherapistNotFound
from domain.therapists.tables import Therapist
from tests.build import therapists
from tests.build.availability import schedule
from tests.build.statements import reads


async def decide(session: AsyncSession, *, therapist_id: TherapistId, status: LicenseStatus) -> None:
    await therapists.stand(session, therapist_id=therapist_id, status=status)


async def test_a_therapist_goes_from_draft_to_listed_to_unlisted_and_back(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.profile(session)
    seen = []

    async def look() -> None:
        await service.note_listing(session, therapist_id=therapist_id, now=now)
        seen.append(await service.status_of(session, therapist_id=therapist_id, now=now))

    await look()
    await therapists.license_of(session, therapist_id=therapist_id)
    await look()
    await therapists.schedule_of(session, therapist_id=therapist_id, schedule=schedule())
    await look()
    await decide(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)
    await look()
    await decide(session, therapist_id=therapist_id, status=LicenseStatus.VERIFIED)
    await look()

    assert seen == [
        ListingStatus.DRAFT,
        ListingStatus.DRAFT,
        ListingStatus.LISTED,
        ListingStatus.UNLISTED,
        ListingStatus.LISTED,
    ]


@pytest.mark.parametrize("status", [each for each in LicenseStatus if each is not LicenseStatus.VERIFIED])
async def test_only_a_verified_license_lists(session: AsyncSession, now: datetime, status: LicenseStatus) -> None:
    therapist_id = await therapists.listed_therapist(session)

    await decide(session, therapist_id=therapist_id, status=status)

    assert await service.listed(session, therapist_ids=[therapist_id], now=now) == {}


async def test_a_license_lists_from_its_first_day_to_its_last(session: AsyncSession, now: datetime) -> None:
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    therapist_id = await therapists.listed_therapist(session, issued_on=first, expires_on=last)
    midnight = datetime.fromisoformat("2024-01-01T00:00-05:00")  # Ohio's
    end = datetime.fromisoformat("2025-01-01T00:00-05:00")
    moment = timedelta(microseconds=1)

    listed = [
        bool(await service.listed(session, therapist_ids=[therapist_id], now=instant))
        for instant in (midnight - moment, midnight, end - moment, end)
    ]

    assert listed == [False, True, True, False]


async def test_who_does_not_want_to_be_found_is_not_listed(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await service.note_listing(session, therapist_id=therapist_id, now=now)

    await session.execute(update(Therapist).where(Therapist.id == therapist_id).values(visible=False))

    assert await service.status_of(session, therapist_id=therapist_id, now=now) is ListingStatus.UNLISTED
    assert await service.listed(session, therapist_ids=[therapist_id], now=now) == {}


async def test_a_schedule_without_hours_lists_nobody(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(weekly_hours=()))

    assert await service.status_of(session, therapist_id=therapist_id, now=now) is ListingStatus.DRAFT


async def test_the_first_listing_is_remembered_once(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)

    await service.note_listing(session, therapist_id=therapist_id, now=now)
    await service.note_listing(session, therapist_id=therapist_id, now=now + timedelta(days=1))

    row = await session.get_one(Therapist, therapist_id, populate_existing=True)
    assert row.first_listed_at == now


async def test_listed_gives_what_booking_needs_in_one_statement_for_any_number(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    several = [await therapists.listed_therapist(session, display_name=f"Robin {n}") for n in range(3)]
    draft = await therapists.profile(session)
    seen = reads(connection)

    none = await service.listed(session, therapist_ids=[], now=now)
    found = await service.listed(session, therapist_ids={*several, draft, TherapistId(uuid7())}, now=now)

    assert none == {}
    assert set(found) == set(several)
    assert found[several[1]] == ListedTherapist(
        therapist_id=several[1],
        display_name="Robin 1",
        accepting_clients=True,
        caseload_limit=30,
        session_formats=("video", "in_person"),
    )
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert "sealed" not in seen[0]


async def test_nobody_has_no_status(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(TherapistNotFound):
        await service.status_of(session, therapist_id=TherapistId(uuid7()), now=now)
