"""Decisions and changes of identity that land while sessions are held and booked, on real connections that commit.

What takes a license away looks, under its lock and before it commits, at what stands on the license. Whoever won must
be there to be seen: else a session was promised after the license was gone.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor, Role
from domain.booking import book_service, hold_service
from domain.booking.refusals import LicenseNotValidAtSession
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.booking.wanted import Wanted
from domain.database import Database
from domain.directory import service as directory
from domain.ids import BookingId, LicenseId, TherapistId
from domain.licensing import service as licensing
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.licenses import LicenseStatus
from domain.licensing.tables import LicenseRow
from domain.therapists import service as therapists
from domain.therapists.service import TherapistNotFound
from tests.build import accounts, booking
from tests.build import licensing as built
from tests.build.availability import schedule
from tests.build.therapists import license_of, schedule_of

CLIENTS = 4  # all run in one process: more would wait for the processor until PostgreSQL gives up waiting for locks
ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
LONG_ENOUGH_SECONDS = 0.3  # for what does not wait to have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A listed therapist whose sealed fields open, a verified license and one that waits, and an admin."""

    therapist: Actor
    license_id: LicenseId
    waiting_id: LicenseId
    admin: Actor

    @property
    def therapist_id(self) -> TherapistId:
        return self.therapist.therapist_id


async def practice(parts: Parts) -> Practice:
    async with parts.database.transaction() as session:
        therapist = await built.applicant(session, vault=parts.vault)
        therapist_id = therapist.therapist_id
        license_id = await license_of(session, therapist_id=therapist_id)
        waiting_id = await license_of(
            session, therapist_id=therapist_id, jurisdiction="US-TX", status=LicenseStatus.SUBMITTED
        )
        await schedule_of(session, therapist_id=therapist_id, schedule=schedule())
        admin = await accounts.actor(session, role=Role.ADMIN)
    return Practice(therapist=therapist, license_id=license_id, waiting_id=waiting_id, admin=admin)


async def people(database: Database, *, count: int = CLIENTS) -> list[Actor]:
    async with database.transaction() as session:
        return [await booking.client(session) for _ in range(count)]


def wishes(of: Practice, clients: Sequence[Actor], *, days: int) -> list[tuple[Wanted, Actor]]:
    """Give each client an hour of their own, so that none is another's rival."""
    return [
        (booking.wanted(of.therapist_id, starts_at=booking.slot(days=days, hour=9 + turn)), by)
        for turn, by in enumerate(clients)
    ]


async def held(database: Database, *, wanted: Wanted, by: Actor) -> BookingId:
    async with database.transaction() as session:
        return (await hold_service.hold(session, wanted=wanted, by=by, now=datetime.now(UTC))).id


async def booked(database: Database, *, wanted: Wanted, by: Actor) -> str:
    """Book straight away, and say how it went."""
    try:
        async with database.transaction() as session:
            await book_service.book(session, wanted=wanted, by=by, now=datetime.now(UTC), after=())
    except (LicenseNotValidAtSession, TherapistNotFound) as refused:
        return refused.slug
    return "won"


async def confirmed(database: Database, *, hold_id: BookingId, by: Actor) -> str:
    """Make a hold an appointment, and say how it went."""
    try:
        async with database.transaction() as session:
            await book_service.book_held(session, hold_id=hold_id, by=by, now=datetime.now(UTC), after=())
    except LicenseNotValidAtSession as refused:
        return refused.slug
    return "won"


async def decide(session: AsyncSession, *, of: Practice) -> None:
    decision = built.decision(DecisionOutcome.SUSPENDED)
    await built.decide(session, license_id=of.license_id, decision=decision, by=of.admin, now=datetime.now(UTC))


async def standing(session: AsyncSession, *, of: Practice) -> int:
    """Count the appointments that can be seen to have been made."""
    found = select(func.count()).where(Booking.therapist_id == of.therapist_id, Booking.status == Status.CONFIRMED)
    return await session.scalar(found) or 0


async def suspended(database: Database, *, of: Practice) -> int:
    """Suspend the license, and count what stood on it when that was done."""
    async with database.transaction() as session:
        await decide(session, of=of)
        return await standing(session, of=of)


