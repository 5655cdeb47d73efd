from datetime import timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import uuid7
from tests.build import booked, booking
from tests.build.booked import Scene


def target() -> dict[str, str]:
    return {"start": booked.wire(booking.slot(hour=13))}


async def path_of(http: httpx.AsyncClient, scene: Scene) -> str:
    return f"/v1/appointments/{await booked.appointment_id(http, scene)}"


async def test_an_appointment_moves_under_its_id(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)
    before = (await http.get(path, headers=scene.client.headers)).json()

    answer = await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)
    seen = await http.get(path, headers=scene.therapist.headers)
    rivals = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.rival.headers)

    moved = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert moved["start"] == target()["start"]
    assert moved["wall_start"].endswith("T13:00")
    assert {name for name in before if moved[name] != before[name]} == {"start", "end", "wall_start"}
    assert seen.json()["start"] == moved["start"]
    assert rivals.status_code == 201


async def test_the_intake_form_is_due_at_the_new_start(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)

    await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)
    forms = await http.get(f"{path}/forms", headers=scene.client.headers)

    assert [form["due_at"] for form in forms.json()["data"]] == [target()["start"]]


async def test_the_same_key_moves_once(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = f"{await path_of(http, scene)}/reschedule"
    headers = scene.client.headers | {"Idempotency-Key": "once"}
    elsewhere = {"start": booked.wire(booking.slot(hour=15))}

    first = await http.post(path, json=target(), headers=headers)
    await http.post(path, json=elsewhere, headers=scene.client.headers)
    again = await http.post(path, json=target(), headers=headers)
    other = await http.post(path, json=elsewhere, headers=headers)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_stale_version_does_not_move(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = f"{await path_of(http, scene)}/reschedule"
    headers = scene.client.headers | {"If-Match": '"1"'}

    first = await http.post(path, json=target(), headers=headers)
    again = await http.post(path, json={"start": booked.wire(booking.slot(hour=15))}, headers=headers)

    assert first.status_code == 200
    assert (again.status_code, again.json()["type"]) == (412, "/problems/precondition-failed")


async def test_a_time_that_is_taken_names_ways_on_and_the_appointment_stays(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)
    rivals = booked.body(scene.therapist_id, start=booking.slot(hour=13))
    await http.post("/v1/holds", json=rivals, headers=scene.rival.headers)

    refused = await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)
    still = await http.get(path, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/slot-taken")
    assert refused.json()["next_steps"]
    assert still.json()["start"] == booked.wire(booking.slot())
    for other in refused.json()["alternatives"]:
        body = {name: other[name] for name in ("therapist_id", "start", "session_type")} | {"session_format": "video"}
        held = await http.post("/v1/holds", json=body, headers=scene.client.headers)
        assert held.status_code == 201, held.text


async def test_ones_own_time_is_a_conflict(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)
    held = await booked.hold(http, scene, start=booking.slot(hour=13))

    refused = await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert {step["path"] for step in refused.json()["next_steps"]} >= {f"/v1/holds/{held['id']}"}


async def test_what_is_cancelled_can_not_be_moved(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)
    await http.post(f"{path}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers)

    refused = await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert refused.json()["next_steps"]


async def test_only_its_client_moves_it(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = f"{await path_of(http, scene)}/reschedule"

    answers = [
        await http.post(path, json=target(), headers=headers)
        for headers in (scene.therapist.headers, scene.rival.headers, {})
    ]
    unknown = await http.post(f"/v1/appointments/{uuid7()}/reschedule", json=target(), headers=scene.client.headers)

    assert [answer.status_code for answer in answers] == [403, 404, 401]
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/start"),
        ({"start": "2027-03-01T15:00:00"}, "/start"),
        ({"start": "soon"}, "/start"),
        ({"start": "2027-03-01T15:00:00Z", "fee": 0}, "/fee"),
    ],
)
async def test_a_bad_body_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, body: dict[str, str | int], pointer: str
) -> None:
    scene = await booked.scene(session, parts)
    path = f"{await path_of(http, scene)}/reschedule"

    refused = await http.post(path, json=body, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_time_outside_the_hours_is_not_offered(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"{await path_of(http, scene)}/reschedule"
    body = {"start": booked.wire(booking.slot(hour=13) + timedelta(minutes=1))}

    refused = await http.post(path, json=body, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/slot-not-offered")
    assert refused.json()["alternatives"]


async def test_the_time_that_is_left_is_offered_to_who_waits_for_it(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = await path_of(http, scene)
    until = booked.wire(booking.slot(days=60))
    waits = {"therapist_id": str(scene.therapist_id), "times": [], "until": until}
    entry = (await http.post("/v1/waitlist-entries", json=waits, headers=scene.rival.headers)).json()

    await http.post(f"{path}/reschedule", json=target(), headers=scene.client.headers)
    offered = (await http.get(f"/v1/waitlist-entries/{entry['id']}", headers=scene.rival.headers)).json()

    assert (offered["status"], offered["offer"]["start"]) == ("offered", booked.wire(booking.slot()))
