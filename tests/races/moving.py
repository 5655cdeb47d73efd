"""What those who race over moves and standing sessions do: each commits, and says how it went."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from domain.access.actor import Actor
from domain.booking import (
    book_service,
    hold_service,
    reschedule_service,
    series_service,
)
from domain.booking.refusals import OwnTimeOverlaps, SlotNotOffered, SlotTaken, TransitionNotAllowed, WeeksRefused
from domain.booking.reschedule_service import NewTime
from domain.booking.series import OnConflict, Scope
from domain.booking.series_service import SeriesWanted
from domain.booking.states import Kind, Status
from domain.booking.tables import Booking, Series
from domain.database import Database
from domain.ids import BookingId, TherapistId
from tests.build import booking
from tests.build.availability import schedule, session_type
from tests.build.moves import VAULT
from tests.build.therapists import listed_therapist

ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
WEEKS = 6
KINDS = (session_type(after=10), session_type(code="group_50", after=10, capacity=2))


async def therapist(database: Database, *, daily_limit: int | None = None) -> TherapistId:
    async with database.transaction() as session:
        return await listed_therapist(
            session,
            schedule=schedule(session_types=KINDS, daily_limit=daily_limit),
            caseload_limit=1000,  # each round may leave a client
        )


async def people(database: Database, *, count: int) -> list[Actor]:
    async with database.transaction() as session:
        return [await booking.client(session) for _ in range(count)]


async def booked(
    database: Database,
    therapist_id: TherapistId,
    *,
    by: Actor,
    starts_at: datetime,
    session_type: str = "individual_50",
) -> BookingId:
    wanted = booking.wanted(therapist_id, starts_at=starts_at, session_type=session_type)
    async with database.transaction() as session:
        row = await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    return row.id


async def move(
    database: Database, appointment_id: BookingId, *, by: Actor, to: datetime, scope: Scope = Scope.ONE
) -> str:
    """Move, commit, and say how it went."""
    try:
        async with database.transaction() as session:
            await reschedule_service.reschedule(
                session,
                new=NewTime(appointment_id=appointment_id, starts_at=to, scope=scope),
                check=lambda _version: None,
                by=by,
                now=datetime.now(UTC),
                vault=VAULT,
                after=(),
            )
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered, WeeksRefused, TransitionNotAllowed) as refused:
        return refused.slug
    return "moved"


async def hold(database: Database, therapist_id: TherapistId, *, by: Actor, starts_at: datetime) -> str:
    """Hold, commit, and say how it went."""
    wanted = booking.wanted(therapist_id, starts_at=starts_at)
    try:
        async with database.transaction() as session:
            await hold_service.hold(session, wanted=wanted, by=by, now=datetime.now(UTC))
    except (SlotTaken, OwnTimeOverlaps, SlotNotOffered) as refused:
        return refused.slug
    return "held"


async def standing(
    database: Database, therapist_id: TherapistId, *, by: Actor, starts_at: datetime, on_conflict: OnConflict
) -> str:
    """Book a series of six weeks, commit, and say how many weeks it got."""
    wanted = SeriesWanted(first=booking.wanted(therapist_id, starts_at=starts_at), weeks=WEEKS, on_conflict=on_conflict)
    try:
        async with database.transaction() as session:
            found = await series_service.create(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    except WeeksRefused as refused:
        return f"refused {len(refused.conflicts)}"
    return f"booked {len(found.appointments)}"


async def count(database: Database, *, by: Actor) -> tuple[int, int]:
    """Count a client's bookings and series, whatever became of them."""
    async with database.read() as session:
        bookings = select(func.count()).select_from(Booking).where(Booking.client_id == by.client_id)
        rows = select(func.count()).select_from(Series).where(Series.client_id == by.client_id)
        return await session.scalar(bookings) or 0, await session.scalar(rows) or 0


async def appointments(database: Database, *, by: Actor) -> list[BookingId]:
    """Give a client's appointments by start."""
    async with database.read() as session:
        mine = select(Booking.id).where(Booking.client_id == by.client_id).order_by(func.lower(Booking.during))
        return list(await session.scalars(mine))


async def race(attempts: Sequence[Awaitable[str]]) -> Counter[str]:
    """Let all go at once. Whatever is no refusal of ours, such as a deadlock, is raised."""
    return Counter(await asyncio.gather(*attempts))


async def starts(database: Database, *, therapist_id: TherapistId, kind: Kind = Kind.INDIVIDUAL) -> list[datetime]:
    """Give the starts of what lives with a therapist."""
    async with database.read() as session:
        found = await session.scalars(
            select(func.lower(Booking.during))
            .where(
                Booking.therapist_id == therapist_id,
                Booking.kind == kind,
                Booking.status.in_((Status.HELD, Status.CONFIRMED)),
            )
            .order_by(func.lower(Booking.during), Booking.id)
        )
        return list(found)
