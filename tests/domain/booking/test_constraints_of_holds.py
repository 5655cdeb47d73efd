"""SQL that goes around the service meets the rules of holds: whose time they shut, and how many there are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from domain.availability.schedule import SessionFormat
from domain.booking.states import Origin, Status, WaitlistStatus
from domain.booking.tables import Booking, WaitlistEntry
from domain.ids import BookingId, ClientId, TherapistId, WaitlistEntryId, uuid7
from tests.build import booking
from tests.build.booking import client
from tests.build.therapists import profile

GIVEN = [Origin.WAITLIST, Origin.REHOMING]


async def client_id(session: AsyncSession) -> ClientId:
    return (await client(session)).client_id


async def write(session: AsyncSession, row: ReturningInsert[BookingId]) -> BookingId:
    async with session.begin_nested():
        return (await session.scalars(row)).one()


async def given(
    session: AsyncSession,
    origin: Origin,
    *,
    therapist_id: TherapistId,
    client_id: ClientId,
    starts_at: datetime,
    but: Mapping[str, object] | None = None,
) -> BookingId:
    """Write a hold as the service gives it: to somebody who waits, or in place of a session that was lost.

    but: columns that are to be otherwise.
    """
    more: dict[str, object] = {"origin": origin, "hold_number": None}
    if origin is Origin.WAITLIST:
        more["waitlist_entry_id"] = await waiting(session, therapist_id=therapist_id, client_id=client_id)
    else:
        long_gone = starts_at - timedelta(days=400)
        more["in_place_of"] = await write(
            session,
            booking.row(therapist_id=therapist_id, client_id=client_id, starts_at=long_gone, status=Status.NO_SHOW),
        )
    return await write(
        session,
        booking.row(
            therapist_id=therapist_id,
            client_id=client_id,
            starts_at=starts_at,
            status=Status.HELD,
            more=more | dict(but or {}),
        ),
    )


async def waiting(session: AsyncSession, *, therapist_id: TherapistId, client_id: ClientId) -> WaitlistEntryId:
    written_at = datetime.now(UTC)
    entry_id = WaitlistEntryId(uuid7())
    await session.execute(
        insert(WaitlistEntry).values(
            id=entry_id,
            client_id=client_id,
            therapist_ids=[therapist_id],
            session_formats=[SessionFormat.VIDEO],
            jurisdiction="US-OH",
            zone=booking.ZONE,
            until_at=written_at + timedelta(days=30),
            status=WaitlistStatus.WAITING,
            version=1,
            created_at=written_at,
            updated_at=written_at,
        )
    )
    return entry_id


async def set_to(session: AsyncSession, booking_id: BookingId, **values: object) -> None:
    async with session.begin_nested():
        await session.execute(
            update(Booking)
            .where(Booking.id == booking_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


@pytest.mark.parametrize("origin", GIVEN)
async def test_a_hold_that_was_given_shuts_the_therapists_time(session: AsyncSession, origin: Origin) -> None:
    therapist_id, starts_at = await profile(session), booking.slot()
    await given(session, origin, therapist_id=therapist_id, client_id=await client_id(session), starts_at=starts_at)

    with pytest.raises(IntegrityError, match="booking_therapist_time_excl"):
        await write(
            session,
            booking.row(
                therapist_id=therapist_id,
                client_id=await client_id(session),
                starts_at=starts_at + timedelta(minutes=49),
            ),
        )


@pytest.mark.parametrize("origin", GIVEN)
async def test_a_hold_can_not_be_given_over_the_therapists_time(session: AsyncSession, origin: Origin) -> None:
    therapist_id, starts_at = await profile(session), booking.slot()
    await write(
        session, booking.row(therapist_id=therapist_id, client_id=await client_id(session), starts_at=starts_at)
    )
    by = await client_id(session)

    with pytest.raises(IntegrityError, match="booking_therapist_time_excl"):
        await given(session, origin, therapist_id=therapist_id, client_id=by, starts_at=starts_at)


@pytest.mark.parametrize("origin", GIVEN)
async def test_a_hold_that_was_given_leaves_the_clients_time_open_until_it_is_booked(
    session: AsyncSession, origin: Origin
) -> None:
    by, starts_at = await client_id(session), booking.slot()
    await write(session, booking.row(therapist_id=await profile(session), client_id=by, starts_at=starts_at))

    held = await given(session, origin, therapist_id=await profile(session), client_id=by, starts_at=starts_at)

    with pytest.raises(IntegrityError, match="booking_client_time_excl"):
        await set_to(session, held, status=Status.CONFIRMED, confirmed_at=datetime.now(UTC))


@pytest.mark.parametrize("origin", GIVEN)
async def test_a_hold_that_was_given_can_not_be_made_the_clients_own_over_their_time(
    session: AsyncSession, origin: Origin
) -> None:
    by, starts_at = await client_id(session), booking.slot()
    await write(session, booking.row(therapist_id=await profile(session), client_id=by, starts_at=starts_at))
    held = await given(session, origin, therapist_id=await profile(session), client_id=by, starts_at=starts_at)

    with pytest.raises(IntegrityError, match="booking_client_time_excl"):
        await set_to(session, held, origin=Origin.CLIENT, hold_number=1, waitlist_entry_id=None, in_place_of=None)


async def test_a_session_can_not_be_moved_over_another_of_its_therapist_or_client(session: AsyncSession) -> None:
    by, therapist_id, starts_at = await client_id(session), await profile(session), booking.slot()
    moved = await write(session, booking.row(therapist_id=therapist_id, client_id=by, starts_at=starts_at))
    tomorrow, later = starts_at + timedelta(days=1), starts_at + timedelta(days=2)
    await write(session, booking.row(therapist_id=therapist_id, client_id=await client_id(session), starts_at=tomorrow))
    await write(session, booking.row(therapist_id=await profile(session), client_id=by, starts_at=later))

    for at, by_rule in ((tomorrow, "booking_therapist_time_excl"), (later, "booking_client_time_excl")):
        with pytest.raises(IntegrityError, match=by_rule):
            async with session.begin_nested():
                await booking.move(session, booking_id=moved, starts_at=at)


async def test_a_client_has_three_holds_of_their_own_and_no_fourth(session: AsyncSession) -> None:
    by, starts_at = await client_id(session), booking.slot()

    def hold(day: int, *, number: int | None) -> ReturningInsert[BookingId]:
        return booking.row(
            therapist_id=therapist_id,
            client_id=by,
            starts_at=starts_at + timedelta(days=day),
            status=Status.HELD,
            more={"hold_number": number},
        )

    therapist_id = await profile(session)
    for number in (1, 2, 3):
        await write(session, hold(number, number=number))

    refusals: list[tuple[int | None, str]] = [
        (1, "booking_hold_number_key"),
        (3, "booking_hold_number_key"),
        (4, "booking_hold_number_check"),
        (0, "booking_hold_number_check"),
        (None, "booking_own_hold_check"),
    ]
    for refused, by_rule in refusals:
        with pytest.raises(IntegrityError, match=by_rule):
            await write(session, hold(4, number=refused))


async def test_a_number_is_free_again_when_its_hold_is_gone(session: AsyncSession) -> None:
    by, therapist_id, starts_at = await client_id(session), await profile(session), booking.slot()
    released = await write(
        session, booking.row(therapist_id=therapist_id, client_id=by, starts_at=starts_at, status=Status.HELD)
    )
    await set_to(session, released, status=Status.RELEASED)
    await write(
        session,
        booking.row(
            therapist_id=therapist_id, client_id=by, starts_at=starts_at + timedelta(days=1), status=Status.HELD
        ),
    )

    with pytest.raises(IntegrityError, match="booking_hold_number_key"):
        await set_to(session, released, status=Status.HELD)


async def test_given_holds_are_not_numbered_and_do_not_count(session: AsyncSession) -> None:
    by, therapist_id, starts_at = await client_id(session), await profile(session), booking.slot()
    days = [starts_at + timedelta(days=number) for number in range(6)]
    for day in days[:5]:
        await given(session, Origin.WAITLIST, therapist_id=therapist_id, client_id=by, starts_at=day)

    with pytest.raises(IntegrityError, match="booking_hold_number_check"):
        await given(
            session,
            Origin.WAITLIST,
            therapist_id=therapist_id,
            client_id=by,
            starts_at=days[5],
            but={"hold_number": 1},
        )


async def test_a_given_hold_names_what_it_was_given_for(session: AsyncSession) -> None:
    by, therapist_id, starts_at = await client_id(session), await profile(session), booking.slot()

    for but, by_rule in (
        ({"waitlist_entry_id": None}, "booking_provenance_check"),
        ({"origin": Origin.REHOMING}, "booking_provenance_check"),
        ({"client_id": await client_id(session)}, "booking_waitlist_entry_id_fkey"),
    ):
        with pytest.raises(IntegrityError, match=by_rule):
            await given(session, Origin.WAITLIST, therapist_id=therapist_id, client_id=by, starts_at=starts_at, but=but)
