"""The quick path and the careful path: the same answers and the same rows, and the quick one gives way to the other."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.audit.tables import AuditEntry
from domain.booking.tables import Booking
from domain.ids import BookingId
from domain.intake.tables import FormResponse
from domain.replay.tables import StoredReply
from tests.build import booked, booking
from tests.build.availability import schedule
from tests.build.booked import Scene

# a daily limit is counted under a lock, so that it is the careful path's
CAREFUL = schedule(daily_limit=50)
OWN_TO_EACH = frozenset({"id", "therapist_id", "client_id", "expires_at", "renewable_until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a booking left behind, as far as two of them can be alike."""

    row: dict[str, object]
    audit: list[tuple[str, str]]
    forms: int
    jobs: int
    replies: int


async def left(session: AsyncSession, scene: Scene, booking_id: str) -> Left:
    row = await session.get_one(Booking, BookingId(booking_id), populate_existing=True)  # type: ignore[arg-type]  # as it came over the wire
    each_its_own = {
        "id", "therapist_id", "client_id", "held_at", "expires_at", "confirmed_at", "created_at", "updated_at",
    }  # fmt: skip
    columns = [column.key for column in Booking.__table__.columns if column.key not in each_its_own]
    entries = await session.execute(
        select(AuditEntry.action, AuditEntry.subject_kind)
        .where(AuditEntry.actor_id == scene.client.actor.account_id)
        .order_by(AuditEntry.action, AuditEntry.id)
    )
    forms = select(func.count()).where(FormResponse.booking_id == row.id)
    replies = select(func.count()).where(StoredReply.account_id == scene.client.actor.account_id)
    jobs = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'booking.confirmed' AND payload = :row")
    return Left(
        row={name: getattr(row, name) for name in columns},
        audit=[(action, kind) for action, kind in entries],
        forms=await session.scalar(forms) or 0,
        jobs=await session.scalar(jobs, {"row": row.id.bytes}) or 0,
        replies=await session.scalar(replies) or 0,
    )


async def scenes(session: AsyncSession, parts: Parts) -> tuple[Scene, Scene]:
    return await booked.scene(session, parts), await booked.scene(session, parts, schedule=CAREFUL)


@pytest.mark.parametrize("path", ["/v1/holds", "/v1/appointments"])
async def test_both_paths_answer_and_write_the_same(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, path: str
) -> None:
    answers, rows = [], []

    for scene in await scenes(session, parts):
        answer = await http.post(
            path, json=booked.body(scene.therapist_id), headers=scene.client.headers | {"Idempotency-Key": "once"}
        )
        assert answer.status_code == 201, answer.text
        answers.append(answer)
        rows.append(await left(session, scene, answer.json()["id"]))

    quick, careful = ({key: value for key, value in each.json().items() if key not in OWN_TO_EACH} for each in answers)
    assert quick == careful
    assert answers[0].json().keys() == answers[1].json().keys()
    assert answers[0].headers.get("ETag") == answers[1].headers.get("ETag")
    assert rows[0] == rows[1]
    assert rows[0].jobs == rows[0].forms == (1 if path == "/v1/appointments" else 0)
    assert rows[0].replies == 1


async def test_both_paths_turn_a_hold_into_the_same_appointment(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    quick, careful = await scenes(session, parts)
    rows = []

    for scene in (quick, careful):
        held = await booked.hold(http, scene)
        # another word of the same: the careful path finds the hold by what it is for
        body = booked.body(scene.therapist_id) if scene is careful else {"hold_id": held["id"]}
        answer = await http.post(
            "/v1/appointments", json=body, headers=scene.client.headers | {"Idempotency-Key": "once"}
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["id"] == held["id"]
        rows.append(await left(session, scene, held["id"]))

    assert rows[0] == rows[1]
    assert (rows[0].forms, rows[0].jobs, rows[0].replies) == (1, 1, 1)


async def test_where_nothing_stands_in_the_way_a_booking_is_two_statements(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, connection: AsyncConnection
) -> None:
    scene = await booked.scene(session, parts)
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, asyncpg.Connection)
    said: list[str] = []
    driver.add_query_logger(lambda logged: said.append(logged.query))

    answer = await http.post(
        "/v1/appointments",
        json=booked.body(scene.therapist_id),
        headers=scene.client.headers | {"Idempotency-Key": "once"},
    )

    assert answer.status_code == 201
    assert [statement.split()[0] for statement in said if "booking" in statement] == ["SELECT", "WITH"]


async def test_a_repeat_is_answered_by_the_look_alone(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    headers = scene.client.headers | {"Idempotency-Key": "once"}
    first = await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=headers)

    again = await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=headers)
    other = await http.post(
        "/v1/appointments",
        json=booked.body(scene.therapist_id, start=booking.slot() + timedelta(hours=1)),
        headers=headers,
    )

    assert (again.status_code, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_sign_in_that_has_ended_books_nothing(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    ended = await http.delete("/v1/sessions/current", headers=scene.client.headers)

    answers = [
        await http.post(path, json=booked.body(scene.therapist_id), headers=scene.client.headers)
        for path in ("/v1/holds", "/v1/appointments")
    ]

    assert ended.status_code == 204
    assert [answer.json()["type"] for answer in answers] == ["/problems/not-authenticated"] * 2
