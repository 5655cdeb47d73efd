"""A license lost in the middle of a race, over HTTP: once that is answered, nothing stands on it, and nothing comes.

Most bookings take the quick path; a therapist with a daily limit is booked on the careful one.
"""

import asyncio
import os
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from api.parts import Parts
from domain.access.actor import Role
from domain.booking import lapse_service, place_service
from domain.booking.states import Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import Party
from domain.ids import AccountId, BookingId, LicenseId, TherapistId
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.tables import LicenseRow
from tests.build import accounts, booked, booking
from tests.build import licensing as built
from tests.build.accounts import Person
from tests.build.availability import schedule
from tests.build.therapists import license_of, listed_therapist

ROUNDS = int(os.environ.get("ATTUNE_RACE_ROUNDS", "4"))  # `make races` runs many more
RACERS = 30
HEAD_START_SECONDS_MAX = 0.3
LONG_ENOUGH_SECONDS = 0.3  # for what does not wait to have ended


@pytest.fixture
def calls(parts: Parts) -> httpx.AsyncClient:
    """A client of an app with real connections."""
    transport = httpx.ASGITransport(app=create_app(parts), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://attune.test")


async def practice(parts: Parts, *, daily_limit: int | None = None) -> tuple[TherapistId, LicenseId, LicenseId]:
    """Store a therapist with a license for Ohio and one for Texas."""
    async with parts.database.transaction() as session:
        therapist_id = await listed_therapist(session, schedule=schedule(daily_limit=daily_limit))
        texas = await license_of(session, therapist_id=therapist_id, jurisdiction="US-TX")
        licenses = await session.scalars(select(LicenseRow.id).where(LicenseRow.therapist_id == therapist_id))
        [ohio] = [each for each in licenses if each != texas]
    return therapist_id, ohio, texas


async def people(parts: Parts, *, count: int) -> list[Person]:
    async with parts.database.write() as session:
        found = [await booked.client(session, parts) for _ in range(count)]
        await session.commit()
    return found


async def suspend(parts: Parts, *, license_id: LicenseId, therapist_id: TherapistId, after: float = 0.0) -> int:
    """Suspend a license as the route does, and count what stands with the therapist right after the commit."""
    await asyncio.sleep(after)
    now = datetime.now(UTC)
    async with parts.database.transaction() as session:
        admin = await accounts.actor(session, role=Role.ADMIN)
        await built.decide(
            session, license_id=license_id, decision=built.decision(DecisionOutcome.SUSPENDED), by=admin, now=now
        )
        await lapse_service.end(session, therapist_id=therapist_id, vault=parts.vault, now=now)
    return await standing(parts, therapist_id=therapist_id)


async def standing(parts: Parts, *, therapist_id: TherapistId) -> int:
    async with parts.database.read() as session:
        found = select(func.count()).where(
            Booking.therapist_id == therapist_id,
            Booking.status == Status.CONFIRMED,
            Booking.jurisdiction == "US-OH",
        )
        return await session.scalar(found) or 0


async def row_of(parts: Parts, appointment_id: str) -> Booking:
    async with parts.database.read() as session:
        return await session.get_one(Booking, BookingId(UUID(appointment_id)))


def moment() -> float:
    return HEAD_START_SECONDS_MAX * secrets.randbelow(1000) / 1000


@pytest.mark.parametrize("daily_limit", [None, 8], ids=["quick", "careful"])
async def test_a_license_lost_in_the_middle_of_a_race_ends_in_no_booking(
    parts: Parts, calls: httpx.AsyncClient, daily_limit: int | None
) -> None:
    racers = await people(parts, count=RACERS)

    for number in range(ROUNDS):
        therapist_id, ohio, _ = await practice(parts, daily_limit=daily_limit)
        body = booked.body(therapist_id, start=booking.slot(days=3 + number))
        suspending = asyncio.create_task(suspend(parts, license_id=ohio, therapist_id=therapist_id, after=moment()))
        answers = await asyncio.gather(
            *(calls.post("/v1/appointments", json=body, headers=each.headers) for each in racers)
        )
        seen = await suspending

        statuses = Counter(answer.status_code for answer in answers)
        assert (seen, await standing(parts, therapist_id=therapist_id)) == (0, 0)
        assert statuses[201] <= 1
        assert statuses.keys() <= {201, 404, 409, 422}, statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A session of a client of Ohio with a therapist who may treat in Ohio and in Texas. later: another time for it."""

    therapist_id: TherapistId
    ohio: LicenseId
    texas: LicenseId
    client: Person
    therapist: Person
    appointment_id: str
    later: datetime

    @property
    def path(self) -> str:
        return f"/v1/appointments/{self.appointment_id}"


async def scene(parts: Parts, calls: httpx.AsyncClient, *, days: int) -> Scene:
    therapist_id, ohio, texas = await practice(parts)
    [by] = await people(parts, count=1)
    async with parts.database.write() as session:
        therapist = await accounts.signed_in(session, parts, role=Role.THERAPIST, of=AccountId(therapist_id))
        await session.commit()
    body = booked.body(therapist_id, start=booking.slot(days=days))
    made = await calls.post("/v1/appointments", json=body, headers=by.headers)
    assert made.status_code == 201, made.text
    return Scene(
        therapist_id=therapist_id,
        ohio=ohio,
        texas=texas,
        client=by,
        therapist=therapist,
        appointment_id=made.json()["id"],
        later=booking.slot(days=days, hour=13),
    )


async def happens(parts: Parts, calls: httpx.AsyncClient, *, rival: str, to: Scene) -> int:
    """Let something else happen to the session, and give the status it is answered with."""
    match rival:
        case "ohio" | "texas":
            license_id = to.ohio if rival == "ohio" else to.texas
            await suspend(parts, license_id=license_id, therapist_id=to.therapist_id)
            return 201
        case "cancel":
            answer = await calls.post(
                f"{to.path}/cancel", json={"reason_code": "illness"}, headers=to.therapist.headers
            )
            return answer.status_code
        case _:
            answer = await calls.post(
                f"{to.path}/reschedule", json={"start": booked.wire(to.later)}, headers=to.client.headers
            )
            return answer.status_code


@pytest.mark.parametrize("rival", ["ohio", "texas", "cancel", "reschedule"])
async def test_saying_where_one_will_be_has_one_outcome_whatever_else_happens(
    parts: Parts, calls: httpx.AsyncClient, rival: str
) -> None:
    for number in range(ROUNDS):
        given = await scene(parts, calls, days=3 + number)

        put, beside = await asyncio.gather(
            calls.put(f"{given.path}/place", json={"jurisdiction": "US-TX"}, headers=given.client.headers),
            happens(parts, calls, rival=rival, to=given),
        )

        assert (put.status_code, beside) in {(200, 200), (200, 201), (409, 200), (409, 201), (200, 409)}
        await _is_one_outcome(parts, row=await row_of(parts, given.appointment_id), put=put, rival=rival)


async def _is_one_outcome(parts: Parts, *, row: Booking, put: httpx.Response, rival: str) -> None:
    said = put.json().get("status")
    match rival:
        case "ohio":  # either it went to Texas in time, and stays, or it was gone
            assert row.status is (Status.CONFIRMED if said == "confirmed" else Status.CANCELLED)
        case "texas":  # whoever was first, nobody is in Texas without a license
            assert row.status is Status.CANCELLED
            assert row.cancelled_by is Party.SERVICE
        case "cancel":
            assert row.status is Status.CANCELLED
        case _:
            assert (row.status, row.jurisdiction) == (Status.CONFIRMED, "US-TX")
    async with parts.database.read() as session:
        orphans = await session.scalars(
            select(Booking.id).where(
                Booking.client_id == row.client_id, Booking.origin == Origin.REHOMING, Booking.in_place_of != row.id
            )
        )
        assert orphans.all() == []


async def test_a_session_on_its_way_to_a_place_that_is_permitted_is_not_ended(
    parts: Parts, calls: httpx.AsyncClient
) -> None:
    given = await scene(parts, calls, days=3)

    async with parts.database.transaction() as session:
        await place_service.put(
            session,
            appointment_id=BookingId(UUID(given.appointment_id)),
            jurisdiction="US-TX",
            check=lambda _version: None,
            by=given.client.actor,
            vault=parts.vault,
            now=datetime.now(UTC),
        )
        suspending = asyncio.create_task(suspend(parts, license_id=given.ohio, therapist_id=given.therapist_id))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
        waited = not suspending.done()
    await suspending

    row = await row_of(parts, given.appointment_id)
    assert (waited, row.status, row.jurisdiction) == (True, Status.CONFIRMED, "US-TX")
