"""Book an appointment, from a hold or straight away.

A hold is a promise: booking it asks again only for the hold's life, the license and the listing.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import (
    claim_service,
    consequences,
    ending_queries,
    given_service,
    occupation_queries,
    queries,
    verdict_service,
    ways_on_service,
)
from domain.booking.consequences import Booked, Consequence
from domain.booking.refusals import (
    HoldExpired,
    HoldNotFound,
    LicenseNotValidAtSession,
    SlotNotOffered,
    TransitionNotAllowed,
)
from domain.booking.states import APPOINTMENT, Origin, Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.database import write_along
from domain.directory import service as directory
from domain.ids import BookingId
from domain.licensing import permission_queries as licensing
from domain.licensing import permissions


async def book(
    session: AsyncSession, *, wanted: Wanted, by: Actor, now: datetime, after: Sequence[Consequence]
) -> Booking:
    """Book what the client wants; where they hold exactly that, the hold becomes the appointment.

    after: what follows, written in the same transaction. Raises what `book_held` and `claim_service.claim` raise.
    """
    policy.require(by, Action.APPOINTMENT_BOOK)
    own = await queries.same_hold(
        session,
        client_id=by.client_id,
        therapist_id=wanted.therapist_id,
        session_type=wanted.session_type,
        starts_at=wanted.starts_at,
        session_format=wanted.session_format,
    )
    if own is not None and wanted.jurisdiction in {None, own.jurisdiction}:
        return await book_held(session, hold_id=own.id, by=by, now=now, after=after)
    booked = await claim_service.claim(session, wanted=wanted, status=Status.CONFIRMED, by=by, now=now)
    await _follow(session, appointment=booked, by=by, now=now, after=after)
    return booked


async def book_held(
    session: AsyncSession, *, hold_id: BookingId, by: Actor, now: datetime, after: Sequence[Consequence]
) -> Booking:
    """Turn the client's hold into an appointment.

    after: what follows, written in the same transaction. Raises HoldNotFound, TransitionNotAllowed when it is booked
    already, LicenseNotValidAtSession, SlotNotOffered when the therapist is not listed any more, HoldExpired; and
    OwnTimeOverlaps for a hold that was given, since that keeps none of the client's time.
    """
    policy.require(by, Action.APPOINTMENT_BOOK)
    held = await queries.own_hold(session, hold_id=hold_id, client_id=by.client_id)
    if held is None or held.status is Status.RELEASED:
        raise HoldNotFound
    if held.status not in APPOINTMENT:
        given = held.origin is not Origin.CLIENT
        if given:
            await occupation_queries.lock_client(session, client_id=by.client_id)
        await _require_license(session, hold=held, now=now)
        await _require_listing(session, hold=held, now=now)
        confirmed = (
            await given_service.confirm(session, hold=held, client_id=by.client_id, now=now)
            if given
            else await ending_queries.confirm(session, hold_id=hold_id, client_id=by.client_id, now=now)
        )
        if confirmed is not None:
            await _follow(session, appointment=confirmed, by=by, now=now, after=after)
            return confirmed
        held = await queries.own_hold(session, hold_id=hold_id, client_id=by.client_id) or held
    if held.status in APPOINTMENT:
        raise TransitionNotAllowed("This hold has been booked already; read the appointment.", appointment_id=held.id)
    if held.status is Status.RELEASED:
        raise HoldNotFound
    raise HoldExpired(alternatives=await ways_on_service.instead_of(session, booking=held, now=now))


async def _require_license(session: AsyncSession, *, hold: Booking, now: datetime) -> None:
    """Refuse where no verified license covers the whole session for the place promised.

    The permissions asked are locked, before any booking, so that none of them is taken away before the commit.
    """
    place, during = hold.jurisdiction or "", Interval(starts_at=hold.starts_at, ends_at=hold.ends_at)
    in_person = hold.session_format is SessionFormat.IN_PERSON
    permits = await licensing.to_rely_on(session, therapist_id=hold.therapist_id, place=place, now=now)
    if not permissions.covering(permits, place=place, during=during, in_person=in_person):
        raise LicenseNotValidAtSession(
            await verdict_service.against_license(
                session,
                therapist_id=hold.therapist_id,
                place=place,
                during=during,
                in_person=in_person,
                now=now,
            ),
            alternatives=await ways_on_service.instead_of(session, booking=hold, now=now),
        )


async def _require_listing(session: AsyncSession, *, hold: Booking, now: datetime) -> None:
    listed = await directory.listed(session, therapist_ids=[hold.therapist_id], now=now)
    if hold.therapist_id not in listed:
        raise SlotNotOffered(
            "This therapist can't be booked at present.",
            alternatives=await ways_on_service.instead_of(session, booking=hold, now=now),
        )


async def follow(
    session: AsyncSession,
    *,
    appointment: Booking,
    first_with_therapist: bool,
    by: Actor,
    now: datetime,
    after: Sequence[Consequence],
) -> None:
    """Write the audit of a booking and do what follows from it."""
    audit.record(
        session, by=by, action=Action.APPOINTMENT_BOOK, subject_kind="booking", subject_id=appointment.id, now=now
    )
    booked = Booked(
        booking_id=appointment.id,
        client_id=by.client_id,
        therapist_id=appointment.therapist_id,
        starts_at=appointment.starts_at,
        first_with_therapist=first_with_therapist,
        by=by,
        now=now,
    )
    await write_along(session, consequences.rows(booked, after=after))


async def _follow(
    session: AsyncSession,
    *,
    appointment: Booking,
    by: Actor,
    now: datetime,
    after: Sequence[Consequence],
) -> None:
    """Find out whether it is the client's first session with the therapist, and do what follows."""
    known = await queries.has_session_with(
        session, client_id=by.client_id, therapist_id=appointment.therapist_id, besides=appointment.id
    )
    await follow(session, appointment=appointment, first_with_therapist=not known, by=by, now=now, after=after)
