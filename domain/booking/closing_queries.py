"""Many appointments of one therapist at once: those ahead, cancelled in batches, and the clients who lost them.

Groups are locked before their seats, rows by id.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, DateTime, Result, Select, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking.occupation_queries import lock_groups, release_empty_groups
from domain.booking.queries import OF_CLIENT
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import Party, ReasonCode
from domain.booking.uncovered import Promise
from domain.ids import BookingId, ClientId, TherapistId
from domain.licensing.tables import CompactMembership, LicenseRow, PracticePermission
from domain.therapists.tables import Therapist


async def ahead(
    session: AsyncSession, *, therapist_id: TherapistId, after: BookingId | None, limit: int, now: datetime
) -> Sequence[Promise]:
    """Give a therapist's appointments ahead by id, from after one on."""
    wanted = _promises(therapist_id).where(Booking.status == Status.CONFIRMED, func.lower(Booking.during) > now)
    if after is not None:
        wanted = wanted.where(Booking.id > after)
    return _read(await session.execute(wanted.order_by(Booking.id).limit(limit)))


async def lock(
    session: AsyncSession, *, therapist_id: TherapistId, booking_ids: Collection[BookingId], now: datetime
) -> Sequence[Promise]:
    """Lock those of these appointments that are still ahead, their groups first, and give them as they are now."""
    groups = await session.scalars(
        select(Booking.group_id).where(Booking.id.in_(booking_ids), Booking.group_id.is_not(None)).distinct()
    )
    await lock_groups(session, sorted(each for each in groups if each is not None))
    meant = _promises(therapist_id).where(
        Booking.id.in_(booking_ids), Booking.status == Status.CONFIRMED, func.lower(Booking.during) > now
    )
    return _read(await session.execute(meant.order_by(Booking.id).with_for_update()))


async def given(session: AsyncSession, *, therapist_id: TherapistId) -> Sequence[Promise]:
    """Give what is kept with a therapist for those who wait or lost a session."""
    wanted = _promises(therapist_id).where(Booking.status == Status.HELD, Booking.origin != Origin.CLIENT)
    return _read(await session.execute(wanted.order_by(Booking.id)))


def _promises(therapist_id: TherapistId) -> Select[BookingId, str | None, datetime, datetime, SessionFormat | None]:
    return select(
        Booking.id,
        Booking.jurisdiction,
        func.lower(Booking.during, type_=DateTime(timezone=True)),
        func.upper(Booking.during, type_=DateTime(timezone=True)),
        Booking.session_format,
    ).where(Booking.therapist_id == therapist_id, Booking.kind.in_(OF_CLIENT))


def _read(rows: Result[BookingId, str | None, datetime, datetime, SessionFormat | None]) -> Sequence[Promise]:
    return [
        Promise(
            booking_id=booking_id,
            place=place or "",
            during=Interval(starts_at=starts_at, ends_at=ends_at),
            in_person=session_format is SessionFormat.IN_PERSON,
        )
        for booking_id, place, starts_at, ends_at, session_format in rows
    ]


async def cancel(
    session: AsyncSession, *, booking_ids: Collection[BookingId], by: Party, now: datetime
) -> Sequence[BookingId]:
    """Cancel these appointments for nothing, as far as they are still confirmed and ahead, and give which were."""
    groups = await session.scalars(
        select(Booking.group_id).where(Booking.id.in_(booking_ids), Booking.group_id.is_not(None)).distinct()
    )
    group_ids = sorted(each for each in groups if each is not None)
    await lock_groups(session, group_ids)
    locked = await session.scalars(
        select(Booking.id)
        .where(Booking.id.in_(booking_ids), Booking.status == Status.CONFIRMED, func.lower(Booking.during) > now)
        .order_by(Booking.id)
        .with_for_update()
    )
    cancelled = await session.scalars(
        update(Booking)
        .where(Booking.id.in_(locked.all()))
        .values(
            status=Status.CANCELLED,
            cancelled_at=now,
            cancelled_by=by,
            reason_code=ReasonCode.THERAPIST_UNAVAILABLE,
            fee_due_minor=0,
            version=Booking.version + 1,
            updated_at=now,
        )
        .returning(Booking.id)
        .execution_options(synchronize_session=False)
    )
    found = cancelled.all()
    await release_empty_groups(session, group_ids=group_ids, now=now)
    return found


