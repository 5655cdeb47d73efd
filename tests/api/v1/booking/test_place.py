"""Being elsewhere: the gate is asked once more, and where it closes nobody is left with nothing."""

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.ids import TherapistId, uuid7
from domain.notices.tables import Notice
from tests.build import booked, therapists
from tests.build.booked import Scene


def path(appointment_id: str) -> str:
    return f"/v1/appointments/{appointment_id}/place"


async def put(
    http: httpx.AsyncClient, scene: Scene, appointment_id: str, place: object, **headers: str
) -> httpx.Response:
    return await http.put(
        path(appointment_id), json={"jurisdiction": place}, headers={**scene.client.headers, **headers}
    )


async def letters(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Notice)) or 0


async def licensed_too(session: AsyncSession, scene: Scene, place: str) -> None:
    await therapists.license_of(session, therapist_id=TherapistId(scene.therapist.actor.account_id), jurisdiction=place)
    await session.commit()


async def test_where_the_therapist_may_treat_the_session_stays_and_moves_its_place(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    await licensed_too(session, scene, "US-TX")
    appointment_id = await booked.appointment_id(http, scene)

    placed = await put(http, scene, appointment_id, "US-TX")

    seen = await http.get(f"/v1/appointments/{appointment_id}", headers=scene.therapist.headers)
    assert (placed.status_code, placed.json()["status"], placed.json()["jurisdiction"]) == (200, "confirmed", "US-TX")
    assert (placed.headers["etag"], placed.json()["alternatives"]) == ('"2"', None)
    assert seen.json()["jurisdiction"] == "US-TX"


async def test_where_the_gate_closes_nothing_is_charged_both_are_told_and_another_is_held_there(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    there = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await session.commit()
    appointment_id = await booked.appointment_id(http, scene)
    before = await letters(session)

    placed = await put(http, scene, appointment_id, "US-TX")

    told = placed.json()
    assert (placed.status_code, told["status"]) == (200, "cancelled")
    assert (told["cancellation"]["fee"]["amount"], told["cancellation"]["cancelled_by"]) == (0, "service")
    assert told["cancellation"]["message"]
    assert {each["therapist_id"] for each in told["alternatives"]} == {str(there)}
    held = told["alternatives"][0]["held"]
    assert held is not None
    assert await letters(session) == before + 2
    accepted = await http.post("/v1/appointments", json={"hold_id": held["hold_id"]}, headers=scene.client.headers)
    assert (accepted.status_code, accepted.json()["jurisdiction"]) == (201, "US-TX")


async def test_the_preview_says_what_would_come_of_it_and_changes_nothing(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    there = await therapists.listed_therapist(session, jurisdiction="US-TX")
    await session.commit()
    appointment_id = await booked.appointment_id(http, scene)
    url = f"/v1/appointments/{appointment_id}/place-preview"

    same = await http.get(url, params={"jurisdiction": "US-OH"}, headers=scene.client.headers)
    elsewhere = await http.get(url, params={"jurisdiction": "US-TX"}, headers=scene.client.headers)

    assert same.json() == {"permitted": True, "reason": None, "alternatives": [], "next_steps": []}
    assert (elsewhere.json()["permitted"], bool(elsewhere.json()["reason"])) == (False, True)
    assert {each["therapist_id"] for each in elsewhere.json()["alternatives"]} == {str(there)}
    after = await http.get(f"/v1/appointments/{appointment_id}", headers=scene.client.headers)
    assert after.json()["status"] == "confirmed"


async def test_where_nobody_may_treat_there_is_still_a_way_on(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)

    placed = await put(http, scene, appointment_id, "US-GU")

    assert (placed.json()["status"], placed.json()["alternatives"]) == ("cancelled", [])
    assert [each["path"] for each in placed.json()["next_steps"]][:2] == ["/v1/matches", "/v1/waitlist-entries"]


async def test_the_same_place_changes_nothing_and_twice_is_once(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    await licensed_too(session, scene, "US-TX")
    appointment_id = await booked.appointment_id(http, scene)

    same = await put(http, scene, appointment_id, "US-OH")
    first = await put(http, scene, appointment_id, "US-TX")
    second = await put(http, scene, appointment_id, "US-TX")
    stale = await put(http, scene, appointment_id, "US-OH", **{"If-Match": same.headers["etag"]})

    assert [each.headers["etag"] for each in (same, first, second)] == ['"1"', '"2"', '"2"']
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")


async def test_a_stale_license_does_not_open_another_place(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    therapist_id = TherapistId(scene.therapist.actor.account_id)
    await therapists.license_of(
        session, therapist_id=therapist_id, jurisdiction="US-TX", checked_on=therapists.LONG_AGO
    )
    await session.commit()
    appointment_id = await booked.appointment_id(http, scene)

    preview = await http.get(
        f"/v1/appointments/{appointment_id}/place-preview?jurisdiction=US-TX", headers=scene.client.headers
    )

    assert preview.json()["permitted"] is False


async def test_only_the_client_says_where_they_will_be(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)
    body = {"jurisdiction": "US-TX"}

    rival = await http.put(path(appointment_id), json=body, headers=scene.rival.headers)
    therapist = await http.put(path(appointment_id), json=body, headers=scene.therapist.headers)
    nobody = await http.put(path(appointment_id), json=body)
    unknown = await http.put(path(str(uuid7())), json=body, headers=scene.client.headers)

    assert [each.status_code for each in (rival, therapist, nobody, unknown)] == [404, 403, 401, 404]


@pytest.mark.parametrize("place", ["US-XX", "Ohio", "", None, 7])
async def test_a_place_that_is_none_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, place: object
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)

    refused = await put(http, scene, appointment_id, place)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/jurisdiction")


async def test_a_cancelled_session_has_no_place_to_change(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)
    await http.post(
        f"/v1/appointments/{appointment_id}/cancel",
        json={"reason_code": "client_request"},
        headers=scene.client.headers,
    )

    refused = await put(http, scene, appointment_id, "US-TX")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert refused.json()["next_steps"]
