from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import verdict_service
from domain.booking.offer import Offer
from domain.booking.offers_service import SessionTypeUnknown
from domain.booking.refusals import (
    LicenseNotValidAtSession,
    OwnTimeOverlaps,
    SlotNotOffered,
    SlotTaken,
)
from domain.booking.verdict_service import FormatNotOffered
from domain.ids import TherapistId, uuid7
from domain.therapists.service import TherapistNotFound
from tests.build import booking, occupied_time, therapists
from tests.build.availability import schedule, session_type
from tests.build.offers import Asked, day_of, noon, offered, why_not


async def assert_all_can_be_held(
    session: AsyncSession, alternatives: Sequence[Offer], asked: Asked, *, now: datetime
) -> None:
    for each in alternatives:
        wanted = replace(
            asked, therapist_id=each.therapist_id, session_type=each.session_type, starts_at=each.starts_at
        )
        assert await why_not(session, wanted, now=now) == each


async def test_what_a_client_wants_comes_back_with_all_a_booking_needs(session: AsyncSession, now: datetime) -> None:
    asked = Asked(
        therapist_id=await therapists.listed_therapist(session),
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now),
    )

    found = await why_not(session, asked, now=now)

    assert (found.starts_at, found.ends_at) == (asked.starts_at, asked.starts_at + timedelta(minutes=50))
    assert found.occupied.ends_at == asked.starts_at + timedelta(minutes=60)
    assert (found.zone, found.wall_start.time()) == ("America/New_York", time(12))
    assert (found.fee.amount, found.capacity) == (15000, 1)


async def test_a_start_may_carry_any_offset(session: AsyncSession, now: datetime) -> None:
    asked = Asked(
        therapist_id=await therapists.listed_therapist(session),
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now).astimezone(wall_clock.zone("Asia/Kolkata")),
    )

    found = await why_not(session, asked, now=now)

    assert found.starts_at.tzinfo is UTC


async def test_a_therapist_who_is_not_listed_is_not_found(session: AsyncSession, now: datetime) -> None:
    hidden = await therapists.profile(session)
    client_id = await occupied_time.somebody(session)

    for therapist_id in (hidden, TherapistId(uuid7())):
        with pytest.raises(TherapistNotFound):
            await why_not(session, Asked(therapist_id=therapist_id, client_id=client_id, starts_at=noon(now)), now=now)


async def test_an_unknown_session_type_and_a_format_that_is_not_offered_are_named(
    session: AsyncSession, now: datetime
) -> None:
    asked = Asked(
        therapist_id=await therapists.listed_therapist(session),
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now),
    )

    with pytest.raises(SessionTypeUnknown) as unknown:
        await why_not(session, replace(asked, session_type="walk_in"), now=now)
    with pytest.raises(FormatNotOffered) as not_offered:
        await why_not(session, replace(asked, session_format=SessionFormat.PHONE), now=now)

    assert [flaw.pointer for flaw in (*unknown.value.flaws, *not_offered.value.flaws)] == [
        "/session_type",
        "/session_format",
    ]


async def test_the_license_is_named_before_the_hours(session: AsyncSession, now: datetime) -> None:
    elsewhere = await therapists.listed_therapist(session, jurisdiction="US-TX")
    at_night = noon(now) - timedelta(hours=9)

    with pytest.raises(LicenseNotValidAtSession):
        await why_not(
            session,
            Asked(therapist_id=elsewhere, client_id=await occupied_time.somebody(session), starts_at=at_night),
            now=now,
        )


async def test_a_license_must_outlast_the_session(session: AsyncSession, now: datetime) -> None:
    last_day = wall_clock.local(now, "America/New_York").date() + timedelta(days=5)
    therapist_id = await therapists.listed_therapist(session, expires_on=last_day)
    client_id = await occupied_time.somebody(session)

    found = await offered(
        session, therapist_id, window=Interval(starts_at=now, ends_at=now + timedelta(days=20)), now=now
    )
    with pytest.raises(LicenseNotValidAtSession) as refused:
        await why_not(
            session, Asked(therapist_id=therapist_id, client_id=client_id, starts_at=noon(now, days=6)), now=now
        )

    assert max(found) == noon(now, days=5) + timedelta(hours=4)
    assert [each.therapist_id for each in refused.value.alternatives] == [therapist_id] * 3


async def test_a_start_off_the_grid_too_soon_or_past_is_not_offered(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(notice=24 * 60, horizon_days=30))
    client_id = await occupied_time.somebody(session)

    for starts_at in (
        noon(now) + timedelta(minutes=7),
        noon(now) - timedelta(hours=9),
        now + timedelta(hours=1),
        noon(now, days=-3),
        noon(now, days=40),
    ):
        with pytest.raises(SlotNotOffered) as refused:
            await why_not(session, Asked(therapist_id=therapist_id, client_id=client_id, starts_at=starts_at), now=now)
        assert len(refused.value.alternatives) == 3


