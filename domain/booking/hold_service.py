"""Hold a session for ten minutes, look at the hold, renew it, and give it up."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking import claim_service, ending_queries, freed_service, queries, ways_on_service
from domain.booking.refusals import (
    HoldExpired,
    HoldNotFound,
    HoldNotRenewable,
    SlotNotOffered,
    SlotTaken,
    TransitionNotAllowed,
)
from domain.booking.states import APPOINTMENT, Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.ids import BookingId
from domain.vault.cipher import Vault


async def hold(session: AsyncSession, *, wanted: Wanted, by: Actor, now: datetime) -> Booking:
    """Hold a session for the client; it is theirs until `expires_at` by the database's clock.

    What is kept for them already is theirs, and is given as it is. Raises what `claim_service.claim` raises.
    """
    policy.require(by, Action.HOLD_CREATE)
    try:
        held = await claim_service.claim(session, wanted=wanted, status=Status.HELD, by=by, now=now)
    except (SlotTaken, SlotNotOffered):
        given = await _given(session, wanted=wanted, by=by)
        if given is None:
            raise
        return given
    audit.record(session, by=by, action=Action.HOLD_CREATE, subject_kind="booking", subject_id=held.id, now=now)
    return held


async def _given(session: AsyncSession, *, wanted: Wanted, by: Actor) -> Booking | None:
    """Give the hold of exactly this session that is kept for the client, where it is that what takes the time."""
    found = await queries.same_hold(
        session,
        client_id=by.client_id,
        therapist_id=wanted.therapist_id,
        session_type=wanted.session_type,
        starts_at=wanted.starts_at,
        session_format=wanted.session_format,
    )
    return found if found is not None and wanted.jurisdiction in {None, found.jurisdiction} else None


async def live_hold(session: AsyncSession, *, hold_id: BookingId, by: Actor) -> Booking:
    """Give a hold of the client's own while it lives. Raises HoldNotFound."""
    policy.require(by, Action.HOLD_READ)
    found = await queries.live_hold(session, hold_id=hold_id, client_id=by.client_id)
    if found is None:
        raise HoldNotFound
    return found


async def renew(session: AsyncSession, *, hold_id: BookingId, by: Actor, now: datetime) -> Booking:
    """Let a hold of the client's own live ten more minutes from now, 30 in all since it was made.

    Raises HoldNotFound, TransitionNotAllowed once it is an appointment, HoldNotRenewable where nothing is gained,
    HoldExpired.
    """
    policy.require(by, Action.HOLD_RENEW)
    renewed = await ending_queries.renew(session, hold_id=hold_id, client_id=by.client_id, now=now)
    if renewed is not None:
        audit.record(session, by=by, action=Action.HOLD_RENEW, subject_kind="booking", subject_id=hold_id, now=now)
        return renewed
    found = await queries.own_hold(session, hold_id=hold_id, client_id=by.client_id)
    if found is None or found.status is Status.RELEASED:
        raise HoldNotFound
    if found.status in APPOINTMENT:
        raise TransitionNotAllowed("The hold was booked; there is nothing to renew.", appointment_id=hold_id)
    if await queries.live_hold(session, hold_id=hold_id, client_id=by.client_id) is not None:
        raise HoldNotRenewable(hold_id=hold_id)
    raise HoldExpired(alternatives=await ways_on_service.instead_of(session, booking=found, now=now))


async def release(session: AsyncSession, *, hold_id: BookingId, vault: Vault, by: Actor, now: datetime) -> None:
    """Give up a hold of the client's own, or let one pass that was given; its time goes to the first who waits for it.

    One that has already gone stays gone, and that is no refusal. Raises HoldNotFound, and TransitionNotAllowed once it
    is an appointment.
    """
    policy.require(by, Action.HOLD_RELEASE)
    found = await queries.own_hold(session, hold_id=hold_id, client_id=by.client_id)
    if found is None:
        raise HoldNotFound
    if await ending_queries.release(session, hold=found, now=now):
        audit.record(session, by=by, action=Action.HOLD_RELEASE, subject_kind="booking", subject_id=found.id, now=now)
        await freed_service.freed(
            session,
            therapist_id=found.therapist_id,
            during=found.occupied_time,
            left_by=by.client_id,
            vault=vault,
            now=now,
        )
        return
    now_it_is = await queries.own_hold(session, hold_id=hold_id, client_id=by.client_id)
    if now_it_is is not None and now_it_is.status in APPOINTMENT:
        raise TransitionNotAllowed("The hold was booked; cancel the appointment instead.", appointment_id=hold_id)
