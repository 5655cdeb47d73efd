"""Memberships of compacts over HTTP: read and replaced by admins, and in force at once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.licensing import places as jurisdiction_days
from domain.licensing.tables import PracticePermission
from tests.api.v1.licensing.test_create_compact_privilege import PATH as PRIVILEGES
from tests.api.v1.licensing.test_create_compact_privilege import (
    Stated,
    decide,
    home,
    looked_at,
    places,
    privilege,
)
from tests.build.accounts import Person

PATH = "/v1/admin/compact-memberships"
TODAY = datetime.now(UTC).date()


def membership(**told: object) -> dict[str, object]:
    return {"operational_on": TODAY.isoformat(), "source": looked_at(), **told}


async def held(http: httpx.AsyncClient, therapist: Person, admin: Person, stated: Stated) -> str:
    """The id of a verified privilege for Arizona and Colorado."""
    home_id = await home(http, therapist, stated)
    await decide(http, home_id, "verified", by=admin)
    created = await http.post(PRIVILEGES, json=privilege(home_id), headers=therapist.headers)
    await decide(http, created.json()["id"], "verified", by=admin)
    return str(created.json()["id"])


async def test_a_state_that_begins_to_issue_can_be_practised_in_at_once(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, stated: Stated
) -> None:
    license_id = await held(http, therapist, admin, stated)

    put = await http.put(f"{PATH}/counseling_compact/US-CO", json=membership(), headers=admin.headers)

    assert (put.status_code, put.json()["operational_on"]) == (200, TODAY.isoformat())
    assert await places(session, license_id) == [("US-AZ", False), ("US-CO", False)]


@pytest.mark.parametrize("jurisdiction", ["US-AZ", "US-OH"])  # where the client is, and home
async def test_a_state_that_stops_to_issue_ends_what_rests_on_it_at_once(
    http: httpx.AsyncClient,
    session: AsyncSession,
    therapist: Person,
    admin: Person,
    stated: Stated,
    jurisdiction: str,
) -> None:
    license_id = await held(http, therapist, admin, stated)

    put = await http.put(
        f"{PATH}/counseling_compact/{jurisdiction}",
        json=membership(operational_on=None, enacted_on="2023-01-01"),
        headers=admin.headers,
    )

    assert put.status_code == 200
    assert await places(session, license_id) == []


async def test_a_state_that_will_leave_permits_what_lies_before(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, stated: Stated
) -> None:
    license_id = await held(http, therapist, admin, stated)
    leaves = TODAY + timedelta(days=100)

    put = await http.put(
        f"{PATH}/counseling_compact/US-AZ",
        json=membership(operational_on="2025-09-30", ended_on=leaves.isoformat()),
        headers=admin.headers,
    )

    assert put.status_code == 200
    (kept,) = await session.scalars(select(PracticePermission).where(PracticePermission.license_id == UUID(license_id)))
    assert kept.during.upper == jurisdiction_days.days("US-AZ", first=TODAY, last=leaves).ends_at


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "9999-12-31"])
async def test_a_day_outside_our_calendar_is_refused(http: httpx.AsyncClient, admin: Person, day: str) -> None:
    refused = await http.put(
        f"{PATH}/counseling_compact/US-AZ", json=membership(operational_on=day), headers=admin.headers
    )

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/operational_on"]


async def test_the_list_is_what_is_known_now(http: httpx.AsyncClient, admin: Person) -> None:
    url = f"{PATH}?compact=counseling_compact&limit=100"
    before = (await http.get(url, headers=admin.headers)).json()["data"]

    await http.put(f"{PATH}/counseling_compact/US-CO", json=membership(), headers=admin.headers)

    after = (await http.get(url, headers=admin.headers)).json()["data"]
    assert len(before) == len(after) == 38
    assert [each["jurisdiction"] for each in after if each["operational_on"] is not None] == [
        *("US-AZ", "US-CO", "US-GA", "US-IN", "US-LA", "US-MN", "US-OH"),
    ]


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"enacted_on": "2026-05-01", "operational_on": "2026-04-30"}, "/operational_on"),
        ({"ended_on": "2026-04-30"}, "/ended_on"),
        ({"operational_on": None, "ended_on": "2030-04-30"}, "/ended_on"),
        ({"source": {**looked_at(), "checked_on": "2026-06-12"}}, "/source/checked_on"),  # older than what is known
        ({"source": {**looked_at(), "checked_on": (TODAY + timedelta(days=2)).isoformat()}}, "/source/checked_on"),
        ({"issues": True}, "/issues"),
    ],
)
async def test_what_can_not_be_so_is_refused(
    http: httpx.AsyncClient, admin: Person, told: dict[str, object], pointer: str
) -> None:
    refused = await http.put(f"{PATH}/counseling_compact/US-AZ", json={**membership(), **told}, headers=admin.headers)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_an_unknown_compact_or_state_is_refused(http: httpx.AsyncClient, admin: Person) -> None:
    compact = await http.put(f"{PATH}/psypatch/US-AZ", json=membership(), headers=admin.headers)
    state = await http.put(f"{PATH}/psypact/US-XX", json=membership(), headers=admin.headers)

    assert (compact.status_code, state.status_code) == (422, 422)
    assert [error["pointer"] for error in state.json()["errors"]] == ["/jurisdiction"]


async def test_only_admins_read_and_replace(http: httpx.AsyncClient, therapist: Person, client: Person) -> None:
    for person in (therapist, client):
        put = await http.put(f"{PATH}/psypact/US-AZ", json=membership(), headers=person.headers)
        read = await http.get(PATH, headers=person.headers)
        assert (put.status_code, read.status_code) == (403, 403)
