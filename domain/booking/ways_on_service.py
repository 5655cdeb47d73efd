"""What a client can hold instead of a session they lost."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.availability.interval import Interval
from domain.booking import rehoming_queries, verdict_service, ways_on
from domain.booking.offer import Offer
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.booking.wanted import Wanted
from domain.booking.ways_on import Kept, WayOn


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
) -> tuple[WayOn, ...] | None:
    """Give a client whose session somebody else cancelled at most 3 they can have instead; None in any other case.

    What is kept for them comes first; the others can be held beside it. The time that was given up is not among them,
    though nothing else may stand there.
    """
    if by.role is not Role.CLIENT or appointment.cancelled_by in {None, Party.CLIENT}:
        return None
    given_up = Interval(starts_at=appointment.starts_at, ends_at=appointment.ends_at)
    offers = await instead_of(session, booking=appointment, now=now, not_during=given_up)
    return ways_on.with_kept(await _kept(session, appointment=appointment), offers)


async def _kept(session: AsyncSession, *, appointment: Booking) -> WayOn | None:
    held = await rehoming_queries.kept(session, in_place_of=appointment.id)
    if held is None or held.expires_at is None:
        return None
    return WayOn(
        therapist_id=held.therapist_id,
        session_type=held.session_type,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        kept=Kept(hold_id=held.id, expires_at=held.expires_at),
    )
