from collections.abc import Mapping

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from tests.build import accounts
from tests.build.accounts import Person

PATH = "/v1/therapists/me/licenses"
Stated = Mapping[str, object]


async def test_a_license_is_taken_in_checked_and_listed(
    http: httpx.AsyncClient, therapist: Person, stated: Stated
) -> None:
    created = await http.post(PATH, json=stated, headers=therapist.headers)
    listed = await http.get(PATH, headers=therapist.headers)

    assert created.status_code == 201
    license_ = created.json()
    assert license_ == {**license_, **stated, "status": "submitted", "awaiting": None}
    assert {check["name"]: check["outcome"] for check in license_["checks"]} == {
        "npi": "pass",
        "provider_register": "unavailable",
        "exclusion_list": "unavailable",
        "duplicate": "pass",
        "expiry": "pass",
        "board_status": "unavailable",
    }
    assert all(check["checked_at"].endswith("Z") and check["source"] for check in license_["checks"])
    assert created.headers["etag"] == '"1"'
    assert listed.json()["next_cursor"] is None
    (found,) = listed.json()["data"]
    assert sorted(found.pop("checks"), key=str) == sorted(license_.pop("checks"), key=str)
    assert found == license_


async def test_own_licenses_come_in_pages(http: httpx.AsyncClient, therapist: Person, stated: Stated) -> None:
    for number in ("1", "2", "3"):
        await http.post(PATH, json={**stated, "number": number}, headers=therapist.headers)

    first = (await http.get(PATH, params={"limit": 2}, headers=therapist.headers)).json()
    params = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await http.get(PATH, params=params, headers=therapist.headers)).json()

    assert [each["number"] for each in first["data"] + second["data"]] == ["1", "2", "3"]
    assert second["next_cursor"] is None


async def test_only_therapists_have_licenses(
    http: httpx.AsyncClient, client: Person, admin: Person, stated: Stated
) -> None:
    for person in (client, admin):
        created = await http.post(PATH, json=stated, headers=person.headers)
        listed = await http.get(PATH, headers=person.headers)

        assert [created.status_code, listed.status_code] == [403, 403]
        assert created.json()["type"] == "/problems/not-permitted"


async def test_a_stranger_signs_in_first(http: httpx.AsyncClient, stated: Stated) -> None:
    response = await http.post(PATH, json=stated)

    assert response.status_code == 401


async def test_without_a_profile_the_way_on_is_to_write_one(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, stated: Stated
) -> None:
    nobody = await accounts.signed_in(session, test_parts, role=Role.THERAPIST)

    response = await http.post(PATH, json=stated, headers=nobody.headers)

    assert response.status_code == 404
    assert response.json()["next_steps"][0] == {
        "action": "write_profile",
        "method": "PUT",
        "path": "/v1/therapists/me",
    }


@pytest.mark.parametrize(
    ("flaw", "pointer"),
    [
        ({"license_type": "LMSW"}, "/supervisor"),
        ({"license_type": "WIZARD"}, "/license_type"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"jurisdiction": "DE-BY"}, "/jurisdiction"),
        ({"number": "  "}, "/number"),
        ({"expires_on": "2018-01-01"}, "/expires_on"),
        ({"issued_on": "2019-02-30"}, "/issued_on"),
        ({"issued_on": 0}, "/issued_on"),
        ({"status": "verified"}, "/status"),
    ],
)
async def test_what_is_no_license_is_named_and_not_stored(
    http: httpx.AsyncClient, therapist: Person, stated: Stated, flaw: dict[str, object], pointer: str
) -> None:
    response = await http.post(PATH, json={**stated, **flaw}, headers=therapist.headers)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/validation-failed"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert (await http.get(PATH, headers=therapist.headers)).json()["data"] == []


SUPERVISOR = {"name": "Sue Sample", "license_type": "LPCC", "number": "S1", "expires_on": "2030-06-30"}


async def test_a_supervised_title_needs_a_supervisor_who_is_on_file(
    http: httpx.AsyncClient, therapist: Person, stated: Stated
) -> None:
    alone = await http.post(PATH, json={**stated, "license_type": "APCC"}, headers=therapist.headers)
    taken = await http.post(
        PATH, json={**stated, "license_type": "APCC", "supervisor": SUPERVISOR}, headers=therapist.headers
    )

    assert [error["pointer"] for error in alone.json()["errors"]] == ["/supervisor"]
    assert (taken.status_code, taken.json()["supervisor"]) == (201, SUPERVISOR)


async def test_a_license_that_is_on_file_points_to_the_list(
    http: httpx.AsyncClient, therapist: Person, stated: Stated
) -> None:
    await http.post(PATH, json=stated, headers=therapist.headers)

    response = await http.post(PATH, json=stated, headers=therapist.headers)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/conflict"
    assert response.json()["next_steps"][0]["path"] == PATH


async def test_a_repeat_with_the_same_key_is_replayed(
    http: httpx.AsyncClient, therapist: Person, stated: Stated
) -> None:
    headers = {**therapist.headers, "Idempotency-Key": "once"}

    first = await http.post(PATH, json=stated, headers=headers)
    second = await http.post(PATH, json=stated, headers=headers)

    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotent-replayed"] == "true"
    assert len((await http.get(PATH, headers=therapist.headers)).json()["data"]) == 1
