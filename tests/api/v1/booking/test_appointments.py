from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import uuid7
from tests.build import booked, booking
from tests.build.accounts import Person


async def listed(http: httpx.AsyncClient, person: Person, **query: str | int) -> list[str]:
    answer = await http.get("/v1/appointments", params=query, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_both_parties_see_the_appointment_and_nobody_else(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)
    stranger = await booked.therapist(session, parts)

    answers = {
        name: await http.get(f"/v1/appointments/{appointment_id}", headers=person.headers)
        for name, person in (
            ("client", scene.client),
            ("therapist", scene.therapist),
            ("other client", scene.rival),
            ("other therapist", stranger),
        )
    }
    unknown = await http.get(f"/v1/appointments/{uuid7()}", headers=scene.client.headers)

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "client": 200,
        "therapist": 200,
        "other client": 404,
        "other therapist": 404,
    }
    assert answers["client"].json() == answers["therapist"].json()
    assert answers["client"].headers["ETag"] == '"1"'
    assert answers["other client"].json()["detail"] == unknown.json()["detail"]


async def test_the_list_is_by_start_and_holds_only_ones_own(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    later = await booked.appointment_id(http, scene, start=booking.slot(days=9))
    sooner = await booked.appointment_id(http, scene, start=booking.slot(days=4))
    await booked.hold(http, scene, start=booking.slot(days=5))

    assert await listed(http, scene.client) == [sooner, later]
    assert await listed(http, scene.therapist) == [sooner, later]
    assert await listed(http, scene.rival) == []


async def test_the_list_is_cut_into_pages(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    booked_ids = [await booked.appointment_id(http, scene, start=booking.slot(days=days)) for days in (4, 5, 6, 7, 8)]
    seen: list[str] = []
    cursor: str | None = None

    for _ in range(3):
        query: dict[str, str | int] = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = (await http.get("/v1/appointments", params=query, headers=scene.client.headers)).json()
        seen += [each["id"] for each in page["data"]]
        cursor = page["next_cursor"]

    assert (seen, cursor) == (booked_ids, None)


async def test_the_list_can_be_narrowed_by_status_and_time(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    first_start, second_start = booking.slot(days=4), booking.slot(days=9)
    first = await booked.appointment_id(http, scene, start=first_start)
    second = await booked.appointment_id(http, scene, start=second_start)
    await http.post(f"/v1/appointments/{first}/cancel", json={"reason_code": "schedule"}, headers=scene.client.headers)

    assert await listed(http, scene.client, status="cancelled") == [first]
    assert await listed(http, scene.client, status="confirmed") == [second]
    assert await listed(http, scene.client, status="completed") == []
    assert await listed(http, scene.client, **{"from": booked.wire(second_start)}) == [second]
    assert await listed(http, scene.client, to=booked.wire(second_start)) == [first]
    just_after = booked.wire(first_start + timedelta(seconds=1))
    assert await listed(http, scene.client, **{"from": just_after, "to": booked.wire(second_start)}) == []


@pytest.mark.parametrize(
    "query",
    [
        {"status": "held"},
        {"from": "2027-03-01T15:00:00"},
        {"to": "soon"},
        {"limit": "0"},
        {"limit": "101"},
        {"cursor": "made-up"},
    ],
)
async def test_a_bad_query_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, query: dict[str, str]
) -> None:
    person = await booked.client(session, parts)

    refused = await http.get("/v1/appointments", params=query, headers=person.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


async def test_cancelling_frees_the_slot_at_once(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, now: datetime
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)
    path = f"/v1/appointments/{appointment_id}"

    preview = await http.get(f"{path}/cancellation-preview", headers=scene.client.headers)
    answer = await http.post(
        f"{path}/cancel", json={"reason_code": "client_request", "note": "later"}, headers=scene.client.headers
    )
    rivals = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.rival.headers)

    cancelled = answer.json()
    assert preview.json()["fee"] == {"amount": 0, "currency": "usd"}
    assert preview.json()["rule"]
    assert (answer.status_code, cancelled["status"], answer.headers["ETag"]) == (200, "cancelled", '"2"')
    assert cancelled["cancellation"]["fee"] == {"amount": 0, "currency": "usd"}
    assert cancelled["cancellation"]["reason_code"] == "client_request"
    assert cancelled["cancellation"]["cancelled_by"] == "client"
    assert abs(datetime.fromisoformat(cancelled["cancellation"]["cancelled_at"]) - now) < timedelta(minutes=5)
    assert cancelled["alternatives"] is None
    assert rivals.status_code == 201


async def test_a_therapist_who_cancels_leaves_the_client_alternatives_that_can_be_held(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    answer = await http.post(
        f"{path}/cancel", json={"reason_code": "therapist_unavailable"}, headers=scene.therapist.headers
    )
    seen = (await http.get(path, headers=scene.client.headers)).json()

    assert answer.json()["cancellation"]["cancelled_by"] == "therapist"
    assert answer.json()["cancellation"]["fee"]["amount"] == 0
    assert (answer.json()["alternatives"], answer.json()["cancellation"]["message"]) == (None, None)
    assert "not about you" in seen["cancellation"]["message"]
    assert len(seen["alternatives"]) == 3
    for other in seen["alternatives"]:
        body = {name: other[name] for name in ("therapist_id", "start", "session_type")} | {"session_format": "video"}
        held = await http.post("/v1/holds", json=body, headers=scene.client.headers)
        assert held.status_code == 201, held.text


async def test_one_of_the_alternatives_is_kept_for_the_client_who_need_only_say_yes(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"
    await http.post(f"{path}/cancel", json={"reason_code": "illness"}, headers=scene.therapist.headers)
    [kept, *others] = (await http.get(path, headers=scene.client.headers)).json()["alternatives"]

    by_others = await http.post(
        "/v1/appointments", json={"hold_id": kept["held"]["hold_id"]}, headers=scene.rival.headers
    )
    yes = await http.post("/v1/appointments", json={"hold_id": kept["held"]["hold_id"]}, headers=scene.client.headers)

    assert [other["held"] for other in others] == [None, None]
    assert by_others.status_code == 404
    assert (yes.status_code, yes.json()["status"], yes.json()["start"]) == (201, "confirmed", kept["start"])


async def test_cancelling_twice_is_not_allowed_but_the_same_key_replays(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}/cancel"
    headers = scene.client.headers | {"Idempotency-Key": "once", "If-Match": '"1"'}

    first = await http.post(path, json={"reason_code": "cost"}, headers=headers)
    again = await http.post(path, json={"reason_code": "cost"}, headers=headers)
    without_key = await http.post(path, json={"reason_code": "cost"}, headers=scene.client.headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert (without_key.status_code, without_key.json()["type"]) == (409, "/problems/transition-not-allowed")


async def test_a_stale_version_does_not_cancel(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    refused = await http.post(
        f"{path}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers | {"If-Match": '"7"'}
    )
    still = await http.get(path, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (412, "/problems/precondition-failed")
    assert still.json()["status"] == "confirmed"


async def test_strangers_can_neither_preview_nor_cancel(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    previewed = await http.get(f"{path}/cancellation-preview", headers=scene.rival.headers)
    cancelled = await http.post(f"{path}/cancel", json={"reason_code": "cost"}, headers=scene.rival.headers)
    anonymous = await http.post(f"{path}/cancel", json={"reason_code": "cost"})

    assert (previewed.status_code, cancelled.status_code, anonymous.status_code) == (404, 404, 401)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason_code"),
        ({"reason_code": "boredom"}, "/reason_code"),
        ({"reason_code": "cost", "note": ""}, "/note"),
        ({"reason_code": "cost", "note": "x" * 2001}, "/note"),
        ({"reason_code": "cost", "fee": 0}, "/fee"),
    ],
)
async def test_a_bad_cancellation_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, body: dict[str, str | int], pointer: str
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    refused = await http.post(f"{path}/cancel", json=body, headers=scene.client.headers)
    still = await http.get(path, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert still.json()["status"] == "confirmed"
