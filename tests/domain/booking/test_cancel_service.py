from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.booking import book_service, cancel_service, hold_service, service, ways_on_service
from domain.booking.cancel_service import CancelRequest
from domain.booking.refusals import AppointmentNotFound, TransitionNotAllowed
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.ids import BookingId, TherapistId, uuid7
from domain.vault.cipher import Place
from tests.build import booking
from tests.build.booking import client
from tests.build.therapists import listed_therapist


async def booked(session: AsyncSession, *, therapist_id: TherapistId, by: Actor, now: datetime) -> Booking:
    return await book_service.book(session, wanted=booking.wanted(therapist_id), by=by, now=now, after=())


async def cancelled(
    session: AsyncSession,
    *,
    appointment_id: BookingId,
    by: Actor,
    now: datetime,
    parts: Parts,
    reason: ReasonCode = ReasonCode.SCHEDULE,
    note: str | None = None,
) -> Booking:
    return await cancel_service.cancel(
        session,
        appointment_id=appointment_id,
        request=CancelRequest(reason=reason, note=note),
        vault=parts.vault,
        by=by,
        now=now,
    )


async def test_a_cancelled_time_is_free_at_once(session: AsyncSession, now: datetime, parts: Parts) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id=therapist_id, by=by, now=now)

    gone = await cancelled(session, appointment_id=appointment.id, by=by, now=now, parts=parts)
    again = await hold_service.hold(session, wanted=booking.wanted(therapist_id), by=await client(session), now=now)

    assert (gone.status, gone.cancelled_by, gone.reason_code) == (Status.CANCELLED, Party.CLIENT, ReasonCode.SCHEDULE)
    assert (gone.cancelled_at, gone.fee_due_minor, gone.version) == (now, 0, 2)
    assert again.status is Status.HELD


@pytest.mark.parametrize(
    ("hours", "reason", "fee_minor"),
    [
        (25, ReasonCode.SCHEDULE, 0),
        (2, ReasonCode.SCHEDULE, 7_500),
        (2, ReasonCode.ILLNESS, 0),
        (2, ReasonCode.EMERGENCY, 0),
    ],
)
async def test_a_client_owes_what_the_terms_say(
    session: AsyncSession, now: datetime, parts: Parts, hours: int, reason: ReasonCode, fee_minor: int
) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)
    later = appointment.starts_at - timedelta(hours=hours)

    gone = await cancelled(session, appointment_id=appointment.id, by=by, now=later, parts=parts, reason=reason)

    assert gone.fee_due_minor == fee_minor


async def test_the_preview_says_what_cancelling_costs(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)
    later = appointment.starts_at - timedelta(hours=3)

    preview = await cancel_service.preview(session, appointment_id=appointment.id, by=by, now=later)
    gone = await cancelled(session, appointment_id=appointment.id, by=by, now=later, parts=parts)

    assert preview.fee.amount == gone.fee_due_minor == 7_500
    assert "24 hours" in preview.rule


async def test_a_therapist_who_cancels_costs_nothing_and_leaves_alternatives(
    session: AsyncSession, now: datetime, parts: Parts
) -> None:
    therapist_id = await listed_therapist(session)
    by = await client(session)
    appointment = await booked(session, therapist_id=therapist_id, by=by, now=now)
    therapist = booking.acting_therapist(therapist_id)
    late = appointment.starts_at - timedelta(hours=1)

    gone = await cancelled(session, appointment_id=appointment.id, by=therapist, now=late, parts=parts)
    for_client = await ways_on_service.after_cancelling(session, appointment=gone, by=by, now=now)
    for_therapist = await ways_on_service.after_cancelling(session, appointment=gone, by=therapist, now=now)

    assert (gone.fee_due_minor, gone.cancelled_by) == (0, Party.THERAPIST)
    assert for_therapist is None
    assert for_client is not None
    assert len(for_client) == 3
    assert appointment.starts_at not in {offer.starts_at for offer in for_client}
    for offer in for_client:
        await hold_service.hold(
            session, wanted=booking.wanted(offer.therapist_id, starts_at=offer.starts_at), by=by, now=now
        )


async def test_a_client_who_cancels_gets_no_alternatives(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)
    gone = await cancelled(session, appointment_id=appointment.id, by=by, now=now, parts=parts)

    ways_on = await ways_on_service.after_cancelling(session, appointment=gone, by=by, now=now)

    assert ways_on is None


async def test_cancelling_twice_is_not_allowed(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)
    await cancelled(session, appointment_id=appointment.id, by=by, now=now, parts=parts)

    with pytest.raises(TransitionNotAllowed):
        await cancelled(session, appointment_id=appointment.id, by=by, now=now, parts=parts)
    with pytest.raises(TransitionNotAllowed):
        await cancel_service.preview(session, appointment_id=appointment.id, by=by, now=now)


async def test_what_has_started_can_not_be_cancelled(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)

    with pytest.raises(TransitionNotAllowed):
        await cancelled(session, appointment_id=appointment.id, by=by, now=appointment.starts_at, parts=parts)


async def test_a_note_is_sealed_for_its_place(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=by, now=now)

    gone = await cancelled(session, appointment_id=appointment.id, by=by, now=now, parts=parts, note="I moved away")

    assert gone.note_sealed is not None
    assert b"moved" not in gone.note_sealed
    place = Place(table="booking", row=gone.id, column="note_sealed")
    assert parts.vault.open(gone.note_sealed, place=place) == "I moved away"


async def test_to_everybody_else_there_is_no_appointment(session: AsyncSession, now: datetime, parts: Parts) -> None:
    appointment = await booked(session, therapist_id=await listed_therapist(session), by=await client(session), now=now)
    strangers = (await client(session), booking.acting_therapist(await listed_therapist(session)))

    for stranger in strangers:
        for appointment_id in (appointment.id, BookingId(uuid7())):
            with pytest.raises(AppointmentNotFound):
                await service.appointment(session, appointment_id=appointment_id, by=stranger)
            with pytest.raises(AppointmentNotFound):
                await cancel_service.preview(session, appointment_id=appointment_id, by=stranger, now=now)
            with pytest.raises(AppointmentNotFound):
                await cancelled(session, appointment_id=appointment_id, by=stranger, now=now, parts=parts)


async def test_a_hold_is_no_appointment(session: AsyncSession, now: datetime, parts: Parts) -> None:
    by = await client(session)
    held = await hold_service.hold(session, wanted=booking.wanted(await listed_therapist(session)), by=by, now=now)

    with pytest.raises(AppointmentNotFound):
        await service.appointment(session, appointment_id=held.id, by=by)
    with pytest.raises(AppointmentNotFound):
        await cancelled(session, appointment_id=held.id, by=by, now=now, parts=parts)
