from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.ids import AccountId
from domain.therapists.tables import Therapist
from tests.build import accounts, therapists
from tests.build.accounts import Person

PATH = "/v1/therapists/me/schedule"
SCHEDULE: dict[str, Any] = {
    "time_zone": "America/New_York",
    "weekly_hours": [
        {"weekday": "monday", "start": "09:00", "end": "12:00"},
        {"weekday": "monday", "start": "13:00", "end": "17:00"},
        {"weekday": "friday", "start": "22:00", "end": "02:00"},
        {"weekday": "sunday", "start": "00:00", "end": "00:00"},
    ],
    "session_types": [
        {
            "code": "individual_50",
            "name": "Individual session",
            "minutes": 50,
            "buffer_before_minutes": 0,
            "buffer_after_minutes": 10,
            "fee": {"amount": 15000, "currency": "usd"},
            "session_formats": ["video", "in_person"],
            "capacity": 1,
        }
    ],
    "slot_interval_minutes": 30,
    "minimum_notice_minutes": 60,
    "horizon_days": 90,
    "daily_limit": None,
}


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Person:
    therapist_id = await therapists.profile(session)
    return await accounts.signed_in(session, parts, role=Role.THERAPIST, of=AccountId(therapist_id))


async def put(http: httpx.AsyncClient, by: Person, *, if_match: str | None = None, **changes: object) -> httpx.Response:
    headers = {**by.headers, **({"If-Match": if_match} if if_match else {})}
    return await http.put(PATH, json={**SCHEDULE, **changes}, headers=headers)


def pointers(refused: httpx.Response) -> list[str]:
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    return [flaw["pointer"] for flaw in refused.json()["errors"]]


async def test_a_schedule_is_answered_and_read_as_it_was_given(http: httpx.AsyncClient, therapist: Person) -> None:
    written = await put(http, therapist)
    read = await http.get(PATH, headers=therapist.headers)

    assert written.status_code == read.status_code == 200
    whose = {"therapist_id": str(therapist.actor.account_id), "appointments_outside": []}
    assert written.json() == read.json() == {**whose, **SCHEDULE}
    assert written.headers["ETag"] == read.headers["ETag"] == '"1"'


async def test_writing_twice_is_writing_once(http: httpx.AsyncClient, therapist: Person) -> None:
    first, second = await put(http, therapist), await put(http, therapist)

    assert first.json() == second.json()
    assert second.headers["ETag"] == '"2"'


async def test_a_change_meant_for_an_older_version_is_refused(http: httpx.AsyncClient, therapist: Person) -> None:
    await put(http, therapist, if_match="*")
    fresh = await put(http, therapist, if_match='"1"', horizon_days=30)

    stale = await put(http, therapist, if_match='"1"', horizon_days=60)

    assert fresh.status_code == 200
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")
    assert (await http.get(PATH, headers=therapist.headers)).json()["horizon_days"] == 30


async def test_without_a_schedule_there_is_none_to_read(http: httpx.AsyncClient, therapist: Person) -> None:
    read = await http.get(PATH, headers=therapist.headers)

    assert (read.status_code, read.json()["type"]) == (404, "/problems/not-found")


async def test_a_therapist_without_a_profile_is_told_to_write_it(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    newcomer = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    refused = await put(http, newcomer)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["next_steps"][0] == {
        "action": "write_profile",
        "method": "PUT",
        "path": "/v1/therapists/me",
    }


async def test_only_therapists_have_a_schedule(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    for role in (Role.CLIENT, Role.ADMIN):
        somebody = await accounts.signed_in(session, parts, role=role)
        for refused in (await put(http, somebody), await http.get(PATH, headers=somebody.headers)):
            assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-permitted")


async def test_a_schedule_needs_a_sign_in(http: httpx.AsyncClient) -> None:
    refused = await http.put(PATH, json=SCHEDULE)

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-authenticated")


@pytest.mark.parametrize("wall", ["24:00", "9:00", "09:00:00", "09:00Z", "09:00+01:00", "25:00", "09:60", 540, None])
async def test_a_wall_time_is_hours_and_minutes(http: httpx.AsyncClient, therapist: Person, wall: object) -> None:
    hours = [*SCHEDULE["weekly_hours"][:3], {"weekday": "sunday", "start": wall, "end": "12:00"}]

    assert pointers(await put(http, therapist, weekly_hours=hours)) == ["/weekly_hours/3/start"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"time_zone": "America/Gotham"}, ["/time_zone"]),
        ({"time_zone": "EST5EDT4"}, ["/time_zone"]),
        ({"weekly_hours": [{"weekday": "Monday", "start": "09:00", "end": "12:00"}]}, ["/weekly_hours/0/weekday"]),
        ({"slot_interval_minutes": 4}, ["/slot_interval_minutes"]),
        ({"slot_interval_minutes": 30.5}, ["/slot_interval_minutes"]),
        ({"slot_interval_minutes": "30"}, ["/slot_interval_minutes"]),
        ({"minimum_notice_minutes": -1}, ["/minimum_notice_minutes"]),
        ({"horizon_days": 367}, ["/horizon_days"]),
        ({"horizon_days": 10**30}, ["/horizon_days"]),
        ({"daily_limit": 0}, ["/daily_limit"]),
        ({"session_types": []}, ["/session_types"]),
        ({"session_types": SCHEDULE["session_types"] * 2}, ["/session_types/1/code"]),
        ({"timezone": "America/New_York"}, ["/timezone"]),
    ],
)
async def test_what_can_not_be_is_named_and_not_stored(
    http: httpx.AsyncClient, therapist: Person, changes: dict[str, Any], expected: list[str]
) -> None:
    refused = await put(http, therapist, **changes)

    assert pointers(refused) == expected
    assert (await http.get(PATH, headers=therapist.headers)).status_code == 404


async def test_hours_that_overlap_are_refused_also_across_midnight_and_the_week(
    http: httpx.AsyncClient, therapist: Person
) -> None:
    hours = [
        {"weekday": "monday", "start": "09:00", "end": "12:00"},
        {"weekday": "monday", "start": "11:30", "end": "14:00"},
        {"weekday": "sunday", "start": "20:00", "end": "09:30"},
    ]

    refused = await put(http, therapist, weekly_hours=hours)

    assert pointers(refused) == ["/weekly_hours/1", "/weekly_hours/2"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("code", "Individual 50"),
        ("name", "  "),
        ("minutes", 5),
        ("buffer_after_minutes", 500),
        ("capacity", 0),
        ("session_formats", []),
        ("session_formats", ["video", "video"]),
    ],
)
async def test_a_session_type_that_can_not_be_is_named(
    http: httpx.AsyncClient, therapist: Person, key: str, value: object
) -> None:
    kind = {**SCHEDULE["session_types"][0], key: value}

    assert pointers(await put(http, therapist, session_types=[kind])) == [f"/session_types/0/{key}"]


async def test_a_null_byte_in_a_name_is_refused(http: httpx.AsyncClient, therapist: Person) -> None:
    kind = {**SCHEDULE["session_types"][0], "name": "Indi\x00vidual"}

    assert (await put(http, therapist, session_types=[kind])).status_code == 422


async def test_the_schedule_that_completes_a_listing_is_remembered(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    therapist_id = therapist.actor.therapist_id
    await therapists.license_of(session, therapist_id=therapist_id)
    await session.commit()

    await put(http, therapist)

    listed_at = await session.scalar(select(Therapist.first_listed_at).where(Therapist.id == therapist_id))
    assert listed_at is not None
