"""Times, wishes and rows of booking as tests need them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Interval as SqlInterval
from sqlalchemy import cast, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from domain.access.actor import Actor, Role
from domain.availability import wall_clock
from domain.availability.schedule import SessionFormat
from domain.booking.states import Attendance, Kind, Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.clients.tables import Client
from domain.database import database_now
from domain.ids import AccountId, BookingId, ClientId, MatchId, SessionId, TherapistId, uuid7
from tests.build import accounts

ZONE = "America/New_York"


async def client(session: AsyncSession, *, jurisdiction: str = "US-OH") -> Actor:
    """Store a client who is signed in, with a profile whose sealed fields open nowhere."""
    actor = await accounts.actor(session, role=Role.CLIENT)
    told_at = datetime.now(UTC)
    session.add(
        Client(
            id=actor.client_id,
            preferred_name_sealed=b"sealed nowhere",
            birth_date_sealed=b"sealed nowhere",
            jurisdiction=jurisdiction,
            time_zone=ZONE,
            languages=["en"],
            version=1,
            created_at=told_at,
            updated_at=told_at,
        )
    )
    await session.flush()
    return actor


def slot(*, days: int = 3, hour: int = 10, minute: int = 0) -> datetime:
    """Give the instant of a wall time in New York, so many days from today; a slot of the schedule tests build."""
    on = wall_clock.local(datetime.now(UTC), ZONE).date() + timedelta(days=days)
    found = wall_clock.instant(datetime.combine(on, time(hour, minute)), ZONE)
    assert found is not None
    return found


def wanted(
    therapist_id: TherapistId,
    *,
    starts_at: datetime | None = None,
    session_type: str = "individual_50",
    session_format: SessionFormat = SessionFormat.VIDEO,
    jurisdiction: str | None = None,
    match_id: MatchId | None = None,
) -> Wanted:
    return Wanted(
        therapist_id=therapist_id,
        session_type=session_type,
        starts_at=starts_at or slot(),
        session_format=session_format,
        jurisdiction=jurisdiction,
        match_id=match_id,
    )


def acting_therapist(therapist_id: TherapistId) -> Actor:
    return Actor(account_id=AccountId(therapist_id), role=Role.THERAPIST, session_id=SessionId(uuid7()))


def row(
    *,
    therapist_id: TherapistId,
    client_id: ClientId | None,
    starts_at: datetime,
    minutes: int = 50,
    buffer_minutes: int = 0,
    kind: Kind = Kind.INDIVIDUAL,
    status: Status = Status.CONFIRMED,
    group_id: BookingId | None = None,
    seat_number: int | None = None,
    capacity: int | None = None,
    more: Mapping[str, object] | None = None,
) -> ReturningInsert[BookingId]:
    """Give a plain insert that goes around the service and its rules. more: columns that are to be otherwise."""
    during = Range(starts_at, starts_at + timedelta(minutes=minutes), bounds="[)")
    occupied = Range(
        starts_at - timedelta(minutes=buffer_minutes),
        starts_at + timedelta(minutes=minutes + buffer_minutes),
        bounds="[)",
    )
    written_at = datetime.now(UTC)
    held = status in {Status.HELD, Status.EXPIRED, Status.RELEASED} and kind is not Kind.GROUP
    of_client = kind is not Kind.GROUP
    values: dict[str, object] = {
        "id": uuid7(),
        "kind": kind,
        "status": status,
        "therapist_id": therapist_id,
        "client_id": client_id,
        "session_type": "individual_50",
        "session_format": SessionFormat.VIDEO if of_client else None,
        "jurisdiction": "US-OH" if of_client else None,
        "during": during,
        "occupied": occupied,
        "wall_start": wall_clock.local(starts_at, ZONE),
        "zone": ZONE,
        "fee_minor": 15_000 if of_client else None,
        "currency": "usd" if of_client else None,
        "free_cancellation_hours": 24 if of_client else None,
        "late_fee_percent": 50 if of_client else None,
        "group_id": group_id,
        "seat_number": seat_number,
        "capacity": capacity,
        "held_at": written_at if held else None,
        "expires_at": written_at + timedelta(minutes=10) if held else None,
        "confirmed_at": None if held or not of_client else written_at,
        "hold_number": 1 if status is Status.HELD and of_client else None,
        "attendance": Attendance.CLIENT_NO_SHOW if status is Status.NO_SHOW else None,
        "version": 1,
        "created_at": written_at,
        "updated_at": written_at,
    }
    return insert(Booking).values(values | dict(more or {})).returning(Booking.id)


async def run_out(session: AsyncSession, *, hold_id: BookingId, hours: int = 1) -> None:
    """Let a hold's time be over, as if it had been made so many hours ago."""
    hour = cast(timedelta(hours=hours), SqlInterval)
    await session.execute(
        update(Booking)
        .where(Booking.id == hold_id)
        .values(held_at=Booking.held_at - hour, expires_at=Booking.expires_at - hour)
        .execution_options(synchronize_session=False)
    )


async def runs_out_soon(session: AsyncSession, *, hold_id: BookingId) -> None:
    """Let a hold run out 20 milliseconds from now, by the database's clock."""
    await session.execute(
        update(Booking)
        .where(Booking.id == hold_id)
        .values(expires_at=database_now() + cast(timedelta(milliseconds=20), SqlInterval))
        .execution_options(synchronize_session=False)
    )


async def move(session: AsyncSession, *, booking_id: BookingId, starts_at: datetime) -> None:
    """Put a row to another time, as if it had been booked for then."""
    length = timedelta(minutes=50)
    await session.execute(
        update(Booking)
        .where(Booking.id == booking_id)
        .values(
            during=Range(starts_at, starts_at + length, bounds="[)"),
            occupied=Range(starts_at, starts_at + length, bounds="[)"),
        )
        .execution_options(synchronize_session=False)
    )


def day_of(starts_at: datetime) -> date:
    """Give the therapist's local date of a start."""
    return wall_clock.local(starts_at, ZONE).date()
