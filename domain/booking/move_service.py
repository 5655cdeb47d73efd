"""Move appointments, all of them or none: locks in one order, and the database decides.

The client is locked by the caller, before everything else. A time that one appointment leaves is free for the next:
what moves later in time goes last to first, what moves earlier goes first to last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import wall_clock
from domain.booking import clearing_queries, freed_service, move_queries, occupation_queries, opened_service, states
from domain.booking.consequences import MoveConsequence, Moved
from domain.booking.occupation_queries import Seat
from domain.booking.offer import Offer
from domain.booking.refusals import TransitionNotAllowed
from domain.booking.states import Event
from domain.booking.tables import Booking
from domain.booking.wanted import Claim
from domain.ids import BookingId
from domain.vault.cipher import Vault

# Why a session can't have another time, though its own stays.
NOT_BOOKABLE: Final = "This therapist can't be booked at present; what is booked stays at its time."
TYPE_GONE: Final = "The therapist has no more of these sessions; what is booked stays at its time."
TYPE_CHANGED: Final = "The therapist holds these sessions in another way now; what is booked stays at its time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An appointment, and the offer whose time it is to have."""

    appointment: Booking
    offer: Offer

    @property
    def claim(self) -> Claim:
        """Give what is claimed: the new time, and all else as it was promised. ValueError for a group's own row."""
        row = self.appointment
        if row.client_id is None or row.session_format is None or row.jurisdiction is None:
            raise ValueError("a group's own row is not moved")
        return Claim(
            client_id=row.client_id,
            offer=self.offer,
            session_format=row.session_format,
            jurisdiction=row.jurisdiction,
            terms=row.terms,
            match_id=row.match_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The first move that came too late. day_full: for the therapist's daily limit, and not for a rival."""

    move: Move
    day_full: bool


def require_movable(appointment: Booking, *, now: datetime) -> None:
    """Let pass what can be moved. Raises TransitionNotAllowed."""
    if states.after(appointment.status, Event.MOVE) is None:
        raise TransitionNotAllowed(f"The appointment is {appointment.status}.", appointment_id=appointment.id)
    if now >= appointment.starts_at:
        raise TransitionNotAllowed(
            "The session has started; it can't be moved any more.", appointment_id=appointment.id
        )


async def move(
    session: AsyncSession,
    *,
    moves: Sequence[Move],
    by: Actor,
    now: datetime,
    vault: Vault,
    after: Sequence[MoveConsequence[AsyncSession]],
) -> tuple[Booking, ...] | Missed:
    """Move appointments of one client with one therapist, in the order given; all stay where they are when one misses.

    What they leave is offered to those who wait. Raises TransitionNotAllowed for one that was cancelled meanwhile.
    """
    left = [move.appointment.occupied_time for move in moves]
    async with session.begin_nested() as savepoint:
        missed = await _all(session, moves=moves, now=now)
        if missed is not None:
            await savepoint.rollback()
    if missed is not None:
        return missed
    moved = tuple(move.appointment for move in moves)
    for appointment in moved:
        audit.record(
            session,
            by=by,
            action=Action.APPOINTMENT_RESCHEDULE,
            subject_kind="booking",
            subject_id=appointment.id,
            now=now,
        )
        for consequence in after:
            await consequence(session, Moved(booking_id=appointment.id, starts_at=appointment.starts_at, now=now))
    for during in left:
        await freed_service.freed(
            session, therapist_id=moves[0].offer.therapist_id, during=during, left_by=by.client_id, vault=vault, now=now
        )
    return moved


async def _all(session: AsyncSession, *, moves: Sequence[Move], now: datetime) -> Missed | None:
    """Take every lock, clear what has run out, and put one appointment after the other."""
    therapist_id = moves[0].offer.therapist_id
    await occupation_queries.lock_therapist_time(session, therapist_id=therapist_id)
    have_time = await clearing_queries.clear(
        session,
        claims=[move.claim for move in moves],
        group_ids={move.appointment.group_id for move in moves if move.appointment.group_id is not None},
        booking_ids={move.appointment.id for move in moves},
        now=now,
    )
    for move in moves:
        require_movable(move.appointment, now=now)
    limit = await occupation_queries.daily_limit(session, therapist_id=therapist_id)
    waiting = {move.appointment.id for move in moves}
    for move in _in_order(moves):
        if limit is not None and await _is_day_full(session, move=move, limit=limit, besides=waiting):
            return Missed(move=move, day_full=True)
        waiting.discard(move.appointment.id)
        if not await _one(session, move=move, now=now):
            return Missed(move=move, day_full=False)
    await opened_service.offer_later(session, therapist_ids=have_time)
    return None


def _in_order(moves: Sequence[Move]) -> list[Move]:
    """Order moves of one shift so that each finds the time free that another of them leaves."""
    later = moves[0].offer.starts_at > moves[0].appointment.starts_at
    return sorted(moves, key=lambda move: move.appointment.starts_at, reverse=later)


async def _is_day_full(session: AsyncSession, *, move: Move, limit: int, besides: set[BookingId]) -> bool:
    """Count the therapist's day again, without what is still to leave it."""
    day = wall_clock.day(move.offer.wall_start.date(), zone=move.offer.zone)
    if day is None:
        return False
    return await occupation_queries.is_day_full(session, offer=move.offer, day=day, limit=limit, besides=besides)


async def _one(session: AsyncSession, *, move: Move, now: datetime) -> bool:
    """Put one locked appointment to its new time; False when that is gone."""
    seat = None
    if move.appointment.group_id is not None:
        seat = await _seat(session, move=move, leaving=move.appointment.group_id, now=now)
        if seat is None:
            return False
    put = await move_queries.put(session, appointment=move.appointment, offer=move.offer, seat=seat, now=now)
    return put is not None


async def _seat(session: AsyncSession, *, move: Move, leaving: BookingId, now: datetime) -> Seat | None:
    """Give the lowest free seat of the group that meets then, made where there is none.

    A group that nobody else has a seat in goes first: its time may be the very one that is wanted.
    """
    await occupation_queries.release_empty_groups(session, group_ids=[leaving], besides=[move.appointment.id], now=now)
    group = await occupation_queries.lock_group(session, claim=move.claim, now=now)
    return None if group is None else await occupation_queries.free_seat(session, group=group)
