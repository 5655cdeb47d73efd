"""Look after a client who lost a session: one other is held for them, and they are told, without blame.

Only for their next session with that therapist; for later ones there are alternatives to choose from. The same
therapist comes first, then others; the time that was given up is not among them. What is held lasts 48 hours, or until
the therapist needs notice.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.booking import given_service, rehoming_queries, telling_service, ways_on_service
from domain.booking.states import Origin
from domain.booking.tables import Booking
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.wanted import Claim, Provenance
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.vault.cipher import Vault

KEPT_FOR: Final = timedelta(hours=48)


async def look_after(session: AsyncSession, *, lost: Booking, vault: Vault, now: datetime) -> None:
    """Hold another session for a client in place of one that somebody else cancelled, and write to them; once each."""
    if lost.client_id is None:
        raise ValueError("a group's own row has no client")
    await rehome(session, lost=lost, now=now)
    await telling_service.tell(
        session,
        whom=lost.client_id,
        about=lost.id,
        kind=NoticeKind.SESSION_CHANGED,
        message=wording.session_changed(),
        vault=vault,
        now=now,
    )


async def rehome(session: AsyncSession, *, lost: Booking, now: datetime) -> Booking | None:
    """Hold the first of a lost session's alternatives that is still to be had; None where none is, or none is due."""
    if not await rehoming_queries.is_to_be_rehomed(session, lost=lost, now=now):
        return None
    return await hold_instead(session, lost=lost, now=now)


async def hold_instead(session: AsyncSession, *, lost: Booking, now: datetime) -> Booking | None:
    """Hold the first of a lost session's alternatives that is still to be had, whatever else the client has."""
    if lost.client_id is None or lost.session_format is None or lost.jurisdiction is None:
        raise ValueError("a group's own row has no client")
    given_up = Interval(starts_at=lost.starts_at, ends_at=lost.ends_at)
    offers = await ways_on_service.instead_of(session, booking=lost, now=now, not_during=given_up)
    for offer in offers:
        claim = Claim(
            client_id=lost.client_id,
            offer=offer,
            session_format=lost.session_format,
            jurisdiction=lost.jurisdiction,
            terms=DEFAULT_TERMS,
            match_id=None,
            provenance=Provenance(origin=Origin.REHOMING, in_place_of=lost.id),
        )
        given = await given_service.give(session, claim=claim, kept_for=KEPT_FOR, patient=True, now=now)
        if given is not None:
            return given
    return None
