"""Take the therapist's and the client's time, and give it back: where the database decides races.

- An insert that may lose is ON CONFLICT DO NOTHING; a plain one deadlocks under races.
- Locks are taken in one order, so that none waits in a circle: the client, the licenses, the therapist's time, groups
  by id, then seats and other rows by id, then the inserts. After an insert nothing is waited for.
- An expired hold still stands in the constraints' way, and only who wants its time clears it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Select, and_, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningInsert

from domain.availability.interval import Interval
from domain.availability.tables import ScheduleRow
from domain.booking.offer import Offer
from domain.booking.queries import is_live, span
from domain.booking.states import COUNTED, LIVE, Kind, Origin, Status
from domain.booking.tables import Booking
from domain.booking.wanted import Claim
from domain.clients.tables import Client
from domain.database import database_now
from domain.ids import BookingId, ClientId, TherapistId, uuid7

HOLD: Final = timedelta(minutes=10)
HOLDS_MAX: Final = 3  # live ones of a client's own making; a unique index keeps each number once
Stale: TypeAlias = Sequence[tuple[BookingId, BookingId | None]]  # a hold that has run out, and the group of a seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group that meets. occupied, capacity: as they were when its first seat was taken."""

    group_id: BookingId
    occupied: Range[datetime]
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place in a group, from number 1 to its capacity."""

    group: Group
    number: int


async def lock_client(session: AsyncSession, *, client_id: ClientId) -> None:
    """Queue up behind whatever else counts or moves this client's time; take it before every other lock."""
    statement = select(Client.id).where(Client.id == client_id).with_for_update(key_share=True)
    await session.execute(statement)


async def own_holds(session: AsyncSession, *, client_id: ClientId) -> Sequence[Booking]:
    """Give the client's live holds of their own making, the soonest to run out first."""
    found = await session.scalars(
        select(Booking)
        .where(
            Booking.client_id == client_id,
            Booking.status == Status.HELD,
            Booking.origin == Origin.CLIENT,
            Booking.expires_at > database_now(),
        )
        .order_by(Booking.expires_at, Booking.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a therapist's schedule says of every session. daily_limit: None for no limit."""

    minimum_notice_minutes: int
    daily_limit: int | None


async def rules(session: AsyncSession, *, therapist_id: TherapistId) -> Rules | None:
    """Give the rules of a therapist's schedule, or None without one."""
    found = await session.execute(
        select(ScheduleRow.minimum_notice_minutes, ScheduleRow.daily_limit).where(
            ScheduleRow.therapist_id == therapist_id
        )
    )
    row = found.one_or_none()
    return None if row is None else Rules(minimum_notice_minutes=row[0], daily_limit=row[1])


async def daily_limit(session: AsyncSession, *, therapist_id: TherapistId) -> int | None:
    """Give how many sessions the therapist takes on one local day, or None for no limit."""
    return await session.scalar(select(ScheduleRow.daily_limit).where(ScheduleRow.therapist_id == therapist_id))


async def lock_therapist_time(session: AsyncSession, *, therapist_id: TherapistId) -> None:
    """Queue up behind others who count or move this therapist's sessions, so that a count of the day stays true."""
    key = f"therapist_time:{therapist_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def try_lock_therapist_time(session: AsyncSession, *, therapist_id: TherapistId) -> bool:
    """Take the same lock where nobody has it, and say whether; for those who hold locks that come after it."""
    key = f"therapist_time:{therapist_id}"
    got = await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(key, 0))))
    return bool(got)


async def is_day_full(
    session: AsyncSession, *, offer: Offer, day: Interval, limit: int, besides: Collection[BookingId] = ()
) -> bool:
    """Say whether the offer is one too many for the day; joining a group that meets anyway never is.

    A group counts once, and only while somebody has a seat in it. besides: rows that do not count.
    """
    seat = aliased(Booking)
    has_seat = (
        select(seat.id)
        .where(
            seat.group_id == Booking.id,
            seat.id.not_in(besides),
            or_(
                seat.status.in_(COUNTED),
                and_(seat.status == Status.HELD, seat.expires_at > database_now()),
            ),
        )
        .exists()
    )
    is_joined = and_(
        Booking.kind == Kind.GROUP,
        Booking.session_type == offer.session_type,
        Booking.during == span(offer.during),
    )
    taken, joins = (
        await session.execute(
            select(func.count(), func.coalesce(func.bool_or(is_joined), literal(value=False))).where(
                Booking.therapist_id == offer.therapist_id,
                Booking.id.not_in(besides),
                func.lower(Booking.during) >= day.starts_at,
                func.lower(Booking.during) < day.ends_at,
                or_(
                    and_(Booking.kind == Kind.INDIVIDUAL, or_(Booking.status.in_(COUNTED), is_live())),
                    and_(Booking.kind == Kind.GROUP, Booking.status == Status.CONFIRMED, has_seat),
                ),
            )
        )
    ).one()
    return taken >= limit and not joins


