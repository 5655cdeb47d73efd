"""A license is verified for one person: what happens to it when the profile names another."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.availability import service as availability
from tests.build import accounts, licensing
from tests.build.accounts import Person
from tests.build.availability import schedule
from tests.build.profiles import BODY

OWN = "/v1/therapists/me"
LICENSE = {
    "license_type": "LPCC",
    "number": "E.0012345",
    "jurisdiction": "US-OH",
    "issued_on": "2019-03-01",
    "expires_on": "2031-02-28",
}
TOLD = {**BODY, "other_legal_names": ["Canary Formername", "Canary Othername"], "birth_date": "1981-02-03"}


@pytest.fixture
async def admin(session: AsyncSession, parts: Parts) -> Person:
    return await accounts.signed_in(session, parts, role=Role.ADMIN)


@pytest.fixture
async def listed(http: httpx.AsyncClient, session: AsyncSession, parts: Parts, admin: Person) -> Person:
    """A therapist with a profile, a schedule and a license that an admin verified."""
    therapist = await accounts.signed_in(session, parts, role=Role.THERAPIST)
    await put(http, therapist)
    await availability.put_schedule(session, schedule=schedule(), by=therapist.actor, now=datetime.now(UTC))
    await session.commit()
    submitted = await http.post(f"{OWN}/licenses", json=LICENSE, headers=therapist.headers)
    source = {**licensing.SOURCE, "checked_on": datetime.now(UTC).date().isoformat()}
    decided = await http.post(
        f"/v1/admin/licenses/{submitted.json()['id']}/decisions",
        json={"outcome": "verified", "reason": "The board's register agrees.", "source": source},
        headers=admin.headers,
    )
    assert decided.json()["status"] == "verified", decided.text
    return therapist


async def put(
    http: httpx.AsyncClient, therapist: Person, changes: Mapping[str, object] | None = None
) -> httpx.Response:
    answer = await http.put(OWN, json={**TOLD, **(changes or {})}, headers=therapist.headers)
    assert answer.status_code == 200, answer.text
    return answer


async def own_license(http: httpx.AsyncClient, therapist: Person) -> dict[str, object]:
    [found] = (await http.get(f"{OWN}/licenses", headers=therapist.headers)).json()["data"]
    return dict(found)


async def queued(http: httpx.AsyncClient, admin: Person) -> list[dict[str, object]]:
    answer = await http.get("/v1/admin/licenses", params={"status": "submitted"}, headers=admin.headers)
    return list(answer.json()["data"])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"display_name": "Robin E.", "bio": "In other words.", "languages": ["en"]},
        {"other_legal_names": ["Canary Othername", "Canary Formername"]},
    ],
    ids=["nothing", "what registers don't know", "the order of other names"],
)
async def test_who_stays_the_same_stays_listed_and_is_not_checked_again(
    http: httpx.AsyncClient, listed: Person, changes: dict[str, object]
) -> None:
    before = await own_license(http, listed)

    told = await put(http, listed, changes)

    assert told.json()["status"] == "listed"
    assert await own_license(http, listed) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"npi": "1245319599"},
        {"npi": None},
        {"legal_name": "Eve Muster"},
        {"other_legal_names": ["Canary Formername"]},
        {"birth_date": "1971-07-04"},
        {"birth_date": None},
    ],
    ids=["another number", "no number", "another name", "a name less", "another birth date", "no birth date"],
)
async def test_who_becomes_another_is_unlisted_until_an_admin_has_looked_again(
    http: httpx.AsyncClient, listed: Person, admin: Person, changes: dict[str, object]
) -> None:
    before = await own_license(http, listed)

    told = await put(http, listed, changes)

    assert told.json()["status"] == "unlisted"
    assert (await http.get(f"/v1/therapists/{listed.actor.therapist_id}")).status_code == 404
    [waiting] = await queued(http, admin)
    assert waiting["id"] == before["id"]
    after = await own_license(http, listed)
    assert after["status"] == "submitted"
    assert checked_at(after) > checked_at(before)


async def test_the_same_told_twice_is_checked_once(http: httpx.AsyncClient, listed: Person) -> None:
    changes = {"legal_name": "Eve Muster"}
    await put(http, listed, changes)
    once = await own_license(http, listed)

    twice = await put(http, listed, changes)

    assert twice.json()["status"] == "unlisted"
    assert await own_license(http, listed) == once


async def test_going_back_to_who_one_was_does_not_list_again(http: httpx.AsyncClient, listed: Person) -> None:
    await put(http, listed, {"legal_name": "Eve Muster"})

    back = await put(http, listed)

    assert back.json()["status"] == "unlisted"


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        ({"LASTNAME": "MUSTER", "FIRSTNAME": "EVE", "STATE": "OH"}, "review"),
        ({"LASTNAME": "MUSTER", "FIRSTNAME": "EVE", "STATE": "TX", "NPI": "1245319599"}, "fail"),
    ],
    ids=["by name and state", "by number"],
)
async def test_who_becomes_somebody_excluded_is_found_out(
    http: httpx.AsyncClient,
    session: AsyncSession,
    listed: Person,
    admin: Person,
    entry: dict[str, str],
    outcome: str,
) -> None:
    await licensing.exclusions(session, entry)
    await session.commit()

    await put(http, listed, {"legal_name": "Eve Muster", "npi": "1245319599"})

    [waiting] = await queued(http, admin)
    checks = waiting["checks"]
    assert isinstance(checks, list)
    assert {check["name"]: check["outcome"] for check in checks}["exclusion_list"] == outcome


def checked_at(license_: Mapping[str, object]) -> str:
    checks = license_["checks"]
    assert isinstance(checks, list)
    return max(str(check["checked_at"]) for check in checks)
