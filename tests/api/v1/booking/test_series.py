from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import TherapistId, uuid7
from tests.build import booked, booking
from tests.build.booked import Scene

Sent = dict[str, str | int]


def week(number: int) -> datetime:
    """Give the start of a week of the series, counted from 0."""
    return booking.slot(days=3 + 7 * number)


def body(therapist_id: TherapistId, *, weeks: int = 3, on_conflict: str = "abort") -> Sent:
    return {**booked.body(therapist_id, start=week(0)), "weeks": weeks, "on_conflict": on_conflict}


async def series(http: httpx.AsyncClient, scene: Scene) -> httpx.Response:
    return await http.post("/v1/series", json=body(scene.therapist_id), headers=scene.client.headers)


async def test_a_series_is_booked_week_for_week(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    answer = await series(http, scene)
    listed = await http.get("/v1/appointments", headers=scene.therapist.headers)

    made = answer.json()
    assert answer.status_code == 201
    assert made["skipped"] == []
    assert [each["start"] for each in made["appointments"]] == [booked.wire(week(number)) for number in range(3)]
    assert {(each["series_id"], each["status"]) for each in made["appointments"]} == {(made["id"], "confirmed")}
    assert listed.json()["data"] == made["appointments"]


async def test_the_intake_form_comes_with_the_first_session_only(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    made = (await series(http, scene)).json()

    forms = [
        await http.get(f"/v1/appointments/{each['id']}/forms", headers=scene.client.headers)
        for each in made["appointments"]
    ]

    assert [len(each.json()["data"]) for each in forms] == [1, 0, 0]


async def test_abort_names_every_conflict_with_ways_on(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    for number in (0, 2):
        rivals = booked.body(scene.therapist_id, start=week(number))
        await http.post("/v1/holds", json=rivals, headers=scene.rival.headers)

    refused = await series(http, scene)
    listed = await http.get("/v1/appointments", headers=scene.client.headers)

    told = refused.json()
    assert (refused.status_code, told["type"]) == (409, "/problems/slot-taken")
    assert told["conflicts"] == [{"start": booked.wire(week(number)), "reason": "slot-taken"} for number in (0, 2)]
    assert (len(told["alternatives"]), bool(told["next_steps"])) == (3, True)
    assert listed.json()["data"] == []


async def test_skip_books_the_rest(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    rivals = booked.body(scene.therapist_id, start=week(1))
    await http.post("/v1/holds", json=rivals, headers=scene.rival.headers)

    answer = await http.post(
        "/v1/series", json=body(scene.therapist_id, on_conflict="skip"), headers=scene.client.headers
    )

    made = answer.json()
    assert answer.status_code == 201
    assert [each["start"] for each in made["appointments"]] == [booked.wire(week(number)) for number in (0, 2)]
    assert made["skipped"] == [{"start": booked.wire(week(1)), "reason": "slot-taken"}]


async def test_the_same_key_books_one_series(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    headers = scene.client.headers | {"Idempotency-Key": "once"}

    first = await http.post("/v1/series", json=body(scene.therapist_id), headers=headers)
    again = await http.post("/v1/series", json=body(scene.therapist_id), headers=headers)
    listed = await http.get("/v1/appointments", headers=scene.client.headers)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(listed.json()["data"]) == 3


async def test_both_parties_read_it_and_nobody_else(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    made = (await series(http, scene)).json()
    path = f"/v1/series/{made['id']}"

    seen = [await http.get(path, headers=person.headers) for person in (scene.client, scene.therapist)]
    strangers = [await http.get(path, headers=headers) for headers in (scene.rival.headers, {})]
    unknown = await http.get(f"/v1/series/{uuid7()}", headers=scene.client.headers)

    assert seen[0].json() == seen[1].json() == {name: made[name] for name in made if name != "skipped"}
    assert seen[0].json()["weeks"] == 3
    assert [answer.status_code for answer in (*strangers, unknown)] == [404, 401, 404]
    assert strangers[0].json()["detail"] == unknown.json()["detail"]


async def test_only_clients_book_a_series(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    answers = [
        await http.post("/v1/series", json=body(scene.therapist_id), headers=headers)
        for headers in (scene.therapist.headers, {})
    ]

    assert [answer.status_code for answer in answers] == [403, 401]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"weeks": 1}, "/weeks"),
        ({"weeks": 27}, "/weeks"),
        ({"weeks": "3"}, "/weeks"),
        ({"on_conflict": "shrug"}, "/on_conflict"),
        ({"start": "2027-03-01T15:00:00"}, "/start"),
        ({"session_type": "unheard_of"}, "/session_type"),
        ({"session_format": "phone"}, "/session_format"),
        ({"jurisdiction": "US-XX"}, "/jurisdiction"),
        ({"match_id": str(uuid7())}, "/match_id"),
    ],
)
async def test_a_bad_body_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, change: Sent, pointer: str
) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post("/v1/series", json=body(scene.therapist_id) | change, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert refused.json()["next_steps"]
