"""What is done about bookings beside the requests. Each job looks at its rows first, so that twice is once."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.booking import closing_service, freed_service, lapse_service, telling_service, waitlist_queries
from domain.database import Database
from domain.ids import BookingId, ClientId, TherapistId, WaitlistEntryId
from domain.vault.cipher import Vault

LOADED_AT_ONCE: Final = 50


class Clock(Protocol):
    """Where a job has its time from."""

    def now(self) -> datetime:
        """Give the current instant, aware, in UTC."""


async def offer_waiting(therapist_id: UUID, *, database: Database, vault: Vault, clock: Clock) -> None:
    """Offer a therapist's open time to those who wait for it, the first come first, each in its own transaction."""
    therapist = TherapistId(therapist_id)
    after: tuple[datetime, WaitlistEntryId] | None = None
    while True:
        async with database.read() as session:
            entries = await waitlist_queries.waiting_for(
                session, therapist_id=therapist, after=after, limit=LOADED_AT_ONCE, now=clock.now()
            )
        for entry in entries:
            async with database.transaction() as session:
                await freed_service.offer_any(
                    session, entry=entry, therapist_id=therapist, vault=vault, now=clock.now()
                )
        if len(entries) < LOADED_AT_ONCE:
            return
        after = entries[-1].created_at, entries[-1].entry_id


async def review_practice(therapist_id: UUID, *, database: Database, vault: Vault, clock: Clock) -> None:
    """Cancel what no license of a therapist's covers any more, and look after all who lost sessions lately.

    In batches, each in its own transaction: the licenses are read anew in each.
    """
    therapist = TherapistId(therapist_id)
    now = clock.now()  # one for the whole run: it tells what was cancelled together
    while True:
        async with database.transaction() as session:
            slipped = await closing_service.cancel_slipped_in(session, therapist_id=therapist, now=now)
        if slipped < closing_service.CANCELLED_AT_ONCE:
            break
    last: BookingId | None = None
    told = False
    while True:
        async with database.transaction() as session:
            cancelled, last = await closing_service.cancel_uncovered(
                session, therapist_id=therapist, after=last, now=now
            )
            if cancelled and not told:
                about = min(cancelled)
                await closing_service.tell_therapist(session, therapist_id=therapist, about=about, vault=vault, now=now)
                told = True
        if last is None:
            break
    seen: tuple[ClientId, datetime] | None = None
    while True:
        async with database.transaction() as session:
            seen = await closing_service.look_after_some(
                session, therapist_id=therapist, after=seen, vault=vault, now=clock.now()
            )
        if seen is None:
            return


async def bring_in_line(therapist_id: UUID, *, database: Database, vault: Vault, clock: Clock) -> None:
    """Write a therapist's permissions anew, and end what nothing permits any more."""
    async with database.transaction() as session:
        await lapse_service.bring_in_line(session, therapist_id=TherapistId(therapist_id), vault=vault, now=clock.now())


async def tell_of_booking(booking_id: UUID, *, database: Database, vault: Vault, clock: Clock) -> None:
    """Write to both parties that an appointment was confirmed, once, unless it is not confirmed any more."""
    async with database.transaction() as session:
        await telling_service.tell_of_booking(session, booking_id=BookingId(booking_id), vault=vault, now=clock.now())
