"""What stands in the way of an offer, and who else could make one: one statement each, however many are asked about.

Whether a hold lives is for the database's clock to say, `attune_now()`. A hold that has run out and a group without a
living seat take no time, whether or not their rows were tidied yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.booking.caseload import CLIENT_FOR, NO_CLIENTS, Caseload
from domain.booking.offer import Engagement
from domain.booking.states import COUNTED, Kind, Origin, Status
from domain.booking.tables import Booking
from domain.clients.tables import Client
from domain.database import among, database_now
from domain.directory import queries as directory
from domain.ids import BookingId, ClientId, TherapistId
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseRow
from domain.therapists.tables import Therapist

# A session and its buffers last less than a day, and a local day reaches less than two days beyond any of its instants.
REACH: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagements:
    """Who is engaged near a window. own: the client's bare sessions, with whomever; empty without a client."""

    by_therapist: Mapping[TherapistId, Sequence[Engagement]]
    own: Sequence[Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    booking_id: BookingId
    kind: Kind
    live: bool
    client_id: ClientId | None
    therapist_id: TherapistId
    session_type: str
    during: Interval
    occupied: Interval
    group_id: BookingId | None
    capacity: int | None
    takes_client: bool


async def engagements(
    session: AsyncSession,
    *,
    therapist_ids: Collection[TherapistId],
    window: Interval,
    client_id: ClientId | None,
    besides: Collection[BookingId] = (),
) -> Engagements:
    """Load what therapists, and a client, have near the window; what was cancelled or ran out is left out.

    besides: bookings that are left out too.
    """
    whose = among(Booking.therapist_id, therapist_ids)
    if client_id is not None:
        whose = or_(whose, Booking.client_id == client_id)
    statement = select(
        Booking.id,
        Booking.kind,
        or_(Booking.status == Status.HELD, Booking.status == Status.CONFIRMED),
        Booking.client_id,
        Booking.therapist_id,
        Booking.session_type,
        func.lower(Booking.during),
        func.upper(Booking.during),
        func.lower(Booking.occupied),
        func.upper(Booking.occupied),
        Booking.group_id,
        Booking.capacity,
        or_(Booking.status != Status.HELD, Booking.origin == Origin.CLIENT),
    ).where(
        whose,
        Booking.id.not_in(besides),
        func.lower(Booking.during) >= window.starts_at - REACH,
        func.lower(Booking.during) < window.ends_at + REACH,
        or_(
            Booking.status.in_(COUNTED),
            (Booking.status == Status.HELD) & (Booking.expires_at > database_now()),
        ),
    )
    rows = [
        _Row(
            booking_id=row[0],
            kind=row[1],
            live=row[2],
            client_id=row[3],
            therapist_id=row[4],
            session_type=row[5],
            during=Interval(starts_at=row[6], ends_at=row[7]),
            occupied=Interval(starts_at=row[8], ends_at=row[9]),
            group_id=row[10],
            capacity=row[11],
            takes_client=row[12],
        )
        for row in await session.execute(statement)
    ]
    own = [
        row.during
        for row in rows
        if client_id is not None and row.client_id == client_id and row.live and row.takes_client
    ]
    return Engagements(by_therapist=_by_therapist(rows), own=own)


async def caseloads(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], client_id: ClientId | None, now: datetime
) -> Mapping[TherapistId, Caseload]:
    """Count each therapist's clients; every therapist asked about is there."""
    is_this_client = literal(False) if client_id is None else Booking.client_id == client_id  # noqa: FBT003 - SQL's
    statement = (
        select(Booking.therapist_id, func.count(Booking.client_id.distinct()), func.bool_or(is_this_client))
        .where(
            among(Booking.therapist_id, therapist_ids),
            Booking.client_id.is_not(None),
            Booking.status.in_((Status.CONFIRMED, Status.COMPLETED)),
            func.lower(Booking.during) > now - CLIENT_FOR,
        )
        .group_by(Booking.therapist_id)
    )
    found = {row[0]: Caseload(clients=row[1], has_this_client=row[2]) for row in await session.execute(statement)}
    return {therapist_id: found.get(therapist_id, NO_CLIENTS) for therapist_id in therapist_ids}


async def others(
    session: AsyncSession,
    *,
    than: TherapistId,
    place: str,
    during: Interval,
    limit: int,
    now: datetime,
) -> Sequence[TherapistId]:
    """Find other listed therapists with a license for the place, those who share a concern with this one first."""
    concerns = func.array_cat(Therapist.primary_concerns, Therapist.secondary_concerns)
    wanted = select(concerns).where(Therapist.id == than).correlate(None).scalar_subquery()
    shares = concerns.bool_op("&&")(wanted)
    statement = (
        select(Therapist.id)
        .where(
            Therapist.id != than,
            directory.is_listed(now),
            exists().where(
                LicenseRow.therapist_id == Therapist.id,
                LicenseRow.jurisdiction == place,
                LicenseRow.status == LicenseStatus.VERIFIED,
                LicenseRow.valid_during.overlaps(Range(during.starts_at, during.ends_at)),
            ),
        )
        .order_by(shares.desc(), Therapist.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def home(session: AsyncSession, *, client_id: ClientId) -> str | None:
    """Give the place a client says they will be in, or None before they have said so."""
    return await session.scalar(select(Client.jurisdiction).where(Client.id == client_id))


def _by_therapist(rows: Sequence[_Row]) -> Mapping[TherapistId, Sequence[Engagement]]:
    """Make engagements of rows; a group is engaged by its seats, and one without any is none."""
    seats: dict[BookingId, list[_Row]] = {}
    for row in rows:
        if row.group_id is not None:
            seats.setdefault(row.group_id, []).append(row)
    found: dict[TherapistId, list[Engagement]] = {}
    for row in rows:
        if row.kind is Kind.INDIVIDUAL:
            live, seats_left = row.live, 0
        elif row.booking_id in seats:
            taken = sum(seat.live for seat in seats[row.booking_id])
            live, seats_left = taken > 0, (row.capacity or taken) - taken
        else:
            continue
        found.setdefault(row.therapist_id, []).append(
            Engagement(
                session_type=row.session_type,
                during=row.during,
                occupied=row.occupied,
                live=live,
                seats_left=seats_left,
            )
        )
    return found