async def release_given(session: AsyncSession, *, booking_ids: Collection[BookingId], now: datetime) -> None:
    """Release what was kept for somebody and can't be booked any more."""
    meant = and_(Booking.id.in_(booking_ids), Booking.status == Status.HELD, Booking.origin != Origin.CLIENT)
    groups = await session.scalars(select(Booking.group_id).where(meant, Booking.group_id.is_not(None)).distinct())
    group_ids = sorted(each for each in groups if each is not None)
    await lock_groups(session, group_ids)
    locked = await session.scalars(select(Booking.id).where(meant).order_by(Booking.id).with_for_update())
    await session.execute(
        update(Booking)
        .where(Booking.id.in_(locked.all()))
        .values(status=Status.RELEASED, version=Booking.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    await release_empty_groups(session, group_ids=group_ids, now=now)


async def first_lost(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    since: datetime,
    after: tuple[ClientId, datetime] | None,
    limit: int,
    now: datetime,
) -> Sequence[Booking]:
    """Give of each client the first session ahead of those that were cancelled together since an instant.

    By client, then by when they were cancelled. after: client and instant of the last one seen.
    """
    firsts = (
        select(Booking.id, Booking.client_id, Booking.cancelled_at)
        .where(
            Booking.therapist_id == therapist_id,
            Booking.kind.in_(OF_CLIENT),
            Booking.status == Status.CANCELLED,
            Booking.cancelled_by.in_((Party.THERAPIST, Party.SERVICE)),
            Booking.reason_code == ReasonCode.THERAPIST_UNAVAILABLE,
            Booking.cancelled_at >= since,
            func.lower(Booking.during) > now,
        )
        .order_by(Booking.client_id, Booking.cancelled_at, func.lower(Booking.during), Booking.id)
        .ext(distinct_on(Booking.client_id, Booking.cancelled_at))
        .subquery()
    )
    wanted = select(Booking).join(firsts, firsts.c.id == Booking.id)
    if after is not None:
        wanted = wanted.where(tuple_(Booking.client_id, Booking.cancelled_at) > tuple_(*after))
    found = await session.scalars(
        wanted.order_by(Booking.client_id, Booking.cancelled_at).limit(limit).execution_options(populate_existing=True)
    )
    return found.all()


def _is_closed() -> ColumnElement[bool]:
    """Say of a therapist's row that its last change, or what came after, was the closing of the practice."""
    closed = exists().where(
        AuditEntry.subject_id == Therapist.id,
        AuditEntry.action == Action.PRACTICE_CLOSE,
        AuditEntry.at >= Therapist.updated_at,
    )
    return and_(~Therapist.visible, closed)


async def slipped_in(
    session: AsyncSession, *, therapist_id: TherapistId, limit: int, now: datetime
) -> Sequence[BookingId]:
    """Give appointments ahead at a practice that is closed: somebody looked before it closed, and booked after."""
    found = await session.scalars(
        select(Booking.id)
        .join(Therapist, Therapist.id == Booking.therapist_id)
        .where(
            Booking.therapist_id == therapist_id,
            Booking.kind.in_(OF_CLIENT),
            Booking.status == Status.CONFIRMED,
            func.lower(Booking.during) > now,
            _is_closed(),
        )
        .order_by(Booking.id)
        .limit(limit)
    )
    return found.all()


async def closed_and_booked(
    session: AsyncSession, *, since: datetime, limit: int, now: datetime
) -> Sequence[TherapistId]:
    """Find practices that closed since an instant and have an appointment ahead all the same."""
    ahead_of_it = exists().where(
        Booking.therapist_id == Therapist.id,
        Booking.kind.in_(OF_CLIENT),
        Booking.status == Status.CONFIRMED,
        func.lower(Booking.during) > now,
    )
    found = await session.scalars(
        select(Therapist.id).where(Therapist.updated_at >= since, _is_closed(), ahead_of_it).limit(limit)
    )
    return found.all()


async def to_review(session: AsyncSession, *, since: datetime, limit: int, now: datetime) -> Sequence[TherapistId]:
    """Find therapists with an appointment ahead that nothing permits whole, where something changed since an instant.

    What changes is decided about a credential of theirs, or is known anew about the members of its compact.
    """
    permitted = (
        select(func.range_agg(PracticePermission.during).bool_op("@>")(Booking.during))
        .where(
            PracticePermission.therapist_id == Booking.therapist_id,
            PracticePermission.jurisdiction == Booking.jurisdiction,
            or_(~PracticePermission.remote_only, Booking.session_format != SessionFormat.IN_PERSON),
        )
        .correlate(Booking)
        .scalar_subquery()
    )
    decided = select(LicenseRow.therapist_id).where(LicenseRow.decided_at >= since)
    members_changed = (
        select(LicenseRow.therapist_id)
        .join(CompactMembership, CompactMembership.compact == LicenseRow.compact)
        .where(CompactMembership.recorded_at >= since)
    )
    found = await session.scalars(
        select(Booking.therapist_id)
        .where(
            Booking.therapist_id.in_(decided.union(members_changed)),
            Booking.kind.in_(OF_CLIENT),
            Booking.status == Status.CONFIRMED,
            func.lower(Booking.during) > now,
            permitted.is_not(True),
        )
        .distinct()
        .limit(limit)
    )
    return found.all()
