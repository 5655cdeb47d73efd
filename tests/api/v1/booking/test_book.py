from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.booking.tables import Booking
from domain.ids import BookingId, uuid7
from tests.build import booked, booking


async def test_a_hold_is_booked_under_its_own_id(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)

    answer = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.client.headers)

    appointment = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"2"')
    promised = held.keys() - {"expires_at", "renewable_until"}
    assert {name: appointment[name] for name in promised} == {name: held[name] for name in promised}
    assert appointment["status"] == "confirmed"
    assert appointment["client_id"] == str(scene.client.actor.client_id)
    assert appointment["fee"] == {"amount": 15000, "currency": "usd"}
    assert appointment["cancellation_policy"]["free_until_hours"] == 24
    assert appointment["cancellation_policy"]["late_fee_percent"] == 50
    assert appointment["cancellation_policy"]["summary"]
    assert appointment["series_id"] is None


async def test_a_first_appointment_carries_the_intake_form(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)

    forms = await http.get(f"/v1/appointments/{appointment_id}/forms", headers=scene.client.headers)

    assert len(forms.json()["data"]) == 1


async def test_a_time_is_booked_straight_away(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    answer = await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=scene.client.headers)
    rivals = await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=scene.rival.headers)

    assert (answer.status_code, answer.json()["status"]) == (201, "confirmed")
    assert (rivals.status_code, rivals.json()["type"]) == (409, "/problems/slot-taken")
    assert len(rivals.json()["alternatives"]) == 3


async def test_the_same_key_books_once(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)
    headers = scene.client.headers | {"Idempotency-Key": "once"}

    first = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=headers)
    again = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=headers)
    without_key = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.client.headers)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (without_key.status_code, without_key.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert without_key.json()["next_steps"][0]["path"] == f"/v1/appointments/{held['id']}"


async def test_a_hold_that_has_run_out_names_ways_on(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)
    await booking.run_out(session, hold_id=BookingId(UUID(held["id"])))
    await session.commit()

    refused = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/hold-expired")
    assert len(refused.json()["alternatives"]) == 3


async def test_a_hold_of_somebody_else_is_not_found(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)

    strangers = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.rival.headers)
    unknown = await http.post("/v1/appointments", json={"hold_id": str(uuid7())}, headers=scene.rival.headers)

    assert strangers.status_code == unknown.status_code == 404
    assert strangers.json() == unknown.json()


async def test_only_clients_book(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    answers = [
        await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=headers)
        for headers in (scene.therapist.headers, {})
    ]

    assert [answer.status_code for answer in answers] == [403, 401]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/therapist_id", "/session_type", "/start", "/session_format"]),
        ({"session_type": "individual_50"}, ["/therapist_id", "/start", "/session_format"]),
        ({"hold_id": str(uuid7()), "session_type": "individual_50"}, ["/session_type"]),
        ({"hold_id": "mine"}, ["/hold_id"]),
        ({"hold_id": str(uuid7()), "surprise": True}, ["/surprise"]),
    ],
)
async def test_a_body_that_is_neither_is_refused_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, body: dict[str, object], pointers: list[str]
) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post("/v1/appointments", json=body, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == pointers
    own = select(func.count()).where(Booking.client_id == scene.client.actor.client_id)
    assert await session.scalar(own) == 0
