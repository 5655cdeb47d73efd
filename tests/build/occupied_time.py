"""Rows of occupied time as tests need them, straight into the table: 50 minutes, 10 more behind them, kept apart."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Role
from domain.availability import wall_clock
from domain.availability.schedule import SessionFormat
from domain.booking.states import Attendance, Kind, Status
from domain.booking.tables import Booking
from domain.clients.tables import Client
from domain.ids import BookingId, ClientId, TherapistId, uuid7
from tests.build import accounts

ZONE = "America/New_York"


async def somebody(session: AsyncSession, *, jurisdiction: str = "US-OH") -> ClientId:
    """Store a client whose sealed fields open nowhere."""
    client_id = ClientId(await accounts.account(session, role=Role.CLIENT))
    written_at = datetime.now(UTC)
    session.add(
        Client(
            id=client_id,
            preferred_name_sealed=b"sealed nowhere",
            birth_date_sealed=b"sealed nowhere",
            jurisdiction=jurisdiction,
            time_zone=ZONE,
            languages=["en"],
            version=1,
            created_at=written_at,
            updated_at=written_at,
        )
    )
    await session.flush()
    return client_id


async def session_of(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    client_id: ClientId,
    starts_at: datetime,
    status: Status = Status.CONFIRMED,
    runs_out_in: timedelta = timedelta(minutes=10),
    hold_number: int = 1,
) -> BookingId:
    """Store one client's hold or appointment of 50 minutes. hold_number: which of the client's three it is."""
    row = _row(Kind.INDIVIDUAL, therapist_id=therapist_id, starts_at=starts_at, minutes=50, status=status)
    _take_by(row, client_id=client_id, runs_out_in=runs_out_in, hold_number=hold_number)
    session.add(row)
    await session.flush()
    return row.id


async def group_of(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    starts_at: datetime,
    session_type: str,
    minutes: int,
    capacity: int,
) -> BookingId:
    """Store a group that meets, without any seat taken."""
    row = _row(Kind.GROUP, therapist_id=therapist_id, starts_at=starts_at, minutes=minutes, status=Status.CONFIRMED)
    row.session_type, row.capacity = session_type, capacity
    session.add(row)
    await session.flush()
    return row.id


async def seat_in(
    session: AsyncSession,
    *,
    group_id: BookingId,
    number: int,
    client_id: ClientId,
    status: Status = Status.CONFIRMED,
    runs_out_in: timedelta = timedelta(minutes=10),
) -> BookingId:
    """Store a client's seat in a group."""
    group = await session.get_one(Booking, group_id)
    assert group.capacity is not None
    minutes = (group.ends_at - group.starts_at) // timedelta(minutes=1)
    row = _row(Kind.SEAT, therapist_id=group.therapist_id, starts_at=group.starts_at, minutes=minutes, status=status)
    row.session_type, row.group_id, row.seat_number, row.capacity = group.session_type, group_id, number, group.capacity
    _take_by(row, client_id=client_id, runs_out_in=runs_out_in)
    session.add(row)
    await session.flush()
    return row.id


def _take_by(row: Booking, *, client_id: ClientId, runs_out_in: timedelta, hold_number: int = 1) -> None:
    row.client_id, row.session_format, row.jurisdiction = client_id, SessionFormat.VIDEO, "US-OH"
    row.fee_minor, row.currency, row.free_cancellation_hours, row.late_fee_percent = 15000, "usd", 24, 50
    if row.status is Status.HELD:
        row.expires_at = row.created_at + runs_out_in
        row.held_at = row.expires_at - timedelta(minutes=10)
        row.hold_number = hold_number
    elif row.status is not Status.RELEASED:
        row.attendance = Attendance.CLIENT_NO_SHOW if row.status is Status.NO_SHOW else None
        row.confirmed_at = row.created_at


def _row(kind: Kind, *, therapist_id: TherapistId, starts_at: datetime, minutes: int, status: Status) -> Booking:
    written_at = datetime.now(UTC)
    ends_at = starts_at + timedelta(minutes=minutes)
    return Booking(
        id=BookingId(uuid7()),
        kind=kind,
        status=status,
        therapist_id=therapist_id,
        session_type="individual_50",
        during=Range(starts_at, ends_at),
        occupied=Range(starts_at, ends_at + timedelta(minutes=10)),
        wall_start=wall_clock.local(starts_at, ZONE),
        zone=ZONE,
        version=1,
        created_at=written_at,
        updated_at=written_at,
    )