async def become_another(session: AsyncSession, parts: Parts, *, of: Practice) -> None:
    """Change the identity as the route does."""
    now = datetime.now(UTC)
    told = built.profile(legal_name="Eve Muster")
    await therapists.own_identity(session, by=of.therapist, vault=parts.vault)
    await therapists.put_profile(session, profile=told, by=of.therapist, vault=parts.vault, now=now)
    await licensing.recheck(session, by=of.therapist, vault=parts.vault, now=now)


async def became_another(parts: Parts, *, of: Practice) -> None:
    async with parts.database.transaction() as session:
        await become_another(session, parts, of=of)


async def verified(database: Database, *, of: Practice) -> None:
    """Verify the license that waits, as the route does: what completes a listing is noted with it."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await built.decide(
            session, license_id=of.waiting_id, decision=built.decision(DecisionOutcome.VERIFIED), by=of.admin, now=now
        )
        await directory.note_listing(session, therapist_id=of.therapist_id, now=now)


async def test_nothing_is_booked_behind_a_suspension(parts: Parts) -> None:
    clients = await people(parts.database)

    for number in range(ROUNDS):
        given = await practice(parts)
        seen, *outcomes = await asyncio.gather(
            suspended(parts.database, of=given),
            *(booked(parts.database, wanted=wanted, by=by) for wanted, by in wishes(given, clients, days=3 + number)),
        )
        assert outcomes.count("won") == seen


async def test_no_hold_becomes_an_appointment_behind_a_suspension(parts: Parts) -> None:
    for number in range(ROUNDS):
        clients = await people(parts.database)  # new ones, since nobody holds more than three times
        given = await practice(parts)
        holds = [
            (await held(parts.database, wanted=wanted, by=by), by)
            for wanted, by in wishes(given, clients, days=3 + number)
        ]
        seen, *outcomes = await asyncio.gather(
            suspended(parts.database, of=given),
            *(confirmed(parts.database, hold_id=hold_id, by=by) for hold_id, by in holds),
        )
        assert outcomes.count("won") == seen


async def test_a_change_of_identity_and_a_decision_let_each_other_pass(parts: Parts) -> None:
    for _ in range(ROUNDS):
        given = await practice(parts)

        await asyncio.gather(became_another(parts, of=given), verified(parts.database, of=given))

        async with parts.database.read() as session:
            status = await session.scalar(select(LicenseRow.status).where(LicenseRow.id == given.license_id))
        assert status is LicenseStatus.SUBMITTED


async def test_a_booking_waits_for_a_suspension_and_is_refused(parts: Parts) -> None:
    given = await practice(parts)
    [by] = await people(parts.database, count=1)
    [(wanted, _)] = wishes(given, [by], days=3)
    hold_id = await held(parts.database, wanted=wanted, by=by)

    async with parts.database.transaction() as session:
        await decide(session, of=given)
        booking_it = asyncio.create_task(confirmed(parts.database, hold_id=hold_id, by=by))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
        waited = not booking_it.done()

    assert (waited, await booking_it) == (True, "license-not-valid-at-session")


async def test_a_booking_waits_for_a_change_of_identity_and_is_refused(parts: Parts) -> None:
    given = await practice(parts)
    [by] = await people(parts.database, count=1)
    [(wanted, _)] = wishes(given, [by], days=3)

    async with parts.database.transaction() as session:
        await become_another(session, parts, of=given)
        booking_it = asyncio.create_task(booked(parts.database, wanted=wanted, by=by))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
        waited = not booking_it.done()

    assert (waited, await booking_it) == (True, "license-not-valid-at-session")


async def test_a_suspension_waits_for_what_is_being_booked_and_others_do_not(parts: Parts) -> None:
    given = await practice(parts)
    [first, second] = await people(parts.database, count=2)
    [(wanted, _), (other, _)] = wishes(given, [first, second], days=3)

    async with parts.database.transaction() as session:
        await book_service.book(session, wanted=wanted, by=first, now=datetime.now(UTC), after=())
        beside = await booked(parts.database, wanted=other, by=second)
        suspending = asyncio.create_task(suspended(parts.database, of=given))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
        waited = not suspending.done()

    assert (beside, waited, await suspending) == ("won", True, 2)
