"""What is done about bookings beside the requests. Each job looks at its rows first, so that twice is once."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.booking import freed_service, waitlist_queries
from domain.database import Database
from domain.ids import TherapistId, WaitlistEntryId
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
