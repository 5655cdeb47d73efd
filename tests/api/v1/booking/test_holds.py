from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.tables import Booking
from domain.ids import TherapistId, uuid7
from tests.build import accounts, booked, booking
from tests.build.accounts import Person


async def stored(session: AsyncSession, *, of: Person) -> int:
    own = select(func.count()).where(Booking.client_id == of.actor.client_id)
    return await session.scalar(own) or 0


async def test_a_hold_is_created_and_says_when_it_runs_out(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    answer = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.client.headers)

    hold = answer.json()
    assert answer.status_code == 201
    assert hold.keys() == {
        "id", "therapist_id", "session_type", "start", "end", "session_format", "jurisdiction", "expires_at",
        "renewable_until",
    }  # fmt: skip
    assert hold["start"] == booked.wire(booking.slot())
    assert hold["end"] == booked.wire(booking.slot() + timedelta(minutes=50))
    assert (hold["jurisdiction"], hold["session_format"]) == ("US-OH", "video")
    expires = parsedate_to_datetime(answer.headers["Expires"])
    assert abs(datetime.fromisoformat(hold["expires_at"]) - expires) < timedelta(seconds=1)
    assert answer.headers["Expires"].endswith("GMT")


async def test_a_start_may_carry_any_offset(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    start = booking.slot()
    body = booked.body(scene.therapist_id) | {"start": start.replace(tzinfo=None).isoformat() + "+00:00"}

    answer = await http.post("/v1/holds", json=body, headers=scene.client.headers)

    assert answer.json()["start"] == booked.wire(start)


async def test_who_comes_second_gets_alternatives_that_can_be_held(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    await booked.hold(http, scene)

    refused = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.rival.headers)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/slot-taken")
    assert len(problem["alternatives"]) == 3
    assert {"action": "hold_alternative", "method": "POST", "path": "/v1/holds"} in problem["next_steps"]
    for other in problem["alternatives"]:
        assert other.keys() == {"therapist_id", "start", "end", "session_type"}
        body = {name: other[name] for name in ("therapist_id", "start", "session_type")} | {"session_format": "video"}
        held = await http.post("/v1/holds", json=body, headers=scene.rival.headers)
        assert held.status_code == 201, held.text


async def test_ones_own_time_is_a_conflict_with_the_hold_to_give_up(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)

    refused = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.client.headers)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/conflict")
    assert {"action": "release_hold", "method": "DELETE", "path": f"/v1/holds/{held['id']}"} in problem["next_steps"]


async def test_a_place_without_license_is_refused_with_ways_on(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post(
        "/v1/holds", json=booked.body(scene.therapist_id) | {"jurisdiction": "US-TX"}, headers=scene.client.headers
    )

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/license-not-valid-at-session")
    assert problem["alternatives"] == []
    assert problem["next_steps"]


@pytest.mark.parametrize("start", [booking.slot(days=-2), booking.slot(hour=3), booking.slot(minute=7)])
async def test_a_start_that_is_not_offered_is_refused_with_alternatives(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, start: datetime
) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post(
        "/v1/holds", json=booked.body(scene.therapist_id, start=start), headers=scene.client.headers
    )

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/slot-not-offered")
    assert problem["alternatives"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"start": "2027-03-01T15:00:00"}, "/start"),
        ({"start": "tomorrow"}, "/start"),
        ({"start": None}, "/start"),
        ({"therapist_id": "nobody"}, "/therapist_id"),
        ({"session_format": "telepathy"}, "/session_format"),
        ({"session_type": ""}, "/session_type"),
        ({"session_type": "unheard_of"}, "/session_type"),
        ({"session_format": "in_person"}, "/session_format"),
        ({"jurisdiction": "Ohio"}, "/jurisdiction"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_a_bad_body_is_refused_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, change: dict[str, str | int | None], pointer: str
) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post("/v1/holds", json=booked.body(scene.therapist_id) | change, headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert await stored(session, of=scene.client) == 0


async def test_an_unknown_therapist_is_not_found(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)

    refused = await http.post("/v1/holds", json=booked.body(TherapistId(uuid7())), headers=scene.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("path", ["/v1/holds", "/v1/appointments"])
async def test_a_match_of_nobody_or_of_another_is_not_found(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, path: str
) -> None:
    scene = await booked.scene(session, parts)
    made = await http.post(
        "/v1/matches", json={"concerns": ["trauma.cptsd"], "jurisdiction": "US-OH"}, headers=scene.rival.headers
    )

    answers = [
        await http.post(
            path, json=booked.body(scene.therapist_id) | {"match_id": match_id}, headers=scene.client.headers
        )
        for match_id in (str(uuid7()), made.json()["id"])
    ]

    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(404, "/problems/not-found")] * 2
    assert all(answer.json()["next_steps"] for answer in answers)
    assert await stored(session, of=scene.client) == 0


async def test_a_client_without_a_profile_is_sent_to_write_it(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    newcomer = await accounts.signed_in(session, parts, role=Role.CLIENT)

    refused = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=newcomer.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["next_steps"][0] == {"action": "complete_profile", "method": "PUT", "path": "/v1/clients/me"}


async def test_only_clients_hold(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    admin = await accounts.signed_in(session, parts, role=Role.ADMIN)

    answers = [
        await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=headers)
        for headers in (scene.therapist.headers, admin.headers, {})
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 401]


async def test_the_same_key_gives_the_same_hold(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    headers = scene.client.headers | {"Idempotency-Key": "once"}

    first = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=headers)
    again = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=headers)
    other = await http.post(
        "/v1/holds", json=booked.body(scene.therapist_id, start=booking.slot(days=5)), headers=headers
    )

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Expires"] == first.headers["Expires"]
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_hold_is_read_by_its_client_only(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)

    own = await http.get(f"/v1/holds/{held['id']}", headers=scene.client.headers)
    strangers = await http.get(f"/v1/holds/{held['id']}", headers=scene.rival.headers)
    therapists = await http.get(f"/v1/holds/{held['id']}", headers=scene.therapist.headers)

    assert (own.status_code, own.json()) == (200, held)
    assert own.headers["Expires"]
    assert (strangers.status_code, therapists.status_code) == (404, 403)


async def test_a_hold_is_given_up_by_its_client_only_and_frees_the_time(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    path = f"/v1/holds/{(await booked.hold(http, scene))['id']}"

    strangers = await http.delete(path, headers=scene.rival.headers)
    own = [await http.delete(path, headers=scene.client.headers) for _ in range(2)]
    gone = await http.get(path, headers=scene.client.headers)
    after = await http.post("/v1/holds", json=booked.body(scene.therapist_id), headers=scene.rival.headers)

    assert strangers.status_code == 404
    assert [(answer.status_code, answer.content) for answer in own] == [(204, b"")] * 2
    assert (gone.status_code, after.status_code) == (404, 201)
