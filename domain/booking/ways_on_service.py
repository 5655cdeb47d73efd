"""What a client can hold instead of a session they lost."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.availability.interval import Interval
from domain.booking import verdict_service
from domain.booking.offer import Offer
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.booking.wanted import Wanted


async def instead_of(
    session: AsyncSession, *, booking: Booking, now: datetime, not_during: Interval | None = None
) -> tuple[Offer, ...]:
    """Give at most 3 sessions that the client of a row can hold instead. not_during: a time that is left out."""
    if booking.client_id is None or booking.session_format is None or booking.jurisdiction is None:
        raise ValueError("a group's own row has no client")
    return await verdict_service.alternatives(
        session,
        instead_of=Wanted(
            therapist_id=booking.therapist_id,
            session_type=booking.session_type,
            starts_at=booking.starts_at,
            session_format=booking.session_format,
            jurisdiction=booking.jurisdiction,
            match_id=None,
        ),
        place=booking.jurisdiction,
        client_id=booking.client_id,
        not_during=not_during,
        now=now,
    )


async def after_cancelling(
    session: AsyncSession, *, appointment: Booking, by: Actor, now: datetime
) -> tuple[Offer, ...] | None:
    """Give a client whose therapist cancelled at most 3 sessions they can hold instead; None in any other case.

    The time the therapist gave up is not among them, though nothing else stands there.
    """
    if by.role is not Role.CLIENT or appointment.cancelled_by is not Party.THERAPIST:
        return None
    given_up = Interval(starts_at=appointment.starts_at, ends_at=appointment.ends_at)
    return await instead_of(session, booking=appointment, now=now, not_during=given_up)
