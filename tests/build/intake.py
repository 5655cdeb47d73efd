"""A client and a therapist around an appointment with its forms, as tests need them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.consequences import Booked
from domain.booking.states import Attendance, Status
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.database import write_along
from domain.ids import BookingId, ClientId, FormResponseId, TherapistId
from domain.intake import attaching
from domain.intake.tables import FormResponse
from tests.build import accounts, clients, occupied_time, therapists
from tests.build.accounts import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A first appointment with its form, and the two who share it."""

    client: Person
    therapist: Person
    booking_id: BookingId
    response_id: FormResponseId


async def client(session: AsyncSession, parts: Parts, *, jurisdiction: str = "US-OH") -> Person:
    """Store a client with a profile, signed in."""
    actor = await clients.client(session, vault=parts.vault, told=clients.profile(jurisdiction=jurisdiction))
    return await accounts.signed_in(session, parts, role=Role.CLIENT, of=actor.account_id)


async def therapist(session: AsyncSession, parts: Parts) -> Person:
    """Store a therapist with a profile, signed in."""
    account_id = await accounts.account(session, role=Role.THERAPIST)
    await therapists.profile(session, of=account_id)
    return await accounts.signed_in(session, parts, role=Role.THERAPIST, of=account_id)


async def appointment(
    session: AsyncSession, *, client_id: ClientId, therapist_id: TherapistId, status: Status = Status.CONFIRMED
) -> BookingId:
    """Store an appointment of tomorrow, straight into the table."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return await occupied_time.session_of(
        session, therapist_id=therapist_id, client_id=client_id, starts_at=tomorrow, status=status
    )


async def booked(session: AsyncSession, *, booking_id: BookingId, by: Person, first: bool = True) -> Booked:
    """Give the facts that booking passes on."""
    row = await session.get_one(Booking, booking_id)
    return Booked(
        booking_id=row.id,
        client_id=by.actor.client_id,
        therapist_id=row.therapist_id,
        starts_at=row.starts_at,
        first_with_therapist=first,
        by=by.actor,
        now=row.created_at,
    )


async def prepared(session: AsyncSession, parts: Parts, *, jurisdiction: str = "US-OH") -> Prepared:
    """Store a first appointment with its form, both sides signed in."""
    seeker = await client(session, parts, jurisdiction=jurisdiction)
    giver = await therapist(session, parts)
    booking_id = await appointment(session, client_id=seeker.actor.client_id, therapist_id=giver.actor.therapist_id)
    await write_along(
        session, attaching.preparing(parts.vault)(await booked(session, booking_id=booking_id, by=seeker))
    )
    await session.commit()  # over a test's one connection this ends a savepoint only
    response_id = await session.scalar(select(FormResponse.id).where(FormResponse.booking_id == booking_id))
    assert response_id is not None
    return Prepared(client=seeker, therapist=giver, booking_id=booking_id, response_id=response_id)


async def move_to(session: AsyncSession, booking_id: BookingId, status: Status) -> None:
    """Put an appointment into another state, as booking does."""
    row = await session.get_one(Booking, booking_id)
    row.status = status
    row.attendance = Attendance.CLIENT_NO_SHOW if status is Status.NO_SHOW else None
    if status is Status.CANCELLED:
        row.cancelled_at = row.created_at
        row.cancelled_by = Party.CLIENT
        row.reason_code = ReasonCode.CLIENT_REQUEST
        row.fee_due_minor = 0
    await session.commit()
