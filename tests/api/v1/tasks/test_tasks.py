"""What waits for an admin: sessions on which the parties differ."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.ids import BookingId, uuid7
from tests.build import accounts, booked
from tests.build.accounts import Person
from tests.build.attended import session_that_began
from tests.build.booked import Scene

TASKS = "/v1/admin/tasks"
DECISION = {"outcome": "attended", "reason": "Both said so by phone."}


@pytest.fixture
async def scene(session: AsyncSession, parts: Parts) -> Scene:
    return await booked.scene(session, parts)


@pytest.fixture
async def admin(session: AsyncSession, parts: Parts) -> Person:
    return await accounts.signed_in(session, parts, role=Role.ADMIN)


async def disputed(http: httpx.AsyncClient, session: AsyncSession, scene: Scene, *, days_ago: int = 1) -> BookingId:
    """Let the client say that the therapist was not there, and the therapist that they met."""
    appointment_id = await session_that_began(session, scene, ago=timedelta(days=days_ago))
    path = f"/v1/appointments/{appointment_id}/attendance"
    for person, outcome in ((scene.client, "therapist_no_show"), (scene.therapist, "attended")):
        answer = await http.post(path, json={"outcome": outcome}, headers=person.headers)
        assert answer.status_code == 200, answer.text
    return appointment_id


async def open_tasks(http: httpx.AsyncClient, admin: Person, **query: str | int) -> list[dict[str, object]]:
    answer = await http.get(TASKS, params=query, headers=admin.headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["data"]
    return found


async def resolve(
    http: httpx.AsyncClient,
    admin: Person,
    task_id: object,
    body: Mapping[str, str] = DECISION,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    return await http.post(f"{TASKS}/{task_id}/resolution", json=body, headers={**admin.headers, **(headers or {})})


async def test_an_admin_sees_what_was_said_and_nothing_of_the_client(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    appointment_id = await disputed(http, session, scene)
    seen = (await http.get(f"/v1/appointments/{appointment_id}", headers=scene.client.headers)).json()

    (task,) = await open_tasks(http, admin)
    alone = await http.get(f"{TASKS}/{task['id']}", headers=admin.headers)

    assert task == alone.json()
    assert alone.headers["ETag"] == '"1"'
    assert task.keys() == {
        "id", "kind", "status", "therapist_id", "appointment", "reports", "opened_at", "resolution",
    }  # fmt: skip
    assert (task["kind"], task["status"], task["resolution"]) == ("attendance_dispute", "open", None)
    assert task["therapist_id"] == str(scene.therapist_id)
    assert task["appointment"] == {"start": seen["start"], "end": seen["end"]}
    assert task["reports"] == {"client": "therapist_no_show", "therapist": "attended"}
    assert str(scene.client.actor.client_id) not in alone.text


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("attended", "completed"), ("client_no_show", "no_show"), ("therapist_no_show", "no_show")],
)
async def test_the_appointment_follows_what_an_admin_decides(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person, outcome: str, status: str
) -> None:
    appointment_id = await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    answer = await resolve(http, admin, task["id"], DECISION | {"outcome": outcome}, {"If-Match": '"1"'})
    seen = (await http.get(f"/v1/appointments/{appointment_id}", headers=scene.client.headers)).json()

    resolution = answer.json()["resolution"]
    assert (answer.status_code, answer.json()["status"], answer.headers["ETag"]) == (200, "closed", '"2"')
    assert (resolution["outcome"], resolution["reason"]) == (outcome, DECISION["reason"])
    assert (seen["status"], seen["attendance"]) == (status, {"outcome": outcome, "disputed": False})
    assert await open_tasks(http, admin) == []
    assert await open_tasks(http, admin, status="closed") == [answer.json()]


async def test_a_resolution_is_audited_with_its_reason(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    await resolve(http, admin, task["id"])

    entries = await session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "task").order_by(AuditEntry.id))
    assert [(each.action, each.actor_id, each.reason) for each in entries if str(each.subject_id) == task["id"]] == [
        (Action.TASK_OPEN, None, None),
        (Action.TASK_RESOLVE, admin.actor.account_id, DECISION["reason"]),
    ]


async def test_what_is_resolved_is_not_resolved_again_but_the_same_key_replays(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    first = await resolve(http, admin, task["id"], headers={"Idempotency-Key": "once"})
    again = await resolve(http, admin, task["id"], headers={"Idempotency-Key": "once"})
    without_key = await resolve(http, admin, task["id"])

    assert (again.status_code, again.json()) == (200, first.json())
    assert (without_key.status_code, without_key.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert without_key.json()["next_steps"][0]["path"] == TASKS


async def test_a_stale_version_resolves_nothing(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    refused = await resolve(http, admin, task["id"], headers={"If-Match": '"7"'})

    assert (refused.status_code, refused.json()["type"]) == (412, "/problems/precondition-failed")
    assert await open_tasks(http, admin) == [task]


async def test_the_list_is_oldest_first_and_cut_into_pages(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    for days in (1, 2, 3):
        await disputed(http, session, scene, days_ago=days)
    seen: list[str] = []
    cursor: str | None = None

    for _ in range(2):
        query: dict[str, str | int] = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = (await http.get(TASKS, params=query, headers=admin.headers)).json()
        seen += [each["opened_at"] for each in page["data"]]
        cursor = page["next_cursor"]

    assert (len(seen), seen, cursor) == (3, sorted(seen), None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "why"}, "/outcome"),
        ({"outcome": "attended"}, "/reason"),
        ({"outcome": "attended", "reason": " "}, "/reason"),
        ({"outcome": "attended", "reason": "x" * 2001}, "/reason"),
        ({"outcome": "late", "reason": "why"}, "/outcome"),
        ({"outcome": "attended", "reason": "why", "fee": 0}, "/fee"),
    ],
)
async def test_a_bad_resolution_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person, body: dict[str, str], pointer: str
) -> None:
    await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    refused = await resolve(http, admin, task["id"], body)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert await open_tasks(http, admin) == [task]


@pytest.mark.parametrize("query", [{"status": "half"}, {"limit": "0"}, {"cursor": "made-up"}])
async def test_a_bad_query_is_refused(http: httpx.AsyncClient, admin: Person, query: dict[str, str]) -> None:
    refused = await http.get(TASKS, params=query, headers=admin.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


async def test_nobody_but_an_admin_sees_or_resolves_tasks(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, admin: Person
) -> None:
    await disputed(http, session, scene)
    (task,) = await open_tasks(http, admin)

    answers = [
        answer
        for person in (scene.client, scene.therapist)
        for answer in (
            await http.get(TASKS, headers=person.headers),
            await http.get(f"{TASKS}/{task['id']}", headers=person.headers),
            await resolve(http, person, task["id"]),
        )
    ]
    unknown = [await http.get(f"{TASKS}/{uuid7()}", headers=admin.headers), await resolve(http, admin, uuid7())]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.status_code for answer in unknown} == {404}
    assert (await http.get(TASKS)).status_code == 401
    assert await open_tasks(http, admin) == [task]
