from datetime import date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.availability.schedule import SessionFormat
from domain.directory import public_service
from domain.directory.listing import ListingStatus
from domain.directory.public import Sought, SoughtUnknown
from domain.ids import TherapistId, uuid7
from domain.licensing.licenses import LicenseStatus
from domain.therapists.service import TherapistNotFound
from domain.therapists.tables import Therapist
from tests.build import therapists
from tests.build.statements import reads


async def found(session: AsyncSession, sought: Sought, *, now: datetime) -> list[TherapistId]:
    shown = await public_service.therapists(session, sought=sought, after=None, limit=100, now=now)
    return [each.profile.therapist_id for each in shown]


async def change(session: AsyncSession, therapist_id: TherapistId, **values: object) -> None:
    await session.execute(update(Therapist).where(Therapist.id == therapist_id).values(**values))


async def test_the_number_of_statements_is_the_same_for_any_page(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    await therapists.listed_therapist(session)
    seen = reads(connection)

    await found(session, Sought(), now=now)
    for_one = len(seen)
    for _ in range(5):
        await therapists.listed_therapist(session)
    seen.clear()
    several = await found(session, Sought(), now=now)

    assert len(several) == 6
    assert len(seen) == for_one == 4
    assert all("sealed" not in statement and "npi" not in statement for statement in seen)


@pytest.mark.parametrize(
    ("sought", "fits"),
    [
        (Sought(), True),
        (Sought(concern="trauma.cptsd"), True),
        (Sought(concern="rejection.sensitivity"), True),
        (Sought(concern="attach.anxious"), False),
        (Sought(approach="emdr"), True),
        (Sought(approach="ifs"), False),
        (Sought(population="adults"), True),
        (Sought(population="couples"), False),
        (Sought(jurisdiction="US-OH"), True),
        (Sought(jurisdiction="US-TX"), False),
        (Sought(language="es"), True),
        (Sought(language="ES-mx"), True),
        (Sought(language="en-GB"), True),
        (Sought(language="es-AR"), False),
        (Sought(language="e"), False),
        (Sought(session_format=SessionFormat.IN_PERSON), True),
        (Sought(session_format=SessionFormat.PHONE), False),
        (Sought(concern="trauma.cptsd", jurisdiction="US-OH", language="en"), True),
        (Sought(concern="trauma.cptsd", jurisdiction="US-TX", language="en"), False),
    ],
)
async def test_who_is_found_answers_to_all_that_is_sought(
    session: AsyncSession, now: datetime, sought: Sought, *, fits: bool
) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await change(session, therapist_id, secondary_concerns=["rejection.sensitivity"], languages=["en", "es-MX"])

    assert await found(session, sought, now=now) == [therapist_id] * fits


async def test_a_license_that_is_not_verified_or_not_valid_today_finds_nobody(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await therapists.license_of(
        session, therapist_id=therapist_id, jurisdiction="US-TX", status=LicenseStatus.SUBMITTED
    )
    await therapists.license_of(session, therapist_id=therapist_id, jurisdiction="US-CA", expires_on=date(2020, 1, 1))

    assert await found(session, Sought(jurisdiction="US-TX"), now=now) == []
    assert await found(session, Sought(jurisdiction="US-CA"), now=now) == []
    (shown,) = await public_service.therapists(session, sought=Sought(), after=None, limit=9, now=now)
    assert shown.practice_jurisdictions == ("US-OH",)


async def test_only_listed_therapists_are_found(session: AsyncSession, now: datetime) -> None:
    listed = await therapists.listed_therapist(session)
    await therapists.profile(session)
    await change(session, await therapists.listed_therapist(session), visible=False)

    assert await found(session, Sought(), now=now) == [listed]


async def test_the_list_goes_on_after_the_last_one_seen(session: AsyncSession, now: datetime) -> None:
    several = sorted([await therapists.listed_therapist(session) for _ in range(3)])

    first = await public_service.therapists(session, sought=Sought(), after=None, limit=2, now=now)
    rest = await public_service.therapists(session, sought=Sought(), after=several[1], limit=2, now=now)

    assert [each.profile.therapist_id for each in (*first, *rest)] == several


async def test_what_does_not_exist_is_refused_before_it_is_sought(session: AsyncSession, now: datetime) -> None:
    with pytest.raises(SoughtUnknown):
        await found(session, Sought(concern="no.such"), now=now)


async def test_who_is_not_listed_is_shown_to_who_knows_them_only(session: AsyncSession, now: datetime) -> None:
    draft = await therapists.profile(session)
    gone = await therapists.listed_therapist(session)
    await change(session, gone, visible=False, first_listed_at=now)

    shown = await public_service.therapist(session, therapist_id=gone, known=True, now=now)
    never_ready = await public_service.therapist(session, therapist_id=draft, known=True, now=now)

    assert shown.profile.status is ListingStatus.UNLISTED
    assert (never_ready.session_types, never_ready.practice_jurisdictions) == ((), ())
    for therapist_id, known in ((gone, False), (draft, False), (TherapistId(uuid7()), True)):
        with pytest.raises(TherapistNotFound):
            await public_service.therapist(session, therapist_id=therapist_id, known=known, now=now)


async def test_where_practice_is_permitted_depends_on_the_day(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await therapists.license_of(
        session,
        therapist_id=therapist_id,
        jurisdiction="US-KY",
        issued_on=date(2020, 1, 1),
        expires_on=date(2020, 12, 31),
    )

    async def on(day: date | None) -> tuple[str, ...]:
        return tuple(
            await public_service.practice_jurisdictions(
                session, therapist_id=therapist_id, on=day, known=False, now=now
            )
        )

    assert await on(None) == ("US-OH",)
    assert await on(date(2020, 1, 1)) == await on(date(2020, 12, 31)) == ("US-KY", "US-OH")
    assert await on(date(2019, 12, 31)) == await on(date(2021, 1, 1)) == ("US-OH",)
    assert await on(date(2015, 5, 31)) == ()
