from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from tests.build import booked, booking
from tests.build.booked import Scene


def week(number: int, *, hour: int = 10) -> datetime:
    """Give the start of a week of the series, counted from 0."""
    return booking.slot(days=3 + 7 * number, hour=hour)


async def series(http: httpx.AsyncClient, scene: Scene) -> list[str]:
    """Book four weeks, and give the appointments' paths."""
    body = {**booked.body(scene.therapist_id, start=week(0)), "weeks": 4, "on_conflict": "abort"}
    answer = await http.post("/v1/series", json=body, headers=scene.client.headers)
    assert answer.status_code == 201, answer.text
    return [f"/v1/appointments/{each['id']}" for each in answer.json()["appointments"]]


async def starts(http: httpx.AsyncClient, scene: Scene, *, status: str = "confirmed") -> list[str]:
    answer = await http.get("/v1/appointments", params={"status": status}, headers=scene.client.headers)
    return [each["start"] for each in answer.json()["data"]]


def wire(*instants: datetime) -> list[str]:
    return [booked.wire(each) for each in instants]


async def test_this_and_later_are_cancelled_together(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)

    answer = await http.post(
        f"{paths[1]}/cancel",
        json={"reason_code": "schedule", "scope": "this_and_later"},
        headers=scene.client.headers,
    )
    left = await starts(http, scene)

    ended = answer.json()
    assert (answer.status_code, answer.headers["ETag"], ended["status"]) == (200, '"2"', "cancelled")
    assert [each["start"] for each in ended["also"]] == wire(week(2), week(3))
    assert {each["status"] for each in ended["also"]} == {"cancelled"}
    assert left == wire(week(0))


async def test_one_is_meant_where_nothing_is_said(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)

    ended = await http.post(f"{paths[0]}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers)
    moved = await http.post(
        f"{paths[1]}/reschedule", json={"start": booked.wire(week(1, hour=15))}, headers=scene.client.headers
    )
    left = await starts(http, scene)

    assert (ended.json()["also"], moved.json()["also"]) == ([], [])
    assert left == wire(week(1, hour=15), week(2), week(3))


async def test_all_that_is_ahead_moves_together(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)

    answer = await http.post(
        f"{paths[2]}/reschedule",
        json={"start": booked.wire(week(2, hour=15)), "scope": "all"},
        headers=scene.client.headers,
    )
    left = await starts(http, scene)

    moved = answer.json()
    assert (answer.status_code, moved["start"]) == (200, booked.wire(week(2, hour=15)))
    assert [each["start"] for each in moved["also"]] == wire(*(week(number, hour=15) for number in (0, 1, 3)))
    assert left == wire(*(week(number, hour=15) for number in range(4)))


async def test_every_week_that_can_not_be_had_is_named(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)
    for number in (0, 3):
        rivals = booked.body(scene.therapist_id, start=week(number, hour=15))
        await http.post("/v1/holds", json=rivals, headers=scene.rival.headers)

    refused = await http.post(
        f"{paths[0]}/reschedule",
        json={"start": booked.wire(week(0, hour=15)), "scope": "all"},
        headers=scene.client.headers,
    )
    left = await starts(http, scene)

    told = refused.json()
    assert (refused.status_code, told["type"]) == (409, "/problems/slot-taken")
    assert told["conflicts"] == [
        {"start": booked.wire(week(number, hour=15)), "reason": "slot-taken"} for number in (0, 3)
    ]
    assert (len(told["alternatives"]), bool(told["next_steps"])) == (3, True)
    assert left == wire(*(week(number) for number in range(4)))


async def test_the_preview_is_the_sum(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)

    one = await http.get(f"{paths[1]}/cancellation-preview", headers=scene.client.headers)
    more = await http.get(
        f"{paths[1]}/cancellation-preview", params={"scope": "this_and_later"}, headers=scene.therapist.headers
    )

    assert (one.status_code, more.status_code) == (200, 200)
    assert more.json()["fee"] == {"amount": 0, "currency": "usd"}
    assert more.json()["rule"].startswith("The sum over 3 sessions")
    assert not one.json()["rule"].startswith("The sum")


async def test_the_same_key_cancels_and_moves_once(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)
    headers = scene.client.headers | {"Idempotency-Key": "once"}
    body = {"reason_code": "cost", "scope": "all"}

    first = await http.post(f"{paths[0]}/cancel", json=body, headers=headers)
    again = await http.post(f"{paths[0]}/cancel", json=body, headers=headers)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("cancel", {"reason_code": "cost", "scope": "all"}),
        ("reschedule", {"start": "2027-03-01T15:00:00Z", "scope": "this_and_later"}),
        ("cancel", {"reason_code": "cost", "scope": "some"}),
    ],
)
async def test_a_scope_that_means_nothing_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, call: str, body: dict[str, str]
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)

    refused = await http.post(f"/v1/appointments/{appointment_id}/{call}", json=body, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/scope"]


async def test_a_preview_of_a_scope_that_means_nothing_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}/cancellation-preview"

    answers = [await http.get(path, params={"scope": scope}, headers=scene.client.headers) for scope in ("all", "some")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.json()["errors"][0]["pointer"] for answer in answers] == ["/scope", "/scope"]


async def test_strangers_change_no_series(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    paths = await series(http, scene)
    cancel = {"reason_code": "cost", "scope": "all"}
    move = {"start": booked.wire(week(0, hour=15)), "scope": "all"}

    answers = [
        await http.post(f"{paths[0]}/cancel", json=cancel, headers=scene.rival.headers),
        await http.post(f"{paths[0]}/reschedule", json=move, headers=scene.rival.headers),
        await http.post(f"{paths[0]}/reschedule", json=move, headers=scene.therapist.headers),
        await http.post(f"{paths[0]}/cancel", json=cancel),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 403, 401]
