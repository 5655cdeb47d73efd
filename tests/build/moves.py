"""Appointments and moves as tests need them."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.booking import book_service, reschedule_service
from domain.booking.consequences import Moved
from domain.booking.reschedule_service import NewTime
from domain.booking.series import Scope
from domain.booking.tables import Booking
from domain.ids import BookingId, TherapistId
from domain.vault.cipher import Vault
from tests.build import booking

VAULT: Final = Vault(sealing_key_id="test", keys={"test": bytes(32)})  # opens nothing: nobody waits here


class Recorder:
    """A consequence that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[Moved] = []

    async def __call__(self, session: AsyncSession, moved: Moved) -> None:
        assert session.in_transaction()
        self.told.append(moved)


def any_version(version: int) -> None:
    """Take every version."""


async def booked(
    session: AsyncSession,
    therapist_id: TherapistId,
    *,
    by: Actor,
    starts_at: datetime | None = None,
    session_type: str = "individual_50",
    now: datetime,
) -> Booking:
    wanted = booking.wanted(therapist_id, starts_at=starts_at, session_type=session_type)
    return await book_service.book(session, wanted=wanted, by=by, now=now, after=())


async def moved(
    session: AsyncSession,
    appointment: Booking,
    *,
    to: datetime,
    by: Actor,
    now: datetime,
    recorder: Recorder | None = None,
) -> Booking:
    [named] = await shifted(session, appointment, to=to, scope=Scope.ONE, by=by, now=now, recorder=recorder)
    return named


async def shifted(
    session: AsyncSession,
    appointment: Booking,
    *,
    to: datetime,
    scope: Scope,
    by: Actor,
    now: datetime,
    recorder: Recorder | None = None,
) -> tuple[Booking, ...]:
    """Move an appointment and what of its series goes with it."""
    return await reschedule_service.reschedule(
        session,
        new=NewTime(appointment_id=appointment.id, starts_at=to, scope=scope),
        check=any_version,
        by=by,
        now=now,
        vault=VAULT,
        after=() if recorder is None else (recorder,),
    )


async def times(session: AsyncSession, booking_id: BookingId) -> tuple[datetime, int]:
    row = (
        await session.execute(select(func.lower(Booking.during), Booking.version).where(Booking.id == booking_id))
    ).one()
    return row[0], row[1]