async def test_a_slot_that_was_taken_comes_with_three_that_can_be_held(session: AsyncSession, now: datetime) -> None:
    therapist_id = await therapists.listed_therapist(session)
    rival, client_id = await occupied_time.somebody(session), await occupied_time.somebody(session)
    await occupied_time.session_of(session, therapist_id=therapist_id, client_id=rival, starts_at=noon(now))
    asked = Asked(therapist_id=therapist_id, client_id=client_id, starts_at=noon(now))

    with pytest.raises(SlotTaken) as refused:
        await why_not(session, asked, now=now)

    hours = [(each.starts_at - noon(now)) // timedelta(hours=1) for each in refused.value.alternatives]
    assert hours == [-1, 1, -2]
    await assert_all_can_be_held(session, refused.value.alternatives, asked, now=now)


async def test_the_clients_own_time_is_a_conflict_that_names_what_stands_there(
    session: AsyncSession, now: datetime
) -> None:
    wanted, other = await therapists.listed_therapist(session), await therapists.listed_therapist(session)
    client_id = await occupied_time.somebody(session)
    own = await occupied_time.session_of(session, therapist_id=other, client_id=client_id, starts_at=noon(now))

    with pytest.raises(OwnTimeOverlaps) as refused:
        await why_not(session, Asked(therapist_id=wanted, client_id=client_id, starts_at=noon(now)), now=now)
    to_the_client = await offered(session, wanted, window=day_of(noon(now)), client_id=client_id, now=now)
    to_others = await offered(session, wanted, window=day_of(noon(now)), now=now)

    assert refused.value.appointment_id == own
    assert noon(now) not in to_the_client
    assert set(to_others) - set(to_the_client) == {noon(now)}


@pytest.mark.parametrize(("accepting_clients", "caseload_limit"), [(False, 30), (True, 1), (True, 0)])
async def test_a_therapist_without_room_is_open_to_their_own_clients_only(
    session: AsyncSession,
    now: datetime,
    accepting_clients: bool,  # noqa: FBT001 - a table of cases
    caseload_limit: int,
) -> None:
    therapist_id = await therapists.listed_therapist(
        session, accepting_clients=accepting_clients, caseload_limit=caseload_limit
    )
    own, new = await occupied_time.somebody(session), await occupied_time.somebody(session)
    await occupied_time.session_of(session, therapist_id=therapist_id, client_id=own, starts_at=noon(now, days=2))

    with pytest.raises(SlotNotOffered):
        await why_not(session, Asked(therapist_id=therapist_id, client_id=new, starts_at=noon(now)), now=now)

    again = await why_not(session, Asked(therapist_id=therapist_id, client_id=own, starts_at=noon(now)), now=now)

    assert again.starts_at == noon(now)
    assert await offered(session, therapist_id, window=day_of(noon(now)), client_id=own, now=now)
    assert not await offered(session, therapist_id, window=day_of(noon(now)), client_id=new, now=now)


async def test_others_who_share_a_concern_come_first_where_the_one_wanted_has_no_license(
    session: AsyncSession, now: datetime
) -> None:
    elsewhere = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await therapists.listed_therapist(session, jurisdiction="US-TX")
    for _ in range(verdict_service.OTHERS_ASKED):
        await therapists.listed_therapist(session, primary_concerns=("sleep.insomnia",))
    near = await therapists.listed_therapist(session, schedule=schedule(slot_interval=30))
    asked = Asked(
        therapist_id=elsewhere,
        client_id=await occupied_time.somebody(session),
        starts_at=noon(now) + timedelta(minutes=30),
    )

    with pytest.raises(LicenseNotValidAtSession) as refused:
        await why_not(session, asked, now=now)

    alternatives = refused.value.alternatives
    assert len(alternatives) == 3
    assert elsewhere not in {each.therapist_id for each in alternatives}
    assert (alternatives[0].therapist_id, alternatives[0].starts_at) == (near, asked.starts_at)
    await assert_all_can_be_held(session, alternatives, asked, now=now)


async def test_alternatives_keep_to_the_format_and_to_the_clients_own_time(
    session: AsyncSession, now: datetime
) -> None:
    kinds = (session_type(session_formats=(SessionFormat.IN_PERSON,)),)
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(session_types=kinds))
    by_video = await therapists.listed_therapist(session)
    client_id = await occupied_time.somebody(session)
    await occupied_time.session_of(
        session, therapist_id=by_video, client_id=client_id, starts_at=noon(now) + timedelta(hours=1)
    )

    found = await verdict_service.alternatives(
        session,
        instead_of=booking.wanted(therapist_id, starts_at=noon(now)),
        place="US-OH",
        client_id=client_id,
        now=now,
        not_during=Interval(starts_at=noon(now), ends_at=noon(now) + timedelta(minutes=50)),
    )

    assert [(each.therapist_id, each.starts_at - noon(now)) for each in found] == [
        (by_video, timedelta(hours=-1)),
        (by_video, timedelta(hours=-2)),
        (by_video, timedelta(hours=2)),
    ]


async def test_a_start_beyond_every_horizon_is_answered_with_the_soonest_there_is(
    session: AsyncSession, now: datetime
) -> None:
    therapist_id = await therapists.listed_therapist(session, schedule=schedule(horizon_days=60))
    client_id = await occupied_time.somebody(session)
    asked = Asked(therapist_id=therapist_id, client_id=client_id, starts_at=noon(now, days=200))

    with pytest.raises(SlotNotOffered) as refused:
        await why_not(session, asked, now=now)

    alternatives = refused.value.alternatives
    assert [each.therapist_id for each in alternatives] == [therapist_id] * 3
    assert all(each.starts_at - now < timedelta(days=5) for each in alternatives)
    await assert_all_can_be_held(session, alternatives, asked, now=now)
