from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access.actor import Actor
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.availability import wall_clock
from domain.booking import book_service, hold_service, series_service
from domain.booking.claim_service import PlaceUnknown
from domain.booking.consequences import Booked
from domain.booking.offers_service import SessionTypeUnknown
from domain.booking.refusals import LicenseNotValidAtSession, SeriesNotFound, SlotNotOffered, WeeksRefused
from domain.booking.series import OnConflict, Reason, WeekRefused
from domain.booking.series_service import BookedSeries, SeriesWanted
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking, Series
from domain.booking.wanted import Wanted
from domain.ids import SeriesId, TherapistId, uuid7
from domain.insertion import Insertion
from domain.therapists.service import TherapistNotFound
from tests.build import booking, statements
from tests.build.availability import schedule, session_type
from tests.build.booking import client
from tests.build.therapists import listed_therapist


async def standing(
    session: AsyncSession,
    first: Wanted,
    *,
    weeks: int = 4,
    on_conflict: OnConflict = OnConflict.ABORT,
    by: Actor,
    now: datetime,
) -> BookedSeries:
    return await series_service.create(
        session,
        wanted=SeriesWanted(first=first, weeks=weeks, on_conflict=on_conflict),
        by=by,
        now=now,
        after=(),
    )


def week(number: int, *, hour: int = 10, days: int = 3) -> datetime:
    """Give the start of a week of the series, counted from 0."""
    return booking.slot(days=days + 7 * number, hour=hour)


async def take(session: AsyncSession, therapist_id: TherapistId, *, starts_at: datetime, now: datetime) -> None:
    wanted = booking.wanted(therapist_id, starts_at=starts_at)
    await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)


async def count(session: AsyncSession, by: Actor) -> tuple[int, int]:
    bookings = select(func.count()).select_from(Booking).where(Booking.client_id == by.client_id)
    rows = select(func.count()).select_from(Series).where(Series.client_id == by.client_id)
    return await session.scalar(bookings) or 0, await session.scalar(rows) or 0


async def test_every_week_is_booked_at_the_same_wall_time(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)

    found = await standing(session, booking.wanted(therapist_id), weeks=26, by=by, now=now)

    assert [each.starts_at for each in found.appointments] == [week(number) for number in range(26)]
    assert {each.wall_start.time().isoformat() for each in found.appointments} == {"10:00:00"}
    assert {(each.status, each.series_id) for each in found.appointments} == {(Status.CONFIRMED, found.series.id)}
    assert found.skipped == ()


async def test_abort_names_every_conflict_and_leaves_nothing(session: AsyncSession, now: datetime) -> None:
    therapist_id, other = await listed_therapist(session), await listed_therapist(session)
    by = await client(session)
    await take(session, therapist_id, starts_at=week(1), now=now)
    own = booking.wanted(other, starts_at=week(2))
    await book_service.book(session, wanted=own, by=by, now=now, after=())

    with pytest.raises(WeeksRefused) as refused:
        await standing(session, booking.wanted(therapist_id), by=by, now=now)

    assert refused.value.conflicts == (
        WeekRefused(starts_at=week(1), reason=Reason.TAKEN),
        WeekRefused(starts_at=week(2), reason=Reason.OWN_TIME),
    )
    assert len(refused.value.alternatives) == 3
    assert abs(refused.value.alternatives[0].starts_at - week(1)) < timedelta(days=1)
    assert await count(session, by) == (1, 0)


async def test_skip_books_the_rest_and_names_what_was_skipped(session: AsyncSession, now: datetime) -> None:
    ends = wall_clock.local(now, booking.ZONE).date() + timedelta(days=20)
    therapist_id = await listed_therapist(session, expires_on=ends)
    by = await client(session)
    await take(session, therapist_id, starts_at=week(0), now=now)

    found = await standing(session, booking.wanted(therapist_id), weeks=5, on_conflict=OnConflict.SKIP, by=by, now=now)

    assert [each.starts_at for each in found.appointments] == [week(1), week(2)]
    assert found.skipped == (
        WeekRefused(starts_at=week(0), reason=Reason.TAKEN),
        WeekRefused(starts_at=week(3), reason=Reason.LICENSE),
        WeekRefused(starts_at=week(4), reason=Reason.LICENSE),
    )


async def test_skip_with_nothing_left_is_refused_too(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)

    with pytest.raises(WeeksRefused) as refused:
        await standing(
            session,
            booking.wanted(therapist_id, starts_at=week(0, hour=20)),
            on_conflict=OnConflict.SKIP,
            by=by,
            now=now,
        )

    assert [each.reason for each in refused.value.conflicts] == [Reason.NOT_OFFERED] * 4
    assert await count(session, by) == (0, 0)


async def test_a_daily_limit_binds_each_week(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=1))
    await take(session, therapist_id, starts_at=week(1, hour=15), now=now)

    found = await standing(
        session,
        booking.wanted(therapist_id),
        weeks=3,
        on_conflict=OnConflict.SKIP,
        by=await client(session),
        now=now,
    )

    assert [each.starts_at for each in found.appointments] == [week(0), week(2)]
    assert found.skipped == (WeekRefused(starts_at=week(1), reason=Reason.NOT_OFFERED),)


