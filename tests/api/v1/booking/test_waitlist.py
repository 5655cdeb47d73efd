from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import uuid7
from tests.build import booked, booking, waiting
from tests.build.booked import Scene

TIMES = [{"weekday": "tuesday", "start": "17:00", "end": "20:00"}]


def body(scene: Scene, **more: object) -> dict[str, object]:
    until = booked.wire(datetime.now(UTC) + timedelta(days=60))
    return {"therapist_id": str(scene.therapist_id), "times": [], "until": until, **more}


async def joined(http: httpx.AsyncClient, scene: Scene, **more: object) -> dict[str, object]:
    answer = await http.post("/v1/waitlist-entries", json=body(scene, **more), headers=scene.client.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def given(http: httpx.AsyncClient, scene: Scene) -> httpx.Response:
    """Let the client wait, and a rival book and cancel; give the answer with the entry as it then is."""
    entry = await joined(http, scene)
    rival = Scene(therapist_id=scene.therapist_id, therapist=scene.therapist, client=scene.rival, rival=scene.client)
    taken = await booked.appointment_id(http, rival)
    gone = await http.post(
        f"/v1/appointments/{taken}/cancel", json={"reason_code": "schedule"}, headers=scene.rival.headers
    )
    assert gone.status_code == 200, gone.text
    return await http.get(f"/v1/waitlist-entries/{entry['id']}", headers=scene.client.headers)


async def test_who_joins_waits_and_sees_what_they_asked_for(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    entry = await joined(
        http, scene, session_type="individual_50", session_formats=["video"], times=TIMES, time_zone="Europe/Berlin"
    )
    listed = await http.get("/v1/waitlist-entries", headers=scene.client.headers)

    assert (entry["status"], entry["offer"]) == ("waiting", None)
    assert (entry["therapist_ids"], entry["times"]) == ([str(scene.therapist_id)], TIMES)
    assert (entry["time_zone"], entry["jurisdiction"]) == ("Europe/Berlin", "US-OH")
    assert listed.json() == {"data": [entry], "next_cursor": None}


async def test_the_clients_own_zone_is_meant_where_none_is_named(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    entry = await joined(http, await booked.scene(session, parts))

    assert entry["time_zone"] == booking.ZONE


async def test_a_freed_time_is_offered_and_accepted(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    entry = (await given(http, scene)).json()
    booked_it = await http.post(
        "/v1/appointments", json={"hold_id": entry["offer"]["hold_id"]}, headers=scene.client.headers
    )
    after = await http.get(f"/v1/waitlist-entries/{entry['id']}", headers=scene.client.headers)

    assert entry["status"] == "offered"
    assert entry["offer"]["start"] == booked.wire(booking.slot())
    assert (booked_it.status_code, booked_it.json()["status"]) == (201, "confirmed")
    assert (after.json()["status"], after.json()["offer"]) == ("booked", None)


async def test_what_is_offered_can_be_let_pass(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    entry = (await given(http, scene)).json()
    hold = f"/v1/holds/{entry['offer']['hold_id']}"

    stranger = await http.delete(hold, headers=scene.rival.headers)
    passed = await http.delete(hold, headers=scene.client.headers)
    after = await http.get(f"/v1/waitlist-entries/{entry['id']}", headers=scene.client.headers)

    assert (stranger.status_code, passed.status_code) == (404, 204)
    assert after.json()["status"] == "waiting"


async def test_an_entry_is_its_clients_alone(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    entry = await joined(http, scene)
    path = f"/v1/waitlist-entries/{entry['id']}"

    read = await http.get(path, headers=scene.rival.headers)
    ended = await http.delete(path, headers=scene.rival.headers)
    unknown = await http.get(f"/v1/waitlist-entries/{uuid7()}", headers=scene.client.headers)
    listed = await http.get("/v1/waitlist-entries", headers=scene.rival.headers)

    assert (read.status_code, ended.status_code, listed.json()["data"]) == (404, 404, [])
    assert read.json()["detail"] == unknown.json()["detail"]
    assert read.json()["next_steps"]


async def test_only_clients_wait(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    answers = [
        await http.post("/v1/waitlist-entries", json=body(scene), headers=scene.therapist.headers),
        await http.get("/v1/waitlist-entries", headers=scene.therapist.headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_an_entry_is_ended_and_stays_so(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/waitlist-entries/{(await joined(http, scene))['id']}"

    answers = [await http.delete(path, headers=scene.client.headers) for _ in range(2)]
    after = await http.get(path, headers=scene.client.headers)

    assert [answer.status_code for answer in answers] == [204, 204]
    assert after.json()["status"] == "ended"


async def test_an_entry_ends_at_the_instant_it_was_meant_until(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    ended_at = datetime.now(UTC) - timedelta(seconds=1)
    entry = await waiting.waits(
        session,
        by=scene.client.actor,
        asked=waiting.asked(scene.therapist_id, until=ended_at),
        now=ended_at - timedelta(hours=1),
    )

    read = await http.get(f"/v1/waitlist-entries/{entry.entry_id}", headers=scene.client.headers)
    listed = await http.get("/v1/waitlist-entries", headers=scene.client.headers)

    assert (read.json()["status"], read.json()["offer"]) == ("ended", None)
    assert listed.json()["data"] == [read.json()]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"match_id": str(uuid7())}, "/therapist_id"),
        ({"therapist_id": None}, "/therapist_id"),
        ({"session_type": "no_such"}, "/session_type"),
        ({"until": "2020-01-01T00:00:00Z"}, "/until"),
        ({"until": booked.wire(datetime.now(UTC) + timedelta(days=400))}, "/until"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"time_zone": "Mars/Base"}, "/time_zone"),
        ({"times": [{"weekday": "someday", "start": "17:00", "end": "20:00"}]}, "/times/0/weekday"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_what_can_not_be_waited_for_is_named(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, more: dict[str, object], pointer: str
) -> None:
    scene = await booked.scene(session, parts)

    answer = await http.post("/v1/waitlist-entries", json=body(scene, **more), headers=scene.client.headers)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert answer.json()["next_steps"]


async def test_a_therapist_who_is_not_listed_and_a_match_of_nobody_are_not_found(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    answers = [
        await http.post("/v1/waitlist-entries", json=body(scene, **more), headers=scene.client.headers)
        for more in ({"therapist_id": str(uuid7())}, {"therapist_id": None, "match_id": str(uuid7())})
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_repeat_under_its_key_waits_once(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    headers = {**scene.client.headers, "Idempotency-Key": "wait-once"}
    asked = body(scene)

    first, second = [await http.post("/v1/waitlist-entries", json=asked, headers=headers) for _ in range(2)]
    listed = await http.get("/v1/waitlist-entries", headers=scene.client.headers)

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(listed.json()["data"]) == 1


async def test_the_list_goes_on_where_a_page_ends(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    made = [(await joined(http, scene))["id"] for _ in range(3)]

    first = await http.get("/v1/waitlist-entries?limit=2", headers=scene.client.headers)
    rest = await http.get(
        "/v1/waitlist-entries", params={"cursor": first.json()["next_cursor"]}, headers=scene.client.headers
    )

    assert [each["id"] for each in (*first.json()["data"], *rest.json()["data"])] == made
    assert rest.json()["next_cursor"] is None


async def test_who_waits_for_enough_is_told_where_to_end_one(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    for _ in range(20):
        await joined(http, scene)

    answer = await http.post("/v1/waitlist-entries", json=body(scene), headers=scene.client.headers)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert answer.json()["next_steps"][0] == {
        "action": "see_waitlist",
        "method": "GET",
        "path": "/v1/waitlist-entries",
    }
