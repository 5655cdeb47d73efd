"""Privileges over HTTP: stated, decided like licenses, and practised where the compact operates."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import uuid7
from domain.licensing.tables import PracticePermission
from tests.build import licensing
from tests.build.accounts import Person

PATH = "/v1/therapists/me/compact-privileges"
LICENSES = "/v1/therapists/me/licenses"
Stated = Mapping[str, object]


def looked_at() -> dict[str, str]:
    return {**licensing.SOURCE, "checked_on": datetime.now(UTC).date().isoformat()}


async def decide(http: httpx.AsyncClient, license_id: str, outcome: str, *, by: Person) -> httpx.Response:
    return await http.post(
        f"/v1/admin/licenses/{license_id}/decisions",
        json={"outcome": outcome, "reason": "The register agrees.", "source": looked_at()},
        headers=by.headers,
    )


async def home(http: httpx.AsyncClient, therapist: Person, stated: Stated, **told: object) -> str:
    """State a license, and give its id."""
    response = await http.post(LICENSES, json={**stated, **told}, headers=therapist.headers)
    return str(response.json()["id"])


def privilege(home_id: object, **told: object) -> dict[str, object]:
    return {
        "compact": "counseling_compact",
        "home_license_id": str(home_id),
        "number": "CC-0001",
        "jurisdictions": ["US-AZ", "US-CO"],
        "issued_on": "2026-02-01",
        "expires_on": "2030-01-31",
        **told,
    }


async def places(session: AsyncSession, license_id: str) -> list[tuple[str, bool]]:
    """Where a credential permits anything, and whether at a distance only."""
    rows = await session.execute(
        select(PracticePermission.jurisdiction, PracticePermission.remote_only)
        .where(PracticePermission.license_id == license_id)
        .order_by(PracticePermission.jurisdiction)
    )
    return [(place, remote_only) for place, remote_only in rows]


async def test_a_privilege_is_like_a_license_and_holds_where_the_compact_issues(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, stated: Stated
) -> None:
    home_id = await home(http, therapist, stated)
    await decide(http, home_id, "verified", by=admin)

    created = await http.post(PATH, json=privilege(home_id), headers=therapist.headers)
    before = await places(session, created.json()["id"])
    decided = await decide(http, created.json()["id"], "verified", by=admin)

    assert created.status_code == 201
    assert (created.json()["status"], created.json()["compact"]) == ("submitted", "counseling_compact")
    assert created.json()["jurisdictions"] == ["US-AZ", "US-CO"]
    assert created.json()["checks"]
    assert (before, decided.json()["status"]) == ([], "verified")
    # enacted in Colorado, which did not issue as of June 2026
    assert await places(session, created.json()["id"]) == [("US-AZ", False)]
    listed = await http.get(LICENSES, headers=therapist.headers)
    assert [each["compact"] for each in listed.json()["data"]] == [None, "counseling_compact"]


async def test_psypact_is_for_all_members_at_a_distance(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, stated: Stated
) -> None:
    home_id = await home(http, therapist, stated, license_type="PSYCHOLOGIST")
    await decide(http, home_id, "verified", by=admin)
    body = privilege(home_id, compact="psypact", jurisdictions=None)

    created = await http.post(PATH, json=body, headers=therapist.headers)
    await decide(http, created.json()["id"], "verified", by=admin)

    found = await places(session, created.json()["id"])
    assert len(found) == 42  # the 43 members but home
    assert ("US-TX", True) in found
    assert {place for place, _ in found}.isdisjoint({"US-CA", "US-NY", "US-OH"})
    assert all(remote_only for _, remote_only in found)


async def test_a_privilege_ends_with_the_license_at_home(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, stated: Stated
) -> None:
    home_id = await home(http, therapist, stated)
    await decide(http, home_id, "verified", by=admin)
    created = await http.post(PATH, json=privilege(home_id), headers=therapist.headers)
    await decide(http, created.json()["id"], "verified", by=admin)

    await decide(http, home_id, "suspended", by=admin)

    assert await places(session, created.json()["id"]) == []


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"compact": "psypact", "jurisdictions": None}, "/home_license_id"),  # a counselor
        ({"compact": "psypatch"}, "/compact"),
        ({"home_license_id": "of nobody"}, "/home_license_id"),
        ({"home_license_id": "0190d3a0-0000-7000-8000-000000000000"}, "/home_license_id"),
        ({"jurisdictions": None}, "/jurisdictions"),  # a privilege for each state
        ({"jurisdictions": []}, "/jurisdictions"),
        ({"jurisdictions": ["US-AZ", "US-CA"]}, "/jurisdictions/1"),
        ({"jurisdictions": ["US-XX"]}, "/jurisdictions/0"),
        ({"jurisdictions": ["US-OH"]}, "/jurisdictions/0"),  # home
        ({"jurisdictions": ["US-AZ", "US-AZ"]}, "/jurisdictions/1"),
        ({"number": " "}, "/number"),
        ({"expires_on": "2026-01-31"}, "/expires_on"),
        ({"status": "verified"}, "/status"),
    ],
)
async def test_what_can_be_no_privilege_is_named_and_not_stored(
    http: httpx.AsyncClient, therapist: Person, stated: Stated, told: dict[str, object], pointer: str
) -> None:
    home_id = await home(http, therapist, stated)

    refused = await http.post(PATH, json={**privilege(home_id), **told}, headers=therapist.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert len((await http.get(LICENSES, headers=therapist.headers)).json()["data"]) == 1


async def test_nobody_builds_on_anothers_license(
    http: httpx.AsyncClient, therapist: Person, client: Person, admin: Person, stated: Stated
) -> None:
    home_id = await home(http, therapist, stated)

    for person, status in ((client, 403), (admin, 403)):
        refused = await http.post(PATH, json=privilege(home_id), headers=person.headers)
        assert refused.status_code == status
    nobody = await http.post(PATH, json=privilege(home_id))
    unknown = await http.post(PATH, json=privilege(uuid7()), headers=therapist.headers)

    assert (nobody.status_code, unknown.status_code) == (401, 422)


async def test_a_privilege_is_on_file_once_and_a_repeat_is_replayed(
    http: httpx.AsyncClient, therapist: Person, stated: Stated
) -> None:
    home_id = await home(http, therapist, stated)
    headers = {**therapist.headers, "Idempotency-Key": "once"}

    first = await http.post(PATH, json=privilege(home_id), headers=headers)
    repeated = await http.post(PATH, json=privilege(home_id), headers=headers)
    again = await http.post(PATH, json=privilege(home_id), headers=therapist.headers)

    assert repeated.json() == first.json()
    assert (repeated.headers["idempotent-replayed"], again.status_code) == ("true", 409)
    assert again.json()["next_steps"][0]["path"] == LICENSES
