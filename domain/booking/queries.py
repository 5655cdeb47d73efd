"""Holds and appointments as their parties may see them, and what of a client's own stands at a time.

Nothing here shows a row to anybody who is not its party. Whether a hold lives is decided by the database's clock.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking.states import APPOINTMENT, Kind, Origin, Status
from domain.booking.tables import Booking
from domain.database import database_now
from domain.ids import BookingId, ClientId, MatchId, TherapistId

OF_CLIENT: Final = (Kind.INDIVIDUAL, Kind.SEAT)


def span(interval: Interval) -> Range[datetime]:
    """Give an interval as PostgreSQL keeps it, half-open."""
    return Range(interval.starts_at, interval.ends_at, bounds="[)")


def is_live() -> ColumnElement[bool]:
    """Say in SQL whether a row occupies its time now: confirmed, or held and not yet run out."""
    return or_(
        Booking.status == Status.CONFIRMED, and_(Booking.status == Status.HELD, Booking.expires_at > database_now())
    )


def _party(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL whether the actor is a party of a row; a group's own row has no client and is nobody's to see."""
    own = (
        Booking.therapist_id == actor.therapist_id
        if actor.role is Role.THERAPIST
        else Booking.client_id == actor.client_id
    )
    return and_(own, Booking.kind.in_(OF_CLIENT))


async def own_hold(session: AsyncSession, *, hold_id: BookingId, client_id: ClientId) -> Booking | None:
    """Give a client's row whatever became of it; None for anybody else's."""
    return await session.scalar(
        select(Booking)
        .where(Booking.id == hold_id, Booking.client_id == client_id)
        .execution_options(populate_existing=True)
    )


async def live_hold(session: AsyncSession, *, hold_id: BookingId, client_id: ClientId) -> Booking | None:
    """Give a client's hold while it lives."""
    return await session.scalar(
        select(Booking).where(
            Booking.id == hold_id, Booking.client_id == client_id, Booking.status == Status.HELD, is_live()
        )
    )


async def own_overlap(
    session: AsyncSession, *, client_id: ClientId, during: Interval, besides: Collection[BookingId] = ()
) -> Booking | None:
    """Give the first of a client's rows that takes their time during an interval.

    A hold that was given to them takes none of it; a session said to have taken place takes its own to its end.
    besides: rows that do not count.
    """
    return await session.scalar(
        select(Booking)
        .where(
            Booking.client_id == client_id,
            Booking.kind.in_(OF_CLIENT),
            or_(
                Booking.status.in_((Status.CONFIRMED, Status.COMPLETED)),
                and_(
                    Booking.status == Status.HELD, Booking.origin == Origin.CLIENT, Booking.expires_at > database_now()
                ),
            ),
            Booking.during.overlaps(span(during)),
            Booking.id.not_in(besides),
        )
        .order_by(func.lower(Booking.during), Booking.id)
        .limit(1)
    )


async def same_hold(
    session: AsyncSession,
    *,
    client_id: ClientId,
    therapist_id: TherapistId,
    session_type: str,
    starts_at: datetime,
    session_format: SessionFormat,
) -> Booking | None:
    """Give the client's own live hold of exactly this session."""
    return await session.scalar(
        select(Booking).where(
            Booking.client_id == client_id,
            Booking.therapist_id == therapist_id,
            Booking.kind.in_(OF_CLIENT),
            Booking.status == Status.HELD,
            Booking.session_type == session_type,
            Booking.session_format == session_format,
            func.lower(Booking.during) == starts_at,
            is_live(),
        )
    )


async def has_session_with(
    session: AsyncSession, *, client_id: ClientId, therapist_id: TherapistId, besides: BookingId | None = None
) -> bool:
    """Say whether the client has a session with the therapist, besides one, that is ahead or took place."""
    found = await session.scalar(
        select(
            exists().where(
                Booking.client_id == client_id,
                Booking.therapist_id == therapist_id,
                Booking.status.in_((Status.CONFIRMED, Status.COMPLETED)),
                Booking.id.is_distinct_from(besides),
            )
        )
    )
    return bool(found)


async def has_appointment_with(session: AsyncSession, *, client_id: ClientId, therapist_id: TherapistId) -> bool:
    """Say whether the client has or had an appointment with the therapist, whatever became of it."""
    found = await session.scalar(
        select(
            exists().where(
                Booking.client_id == client_id,
                Booking.therapist_id == therapist_id,
                Booking.kind.in_(OF_CLIENT),
                Booking.status.in_(APPOINTMENT),
            )
        )
    )
    return bool(found)


async def owns_match(session: AsyncSession, *, match_id: MatchId, client_id: ClientId) -> bool:
    """Say whether a match is the client's. Matching stands above booking, so its table is named and not imported."""
    found = await session.scalar(
        text("SELECT EXISTS (SELECT FROM match WHERE id = :match_id AND client_id = :client_id)"),
        {"match_id": match_id, "client_id": client_id},
    )
    return bool(found)


async def appointment(session: AsyncSession, *, appointment_id: BookingId, of: Actor) -> Booking | None:
    """Give an appointment to one of its parties."""
    return await session.scalar(
        select(Booking).where(Booking.id == appointment_id, Booking.status.in_(APPOINTMENT), _party(of))
    )


async def appointments(
    session: AsyncSession,
    *,
    of: Actor,
    statuses: Collection[Status],
    starts_from: datetime | None,
    starts_before: datetime | None,
    after: tuple[datetime, BookingId] | None,
    limit: int,
) -> Sequence[Booking]:
    """Give a party's appointments by start, then id; after: the start and id of the last one seen."""
    starts_at = func.lower(Booking.during)
    wanted = select(Booking).where(_party(of), Booking.status.in_(statuses))
    if starts_from is not None:
        wanted = wanted.where(starts_at >= starts_from)
    if starts_before is not None:
        wanted = wanted.where(starts_at < starts_before)
    if after is not None:
        wanted = wanted.where(tuple_(starts_at, Booking.id) > tuple_(*after))
    return (await session.scalars(wanted.order_by(starts_at, Booking.id).limit(limit))).all()
