"""Whether a session took place, as its parties tell it."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.states import Status
from domain.booking.tables import AttendanceReport, Booking
from domain.ids import BookingId, uuid7
from domain.tasks.tables import Task
from tests.build import accounts, booked, occupied_time
from tests.build.accounts import Person
from tests.build.attended import session_that_began
from tests.build.booked import Scene


@pytest.fixture
async def scene(session: AsyncSession, parts: Parts) -> Scene:
    return await booked.scene(session, parts)


async def say(
    http: httpx.AsyncClient, person: Person, appointment_id: BookingId, outcome: str, **headers: str
) -> httpx.Response:
    path = f"/v1/appointments/{appointment_id}/attendance"
    return await http.post(path, json={"outcome": outcome}, headers=person.headers | headers)


def told(answer: httpx.Response) -> tuple[int, str, str | None, bool | None]:
    """Give the status code, and what an appointment says of itself."""
    body = answer.json()
    attendance = body.get("attendance") or {}
    return answer.status_code, body.get("status"), attendance.get("outcome"), attendance.get("disputed")


async def tasks_about(session: AsyncSession, appointment_id: BookingId) -> int:
    return await session.scalar(select(func.count()).where(Task.subject_id == appointment_id)) or 0


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("attended", "completed"), ("client_no_show", "no_show"), ("therapist_no_show", "no_show")],
)
async def test_the_therapist_says_what_became_of_a_session(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, outcome: str, status: str
) -> None:
    appointment_id = await session_that_began(session, scene)

    answer = await say(http, scene.therapist, appointment_id, outcome)
    seen = await http.get(f"/v1/appointments/{appointment_id}", headers=scene.client.headers)

    assert told(answer) == told(seen) == (200, status, outcome, False)
    assert answer.headers["ETag"] == seen.headers["ETag"] == '"2"'


async def test_a_client_says_that_the_therapist_was_not_there(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene, ago=timedelta(minutes=5))

    answer = await say(http, scene.client, appointment_id, "therapist_no_show")

    assert told(answer) == (200, "no_show", "therapist_no_show", False)


@pytest.mark.parametrize("outcome", ["attended", "client_no_show"])
async def test_a_client_says_nothing_else_and_is_told_what_to_do(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, outcome: str
) -> None:
    appointment_id = await session_that_began(session, scene)

    refused = await say(http, scene.client, appointment_id, outcome)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/outcome"]
    assert "counts as completed" in refused.json()["errors"][0]["detail"]
    assert refused.json()["next_steps"]


async def test_before_the_start_nothing_is_said(http: httpx.AsyncClient, session: AsyncSession, scene: Scene) -> None:
    appointment_id = await session_that_began(session, scene, ago=-timedelta(hours=1))

    refused = await say(http, scene.therapist, appointment_id, "attended")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert f"/v1/appointments/{appointment_id}" in {step["path"] for step in refused.json()["next_steps"]}


async def test_a_month_after_the_end_nothing_is_said_any_more(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    late = await session_that_began(session, scene, ago=timedelta(days=31), status=Status.COMPLETED)
    in_time = await session_that_began(session, scene, ago=timedelta(days=29), status=Status.COMPLETED)

    refused = await say(http, scene.therapist, late, "attended")
    taken = await say(http, scene.therapist, in_time, "attended")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert told(taken) == (200, "completed", "attended", False)


async def test_the_same_word_again_answers_the_same(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene)

    first = await say(http, scene.therapist, appointment_id, "attended")
    again = await say(http, scene.therapist, appointment_id, "attended")

    assert again.status_code == 200
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])


async def test_another_word_of_the_same_party_is_not_taken(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene)
    await say(http, scene.therapist, appointment_id, "attended")

    refused = await say(http, scene.therapist, appointment_id, "client_no_show")
    seen = await http.get(f"/v1/appointments/{appointment_id}", headers=scene.therapist.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert len(refused.json()["next_steps"]) >= 1
    assert told(seen) == (200, "completed", "attended", False)
    assert await tasks_about(session, appointment_id) == 0


async def test_words_that_differ_raise_one_task_and_change_nothing_else(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene)
    first = await say(http, scene.client, appointment_id, "therapist_no_show")

    second = await say(http, scene.therapist, appointment_id, "attended")
    again = await say(http, scene.therapist, appointment_id, "attended")
    seen = await http.get("/v1/appointments", headers=scene.client.headers)

    assert told(first) == (200, "no_show", "therapist_no_show", False)
    assert told(second) == told(again) == (200, "no_show", "therapist_no_show", True)
    assert second.headers["ETag"] != first.headers["ETag"]
    assert [each["attendance"] for each in seen.json()["data"]] == [{"outcome": "therapist_no_show", "disputed": True}]
    assert await tasks_about(session, appointment_id) == 1


async def test_words_that_agree_raise_nothing(http: httpx.AsyncClient, session: AsyncSession, scene: Scene) -> None:
    appointment_id = await session_that_began(session, scene)
    first = await say(http, scene.therapist, appointment_id, "therapist_no_show")

    second = await say(http, scene.client, appointment_id, "therapist_no_show")

    assert second.json() == first.json()
    assert await tasks_about(session, appointment_id) == 0


async def test_a_word_after_the_session_was_completed_for_want_of_one_is_still_the_first(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene, ago=timedelta(days=3), status=Status.COMPLETED)

    before = await http.get(f"/v1/appointments/{appointment_id}", headers=scene.client.headers)
    answer = await say(http, scene.client, appointment_id, "therapist_no_show")

    assert told(before) == (200, "completed", None, None)
    assert before.json()["attendance"] is None
    assert told(answer) == (200, "no_show", "therapist_no_show", False)


async def test_of_a_cancelled_session_nothing_is_said(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = BookingId(uuid7())
    booked_id = await booked.appointment_id(http, scene)
    await http.post(f"/v1/appointments/{booked_id}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers)

    refused = await http.post(
        f"/v1/appointments/{booked_id}/attendance", json={"outcome": "attended"}, headers=scene.therapist.headers
    )
    unknown = await say(http, scene.therapist, appointment_id, "attended")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert unknown.status_code == 404


async def test_seats_of_a_group_are_told_of_one_by_one(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    began = await session_that_began(session, scene, ago=timedelta(days=1))
    starts_at = (await session.get_one(Booking, began)).starts_at - timedelta(hours=5)
    group_id = await occupied_time.group_of(
        session, therapist_id=scene.therapist_id, starts_at=starts_at, session_type="group", minutes=90, capacity=8
    )
    seats = [
        await occupied_time.seat_in(session, group_id=group_id, number=number, client_id=person.actor.client_id)
        for number, person in enumerate((scene.client, scene.rival), 1)
    ]
    await session.commit()

    came = await say(http, scene.therapist, seats[0], "attended")
    not_there = await say(http, scene.therapist, seats[1], "client_no_show")
    of_the_group = await say(http, scene.therapist, group_id, "attended")

    group = await session.get_one(Booking, group_id, populate_existing=True)
    assert (told(came)[1], told(not_there)[1]) == ("completed", "no_show")
    assert of_the_group.status_code == 404
    assert (group.status, group.attendance) == (Status.CONFIRMED, None)


async def test_who_is_no_party_says_nothing(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene)
    stranger = await booked.therapist(session, parts)
    admin = await accounts.signed_in(session, parts, role=Role.ADMIN)

    codes = [
        (await say(http, person, appointment_id, "therapist_no_show")).status_code
        for person in (scene.rival, stranger, admin)
    ]
    anonymous = await http.post(f"/v1/appointments/{appointment_id}/attendance", json={"outcome": "therapist_no_show"})

    said = await session.scalar(select(func.count()).where(AttendanceReport.booking_id == appointment_id))
    assert (codes, anonymous.status_code, said) == ([404, 404, 403], 401, 0)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/outcome"), ({"outcome": "late"}, "/outcome"), ({"outcome": "attended", "note": "x"}, "/note")],
)
async def test_a_bad_body_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, body: dict[str, str], pointer: str
) -> None:
    appointment_id = await session_that_began(session, scene)

    refused = await http.post(
        f"/v1/appointments/{appointment_id}/attendance", json=body, headers=scene.therapist.headers
    )

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_repeat_under_a_key_is_answered_as_before(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    appointment_id = await session_that_began(session, scene)
    headers = {"Idempotency-Key": "once"}

    first = await say(http, scene.therapist, appointment_id, "attended", **headers)
    again = await say(http, scene.therapist, appointment_id, "attended", **headers)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_stale_version_says_nothing(http: httpx.AsyncClient, session: AsyncSession, scene: Scene) -> None:
    appointment_id = await session_that_began(session, scene)

    refused = await say(http, scene.therapist, appointment_id, "attended", **{"If-Match": '"7"'})

    assert (refused.status_code, refused.json()["type"]) == (412, "/problems/precondition-failed")
    assert await session.scalar(select(Booking.status).where(Booking.id == appointment_id)) is Status.CONFIRMED
