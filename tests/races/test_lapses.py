"""A license that lapses in the middle of a race for one slot ends in no booking, on the quick path or the careful one.

Whoever wins before the lapse is cancelled with it; whoever comes after it is refused.
"""

import asyncio
import os
import random
from datetime import UTC, datetime
from typing import Protocol

import pytest
from sqlalchemy import func, select

from api.parts import Parts
from domain.access.actor import Actor
from domain.accounts.tokens import Claims
from domain.booking import at_once_service, book_service, lapse_service
from domain.booking.at_once_service import Asked, Ready
from domain.booking.refusals import LicenseNotValidAtSession, SlotTaken
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.database import Database
from domain.ids import TherapistId
from domain.licensing.licenses import LicenseStatus
from domain.therapists.service import TherapistNotFound
from tests.build import booking, therapists

CLIENTS = 12
ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more


async def quickly(database: Database, *, wanted: Wanted, by: Actor) -> bool:
    """Look and take, as most requests do; say whether it was taken."""
    asked = Asked(claims=Claims(account_id=by.account_id, session_id=by.session_id), request=None)
    async with database.direct.connection() as driver:
        seen = await at_once_service.look(
            driver, asked=asked, wanted=wanted, status=Status.CONFIRMED, now=datetime.now(UTC)
        )
        if not isinstance(seen, Ready):
            return False
        return await at_once_service.take(driver, ready=seen, request=None, along=())


async def carefully(database: Database, *, wanted: Wanted, by: Actor) -> bool:
    """Book in the careful transaction; say whether it was booked."""
    try:
        async with database.transaction() as session:
            await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    except (LicenseNotValidAtSession, SlotTaken, TherapistNotFound):
        return False
    return True


async def lapse(parts: Parts, *, therapist_id: TherapistId) -> None:
    """Suspend everything and end what that makes unlawful, at some moment of the race."""
    await asyncio.sleep(random.uniform(0, 0.03))  # noqa: S311 - a moment, not a secret
    async with parts.database.transaction() as session:
        await therapists.stand(session, therapist_id=therapist_id, status=LicenseStatus.SUSPENDED)
        await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=datetime.now(UTC))


class Book(Protocol):
    """One of the two ways to book."""

    async def __call__(self, database: Database, *, wanted: Wanted, by: Actor) -> bool:
        """Book, and say whether it was booked."""


@pytest.mark.parametrize("book", [quickly, carefully])
async def test_a_lapse_in_the_middle_of_a_race_leaves_nothing_booked(parts: Parts, book: Book) -> None:
    for _ in range(ROUNDS):
        async with parts.database.transaction() as session:
            therapist_id = await therapists.listed_therapist(session)
            clients = [await booking.client(session) for _ in range(CLIENTS)]
        wanted = booking.wanted(therapist_id)

        *outcomes, _ = await asyncio.gather(
            *(book(parts.database, wanted=wanted, by=by) for by in clients),
            lapse(parts, therapist_id=therapist_id),
        )

        async with parts.database.read() as session:
            standing = select(func.count()).where(
                Booking.therapist_id == therapist_id, Booking.status.in_((Status.CONFIRMED, Status.HELD))
            )
            assert await session.scalar(standing) == 0
        assert sum(1 for each in outcomes if each) <= 1
