"""People around a booking who call the API, and what they send."""

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.availability.schedule import Schedule
from domain.ids import AccountId, TherapistId
from tests.build import accounts, booking
from tests.build.accounts import Person
from tests.build.therapists import listed_therapist


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A listed therapist and two clients of theirs to be, all signed in."""

    therapist_id: TherapistId
    therapist: Person
    client: Person
    rival: Person


async def client(session: AsyncSession, parts: Parts, *, jurisdiction: str = "US-OH") -> Person:
    actor = await booking.client(session, jurisdiction=jurisdiction)
    return await accounts.signed_in(session, parts, role=Role.CLIENT, of=actor.account_id)


async def therapist(session: AsyncSession, parts: Parts, *, schedule: Schedule | None = None) -> Person:
    therapist_id = await listed_therapist(session, schedule=schedule)
    return await accounts.signed_in(session, parts, role=Role.THERAPIST, of=AccountId(therapist_id))


async def scene(session: AsyncSession, parts: Parts, *, schedule: Schedule | None = None) -> Scene:
    seen_by_clients = await therapist(session, parts, schedule=schedule)
    return Scene(
        therapist_id=seen_by_clients.actor.therapist_id,
        therapist=seen_by_clients,
        client=await client(session, parts),
        rival=await client(session, parts),
    )


def body(
    therapist_id: TherapistId,
    *,
    start: datetime | None = None,
    session_type: str = "individual_50",
    session_format: str = "video",
) -> dict[str, str]:
    """Give what POST /v1/holds and POST /v1/appointments take."""
    return {
        "therapist_id": str(therapist_id),
        "session_type": session_type,
        "start": wire(start or booking.slot()),
        "session_format": session_format,
    }


def wire(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def hold(http: httpx.AsyncClient, scene: Scene, *, start: datetime | None = None) -> dict[str, str]:
    """Hold as the client, and give the answer."""
    answer = await http.post("/v1/holds", json=body(scene.therapist_id, start=start), headers=scene.client.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def appointment_id(http: httpx.AsyncClient, scene: Scene, *, start: datetime | None = None) -> str:
    """Book as the client, and give the appointment's id."""
    answer = await http.post(
        "/v1/appointments", json=body(scene.therapist_id, start=start), headers=scene.client.headers
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