async def test_holds_that_have_run_out_make_way(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    wanted = booking.wanted(therapist_id, starts_at=week(1))
    stale = await hold_service.hold(session, wanted=wanted, by=await client(session), now=now)
    await booking.run_out(session, hold_id=stale.id)

    found = await standing(session, booking.wanted(therapist_id), by=await client(session), now=now)

    assert len(found.appointments) == 4


async def test_a_series_of_a_group_takes_a_seat_each_week(session: AsyncSession, now: datetime) -> None:
    kind = session_type(code="group_50", capacity=2)
    therapist_id = await listed_therapist(session, schedule=schedule(session_types=(kind,)))
    wanted = booking.wanted(therapist_id, session_type="group_50")
    people = [await client(session) for _ in range(3)]

    both = [await standing(session, wanted, by=by, now=now) for by in people[:2]]
    with pytest.raises(WeeksRefused) as refused:
        await standing(session, wanted, by=people[2], now=now)

    assert [each.kind for each in both[0].appointments] == [Kind.SEAT] * 4
    assert [each.seat_number for each in both[1].appointments] == [2] * 4
    assert [each.reason for each in refused.value.conflicts] == [Reason.TAKEN] * 4


async def test_only_the_first_session_is_the_first_with_the_therapist(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    told: list[tuple[datetime, bool]] = []

    def note(booked: Booked) -> tuple[Insertion, ...]:
        told.append((booked.starts_at, booked.first_with_therapist))
        return ()

    for first in (week(0), week(0, hour=15)):
        await series_service.create(
            session,
            wanted=SeriesWanted(
                first=booking.wanted(therapist_id, starts_at=first), weeks=2, on_conflict=OnConflict.ABORT
            ),
            by=by,
            now=now,
            after=(note,),
        )

    assert told == [(week(0), True), (week(1), False), (week(0, hour=15), False), (week(1, hour=15), False)]


async def test_a_full_caseload_takes_nobody_new_on(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, accepting_clients=False)
    by = await client(session)

    with pytest.raises(SlotNotOffered):
        await standing(session, booking.wanted(therapist_id), by=by, now=now)

    assert await count(session, by) == (0, 0)


async def test_a_license_that_is_missing_is_named_before_the_caseload(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session, accepting_clients=False)
    wanted = booking.wanted(therapist_id, jurisdiction="US-TX")

    with pytest.raises(LicenseNotValidAtSession):
        await standing(session, wanted, by=await client(session), now=now)


async def test_what_can_not_be_meant_is_refused(session: AsyncSession, now: datetime) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)

    with pytest.raises(SessionTypeUnknown):
        await standing(session, booking.wanted(therapist_id, session_type="unheard_of"), by=by, now=now)
    with pytest.raises(PlaceUnknown):
        await standing(session, booking.wanted(therapist_id, jurisdiction="XX-1"), by=by, now=now)
    with pytest.raises(TherapistNotFound):
        await standing(session, booking.wanted(TherapistId(uuid7())), by=by, now=now)
    with pytest.raises(WrongRole):
        await standing(session, booking.wanted(therapist_id), by=booking.acting_therapist(therapist_id), now=now)


async def test_its_parties_read_it_and_nobody_else(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)
    found = await standing(session, booking.wanted(therapist_id), by=by, now=now)
    strangers = (await client(session), booking.acting_therapist(await listed_therapist(session)))

    seen = [
        await series_service.read(session, series_id=found.series.id, by=party)
        for party in (by, booking.acting_therapist(therapist_id))
    ]

    assert [[each.id for each in one.appointments] for one in seen] == [[each.id for each in found.appointments]] * 2
    for stranger in strangers:
        for series_id in (found.series.id, SeriesId(uuid7())):
            with pytest.raises(SeriesNotFound):
                await series_service.read(session, series_id=series_id, by=stranger)


async def test_the_audit_says_who_booked_the_series_and_each_session(session: AsyncSession, now: datetime) -> None:
    by = await client(session)

    found = await standing(session, booking.wanted(await listed_therapist(session)), weeks=2, by=by, now=now)
    await session.flush()

    entries = await session.execute(
        select(AuditEntry.action, AuditEntry.subject_id).where(AuditEntry.actor_id == by.account_id)
    )
    assert {(action, subject) for action, subject in entries} == {
        (Action.SERIES_CREATE, found.series.id),
        *((Action.APPOINTMENT_BOOK, each.id) for each in found.appointments),
    }


async def test_a_longer_series_loads_no_more_often(
    session: AsyncSession, connection: AsyncConnection, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    asked: list[int] = []

    for weeks in (2, 26):
        by = await client(session)
        seen = statements.reads(connection)
        with pytest.raises(WeeksRefused):  # what is decided before anything is written
            await standing(
                session, booking.wanted(therapist_id, starts_at=week(0, hour=20)), weeks=weeks, by=by, now=now
            )
        asked.append(len(seen))

    assert asked[0] == asked[1]


async def test_the_series_keeps_what_was_asked_for(session: AsyncSession, now: datetime) -> None:
    by = await client(session)
    therapist_id = await listed_therapist(session)

    found = await standing(session, booking.wanted(therapist_id), weeks=3, by=by, now=now)

    row = await session.get_one(Series, found.series.id)
    assert (row.weeks, row.zone, row.session_type) == (3, booking.ZONE, "individual_50")
    assert row.wall_start == wall_clock.local(week(0), booking.ZONE)
    assert (row.client_id, row.therapist_id) == (by.client_id, therapist_id)
