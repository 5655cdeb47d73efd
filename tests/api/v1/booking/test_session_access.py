"""How to get into a session: shown to both parties while it is confirmed, and to nobody else."""

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.availability.schedule import SessionFormat
from domain.ids import TherapistId
from domain.therapists import session_access
from domain.therapists.session_access import SessionAccess
from domain.therapists.tables import Therapist
from tests.build import booked, booking, statements
from tests.build.availability import schedule, session_type
from tests.build.booked import Scene

ACCESS = SessionAccess(
    video_url="https://video.example/7", phone="+16145550100", address="1 Example Street", jurisdiction="US-OH"
)
NOTHING = {"video_url": None, "phone": None, "address": None, "jurisdiction": None}
VIDEO = NOTHING | {"video_url": "https://video.example/7"}


async def says(session: AsyncSession, parts: Parts, *, therapist_id: TherapistId, access: SessionAccess) -> None:
    """Let a therapist have said how to get in."""
    await session.execute(
        update(Therapist)
        .where(Therapist.id == therapist_id)
        .values(
            session_access_sealed=session_access.seal(access, therapist_id=therapist_id, vault=parts.vault),
            in_person_jurisdiction=access.jurisdiction,
            session_formats=["video", "phone", "in_person"],
        )
    )
    await session.commit()


@pytest.fixture
async def scene(session: AsyncSession, parts: Parts) -> Scene:
    every = session_type(session_formats=tuple(SessionFormat))
    made = await booked.scene(session, parts, schedule=schedule(session_types=(every,)))
    await says(session, parts, therapist_id=made.therapist_id, access=ACCESS)
    return made


@pytest.mark.parametrize(
    ("session_format", "part"),
    [
        ("video", VIDEO),
        ("phone", NOTHING | {"phone": "+16145550100"}),
        ("in_person", NOTHING | {"address": "1 Example Street", "jurisdiction": "US-OH"}),
    ],
)
async def test_booking_tells_the_way_in_of_the_format_booked(
    http: httpx.AsyncClient, scene: Scene, session_format: str, part: dict[str, str | None]
) -> None:
    body = booked.body(scene.therapist_id, session_format=session_format)

    answer = await http.post("/v1/appointments", json=body, headers=scene.client.headers)

    assert (answer.status_code, answer.json().get("session_access")) == (201, part), answer.text


async def test_both_parties_see_the_way_in_alone_and_in_the_list(http: httpx.AsyncClient, scene: Scene) -> None:
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    for person in (scene.client, scene.therapist):
        alone = await http.get(path, headers=person.headers)
        (listed,) = (await http.get("/v1/appointments", headers=person.headers)).json()["data"]

        assert alone.json()["session_access"] == listed["session_access"] == VIDEO


async def test_a_repeat_tells_the_way_in_as_the_first_answer_did(http: httpx.AsyncClient, scene: Scene) -> None:
    headers = scene.client.headers | {"Idempotency-Key": "once"}
    body = booked.body(scene.therapist_id)

    first = await http.post("/v1/appointments", json=body, headers=headers)
    again = await http.post("/v1/appointments", json=body, headers=headers)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["session_access"] == first.json()["session_access"] == VIDEO


async def test_a_hold_tells_no_way_in(http: httpx.AsyncClient, scene: Scene) -> None:
    held = await booked.hold(http, scene)

    assert "session_access" not in held
    assert "video.example" not in str(held)


async def test_a_cancelled_appointment_shows_no_way_in(http: httpx.AsyncClient, scene: Scene) -> None:
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    answer = await http.post(f"{path}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers)
    seen = await http.get(path, headers=scene.client.headers)

    assert (answer.status_code, answer.json()["session_access"], seen.json()["session_access"]) == (200, None, None)


async def test_where_the_therapist_has_said_nothing_there_is_no_way_in(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)

    answer = await http.post("/v1/appointments", json=booked.body(scene.therapist_id), headers=scene.client.headers)

    assert (answer.status_code, answer.json()["session_access"]) == (201, None)


async def test_a_longer_list_asks_no_more_of_the_database(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, scene: Scene, connection: AsyncConnection
) -> None:
    other = await booked.scene(session, parts)
    await says(session, parts, therapist_id=other.therapist_id, access=ACCESS.by_video())
    await booked.appointment_id(http, scene, start=booking.slot(days=3))
    reads = statements.reads(connection)
    await http.get("/v1/appointments", headers=scene.client.headers)
    asked_for_one = len(reads)
    for days in (4, 5, 6):
        await booked.appointment_id(http, scene, start=booking.slot(days=days))
    body = booked.body(other.therapist_id, start=booking.slot(days=7))
    await http.post("/v1/appointments", json=body, headers=scene.client.headers)
    reads.clear()

    answer = await http.get("/v1/appointments", headers=scene.client.headers)

    assert [each["session_access"] for each in answer.json()["data"]] == [VIDEO] * 5
    assert len(reads) == asked_for_one


async def test_an_appointment_tells_the_wall_time_it_was_booked_by(http: httpx.AsyncClient, scene: Scene) -> None:
    starts_at = booking.slot(days=5, hour=9)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene, start=starts_at)}"
    moved = {
        "time_zone": "America/Los_Angeles",
        "weekly_hours": [{"weekday": "monday", "start": "09:00", "end": "17:00"}],
        "session_types": [
            {
                "code": "individual_50", "name": "Individual session", "minutes": 50, "buffer_before_minutes": 0,
                "buffer_after_minutes": 10, "fee": {"amount": 15000, "currency": "usd"},
                "session_formats": ["video"], "capacity": 1,
            }
        ],
        "slot_interval_minutes": 60, "minimum_notice_minutes": 0, "horizon_days": 60, "daily_limit": None,
    }  # fmt: skip

    put = await http.put("/v1/therapists/me/schedule", json=moved, headers=scene.therapist.headers)
    seen = (await http.get(path, headers=scene.therapist.headers)).json()

    assert put.status_code == 200, put.text
    assert seen["start"] == booked.wire(starts_at)
    assert seen["wall_start"] == f"{booking.day_of(starts_at)}T09:00"
    assert seen["therapist_time_zone"] == "America/New_York"