async def clear_expired(session: AsyncSession, *, claim: Claim, stale: Stale, now: datetime) -> frozenset[TherapistId]:
    """Expire holds that have run out where the claim would stand, and release the groups they leave empty.

    Gives the therapists who have time back beyond what the claim takes. What is locked here stays locked until the
    transaction or its savepoint ends, also when somebody else was first.
    """
    groups = sorted({group_id for _, group_id in stale if group_id is not None})
    joined = await session.scalars(same_group(claim).with_only_columns(Booking.id))
    await lock_groups(session, sorted({*groups, *joined}))
    ids = select(Booking.id).where(
        Booking.id.in_([booking_id for booking_id, _ in stale]),
        Booking.status == Status.HELD,
        Booking.expires_at <= database_now(),
    )
    beyond = or_(
        Booking.therapist_id != claim.offer.therapist_id,
        ~Booking.occupied.contained_by(span(claim.offer.occupied)),
    )
    expired = await session.execute(
        update(Booking)
        .where(Booking.id.in_(ids.order_by(Booking.id).with_for_update()))
        .values(status=Status.EXPIRED, version=Booking.version + 1, updated_at=now)
        .returning(Booking.therapist_id, beyond)
        .execution_options(synchronize_session=False)
    )
    have_time = frozenset(therapist_id for therapist_id, is_beyond in expired.all() if is_beyond)
    await release_empty_groups(session, group_ids=groups, now=now)
    return have_time


async def stale(session: AsyncSession, *, claim: Claim) -> Stale:
    """Find the holds that have run out where the claim would stand: the therapist's, seats too, and the client's."""
    return await stale_where(session, claims=(claim,))


async def stale_where(session: AsyncSession, *, claims: Sequence[Claim]) -> Stale:
    """Find the same for claims of one client's to one therapist's time, one at least, in one statement."""
    therapist_id, client_id = claims[0].offer.therapist_id, claims[0].client_id
    spans = [span(claim.offer.occupied) for claim in claims]
    # three parts, because each has its own index
    group = aliased(Booking)
    run_out = (Booking.status == Status.HELD, Booking.expires_at <= database_now())
    of_therapist = select(Booking.id, Booking.group_id).where(
        *run_out,
        Booking.kind == Kind.INDIVIDUAL,
        Booking.therapist_id == therapist_id,
        or_(*(Booking.occupied.overlaps(each) for each in spans)),
    )
    of_groups = (
        select(Booking.id, Booking.group_id)
        .join(group, group.id == Booking.group_id)
        .where(
            *run_out,
            group.kind == Kind.GROUP,
            group.status == Status.CONFIRMED,
            group.therapist_id == therapist_id,
            or_(*(group.occupied.overlaps(each) for each in spans)),
        )
    )
    # the client's own wherever they are: each still has its number of the three
    of_client = select(Booking.id, Booking.group_id).where(*run_out, Booking.client_id == client_id)
    rows = await session.execute(of_therapist.union(of_groups, of_client))
    return [(booking_id, group_id) for booking_id, group_id in rows]


async def lock_groups(session: AsyncSession, group_ids: Sequence[BookingId]) -> None:
    """Lock groups by id; nothing where there are none."""
    if group_ids:
        await session.execute(
            select(Booking.id).where(Booking.id.in_(group_ids)).order_by(Booking.id).with_for_update()
        )


