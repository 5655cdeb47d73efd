from collections.abc import Mapping

import httpx

from tests.build import licensing
from tests.build.accounts import Person

QUEUE = "/v1/admin/licenses"
OWN = "/v1/therapists/me/licenses"
Stated = Mapping[str, object]


async def test_the_queue_shows_whose_license_it_is_oldest_first_in_pages(
    http: httpx.AsyncClient, therapist: Person, admin: Person, stated: Stated
) -> None:
    for number in ("1", "2", "3"):
        await http.post(OWN, json={**stated, "number": number}, headers=therapist.headers)

    asked: dict[str, str | int] = {"status": "submitted", "limit": 2}
    first = (await http.get(QUEUE, params=asked, headers=admin.headers)).json()
    asked["cursor"] = first["next_cursor"]
    second = (await http.get(QUEUE, params=asked, headers=admin.headers)).json()

    queued = first["data"] + second["data"]
    assert [each["number"] for each in queued] == ["1", "2", "3"]
    assert second["next_cursor"] is None
    assert queued[0]["therapist"] == {
        "id": str(therapist.actor.account_id),
        "display_name": "Ann S.",
        "legal_name": licensing.LEGAL_NAME,
    }
    assert {check["name"] for check in queued[0]["checks"]} == {
        *("npi", "provider_register", "exclusion_list", "duplicate", "expiry", "board_status")
    }
    assert "npi" not in queued[0]["therapist"]


async def test_only_the_status_asked_for_is_listed(
    http: httpx.AsyncClient, therapist: Person, admin: Person, stated: Stated
) -> None:
    await http.post(OWN, json=stated, headers=therapist.headers)

    response = await http.get(QUEUE, params={"status": "suspended"}, headers=admin.headers)

    assert response.json() == {"data": [], "next_cursor": None}


async def test_a_cursor_belongs_to_the_status_it_was_made_for(
    http: httpx.AsyncClient, therapist: Person, admin: Person, stated: Stated
) -> None:
    for number in ("1", "2"):
        await http.post(OWN, json={**stated, "number": number}, headers=therapist.headers)
    first = (await http.get(QUEUE, params={"limit": 1}, headers=admin.headers)).json()

    moved = {"status": "verified", "cursor": first["next_cursor"]}
    response = await http.get(QUEUE, params=moved, headers=admin.headers)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/cursor"


async def test_the_queue_is_for_admins(http: httpx.AsyncClient, client: Person, therapist: Person) -> None:
    for person in (client, therapist):
        response = await http.get(QUEUE, headers=person.headers)

        assert response.status_code == 403
        assert response.json()["type"] == "/problems/not-permitted"


async def test_an_unknown_status_is_refused(http: httpx.AsyncClient, admin: Person) -> None:
    response = await http.get(QUEUE, params={"status": "listed"}, headers=admin.headers)

    assert response.status_code == 422