async def release_empty_groups(
    session: AsyncSession, *, group_ids: Sequence[BookingId], besides: Collection[BookingId] = (), now: datetime
) -> None:
    """Give back the therapist's time of groups whose last seat has gone; their rows are locked by the caller.

    A seat of which it was said that somebody came, or did not, stays. besides: seats that are about to go.
    """
    if not group_ids:
        return
    seat = aliased(Booking)
    has_seat = (
        select(seat.id)
        .where(
            seat.group_id == Booking.id,
            seat.therapist_id == Booking.therapist_id,  # as every seat's is; so that the index of sessions serves
            func.lower(seat.during) == func.lower(Booking.during),
            seat.status.in_({*LIVE, *COUNTED}),
            seat.id.not_in(besides),
        )
        .exists()
    )
    await session.execute(
        update(Booking)
        .where(Booking.id.in_(group_ids), Booking.status == Status.CONFIRMED, ~has_seat)
        .values(status=Status.RELEASED, version=Booking.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )


async def insert(
    session: AsyncSession, *, claim: Claim, status: Status, seat: Seat | None, hold_number: int | None, now: datetime
) -> Booking | None:
    """Take the time for a client alone, or a seat in a locked group; None when somebody has it, or they themselves.

    hold_number: which of the client's three holds it becomes; None for everything else.
    """
    held = status is Status.HELD
    until = claim.provenance.until
    statement = (
        upsert(Booking)
        .values(
            id=uuid7(),
            kind=Kind.INDIVIDUAL if seat is None else Kind.SEAT,
            status=status,
            therapist_id=claim.offer.therapist_id,
            client_id=claim.client_id,
            session_type=claim.offer.session_type,
            session_format=claim.session_format,
            jurisdiction=claim.jurisdiction,
            during=span(claim.offer.during),
            occupied=span(claim.offer.occupied) if seat is None else seat.group.occupied,
            wall_start=claim.offer.wall_start,
            zone=claim.offer.zone,
            fee_minor=claim.offer.fee.amount,
            currency=claim.offer.fee.currency,
            free_cancellation_hours=claim.terms.free_cancellation_hours,
            late_fee_percent=claim.terms.late_fee_percent,
            match_id=claim.match_id,
            group_id=None if seat is None else seat.group.group_id,
            seat_number=None if seat is None else seat.number,
            capacity=None if seat is None else seat.group.capacity,
            held_at=database_now() if held else null(),
            expires_at=null() if not held else (database_now() + literal(HOLD) if until is None else until),
            confirmed_at=null() if held else database_now(),
            origin=claim.provenance.origin,
            hold_number=hold_number,
            series_id=claim.provenance.series_id,
            waitlist_entry_id=claim.provenance.waitlist_entry_id,
            in_place_of=claim.provenance.in_place_of,
            version=1,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Booking)
    )
    return await session.scalar(statement)


async def lock_group(session: AsyncSession, *, claim: Claim, now: datetime) -> Group | None:
    """Lock the group that meets at the claim's time, made where there is none; None when a rival has the time."""
    # A group may be given up by its last client between looking and locking: then it is made anew.
    for _ in range(3):
        found = (await session.execute(same_group(claim).with_for_update())).one_or_none()
        if found is None:
            found = (await session.execute(_insert_group(claim, now=now))).one_or_none()
        if found is not None:
            group_id, occupied, capacity = found
            return Group(group_id=group_id, occupied=occupied, capacity=capacity or claim.offer.capacity)
    return None


def same_group(claim: Claim) -> Select[BookingId, Range[datetime], int | None]:
    """Say how to find the group that meets at the claim's very time."""
    return select(Booking.id, Booking.occupied, Booking.capacity).where(
        Booking.kind == Kind.GROUP,
        Booking.status == Status.CONFIRMED,
        Booking.therapist_id == claim.offer.therapist_id,
        Booking.session_type == claim.offer.session_type,
        Booking.during == span(claim.offer.during),
        Booking.occupied.overlaps(span(claim.offer.during)),  # follows from the line above; it is what has an index
    )


def _insert_group(claim: Claim, *, now: datetime) -> ReturningInsert[BookingId, Range[datetime], int | None]:
    return (
        upsert(Booking)
        .values(
            id=uuid7(),
            kind=Kind.GROUP,
            status=Status.CONFIRMED,
            therapist_id=claim.offer.therapist_id,
            session_type=claim.offer.session_type,
            during=span(claim.offer.during),
            occupied=span(claim.offer.occupied),
            wall_start=claim.offer.wall_start,
            zone=claim.offer.zone,
            capacity=claim.offer.capacity,
            version=1,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Booking.id, Booking.occupied, Booking.capacity)
    )


async def free_seat(session: AsyncSession, *, group: Group) -> Seat | None:
    """Give the lowest free seat of a locked group, or None when it is full."""
    taken = set(
        await session.scalars(
            select(Booking.seat_number).where(Booking.group_id == group.group_id, Booking.status.in_(LIVE))
        )
    )
    number = next((number for number in range(1, group.capacity + 1) if number not in taken), None)
    return None if number is None else Seat(group=group, number=number)
