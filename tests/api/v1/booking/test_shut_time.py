"""Exceptions and busy calendars, seen by a client: what is shut is neither shown nor held, what is open is both."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from tests.build import booked, booking
from tests.build.booked import Scene
from tests.build.calendars import calendar, event

EXCEPTIONS = "/v1/therapists/me/schedule/exceptions"
CALENDAR = "/v1/therapists/me/busy-calendars/home"
HOUR = timedelta(hours=1)


async def say(http: httpx.AsyncClient, scene: Scene, kind: str, start: datetime, end: datetime) -> str:
    """Open or close time as the therapist, and give the exception's address."""
    body = {"kind": kind, "start": booked.wire(start), "end": booked.wire(end)}
    answer = await http.post(EXCEPTIONS, json=body, headers=scene.therapist.headers)
    assert answer.status_code == 201, answer.text
    return f"{EXCEPTIONS}/{answer.json()['id']}"


async def send(http: httpx.AsyncClient, scene: Scene, *lines: str) -> None:
    """Send a calendar of one event as the therapist."""
    headers = scene.therapist.headers | {"Content-Type": "text/calendar"}
    answer = await http.put(CALENDAR, content=calendar(event(*lines)), headers=headers)
    assert (answer.status_code, answer.json()["ignored"]) == (200, [])


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


async def shown(http: httpx.AsyncClient, scene: Scene, *, days: int = 3) -> list[int]:
    """Give the hours on the therapist's wall that are offered on a day."""
    window = {"from": booked.wire(booking.slot(days=days, hour=0)), "to": booked.wire(booking.slot(days=days, hour=23))}
    answer = await http.get(
        f"/v1/therapists/{scene.therapist_id}/slots", params=window | {"session_type": "individual_50"}
    )
    midnight = booking.slot(days=days, hour=0)
    return [(datetime.fromisoformat(each["start"]) - midnight) // HOUR for each in answer.json()["data"]]


async def hold(http: httpx.AsyncClient, scene: Scene, *, hour: int) -> httpx.Response:
    body = booked.body(scene.therapist_id, start=booking.slot(hour=hour))
    return await http.post("/v1/holds", json=body, headers=scene.client.headers)


@pytest.fixture
async def scene(session: AsyncSession, parts: Parts) -> Scene:
    return await booked.scene(session, parts)


async def require_refused_with_ways_on(http: httpx.AsyncClient, scene: Scene, refused: httpx.Response) -> None:
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "/problems/slot-not-offered")
    assert problem["next_steps"]
    assert len(problem["alternatives"]) == 3
    other = problem["alternatives"][0]
    body = booked.body(scene.therapist_id, start=datetime.fromisoformat(other["start"]))
    held = await http.post("/v1/holds", json=body, headers=scene.client.headers)
    assert held.status_code == 201


async def test_closed_time_is_neither_shown_nor_held_until_it_is_taken_back(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    exception = await say(http, scene, "closed", booking.slot(hour=10), booking.slot(hour=13))
    closed = await shown(http, scene)
    refused = await hold(http, scene, hour=10)

    await http.delete(exception, headers=scene.therapist.headers)

    assert closed == [9, 13, 14, 15, 16]
    await require_refused_with_ways_on(http, scene, refused)
    assert await shown(http, scene, days=4) == list(range(9, 17))


async def test_opened_time_is_shown_and_held(http: httpx.AsyncClient, scene: Scene) -> None:
    before = await hold(http, scene, hour=19)
    await say(http, scene, "open", booking.slot(hour=19), booking.slot(hour=21))
    opened = await shown(http, scene)

    held = await hold(http, scene, hour=20)

    assert before.status_code == 422
    assert opened == [*range(9, 17), 19, 20]
    assert held.status_code == 201


async def test_closed_wins_over_open(http: httpx.AsyncClient, scene: Scene) -> None:
    await say(http, scene, "closed", booking.slot(hour=20), booking.slot(hour=21))
    await say(http, scene, "open", booking.slot(hour=19), booking.slot(hour=21))

    assert await shown(http, scene) == [*range(9, 17), 19]


async def test_time_of_a_calendar_is_neither_shown_nor_held_until_it_is_ended(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    await send(http, scene, f"DTSTART:{stamp(booking.slot(hour=10))}", "DURATION:PT1H")
    busy = await shown(http, scene)
    refused = await hold(http, scene, hour=10)

    await http.delete(CALENDAR, headers=scene.therapist.headers)

    assert busy == [9, *range(11, 17)]
    await require_refused_with_ways_on(http, scene, refused)
    assert await shown(http, scene, days=4) == list(range(9, 17))


async def test_buffers_stay_clear_of_a_calendar_and_a_recurrence_shuts_every_day(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    start = booking.slot(days=-30, hour=10) - timedelta(minutes=5)
    local = f"{booking.day_of(start):%Y%m%d}T095500"
    await send(http, scene, f"DTSTART;TZID=America/New_York:{local}", "DURATION:PT10M", "RRULE:FREQ=DAILY")

    # the session of nine ends ten to ten, and its buffer reaches into what begins five minutes later
    assert [await shown(http, scene, days=days) for days in (3, 40, 300)] == [list(range(11, 17))] * 3


async def test_what_was_booked_stays_and_what_was_held_still_books(http: httpx.AsyncClient, scene: Scene) -> None:
    appointment = await booked.appointment_id(http, scene, start=booking.slot(hour=10))
    held = await booked.hold(http, scene, start=booking.slot(hour=11))
    await send(http, scene, f"DTSTART:{stamp(booking.slot(hour=0))}", "DURATION:PT20H")
    await say(http, scene, "closed", booking.slot(hour=0), booking.slot(hour=23))

    confirmed = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.client.headers)
    kept = await http.get(f"/v1/appointments/{appointment}", headers=scene.client.headers)

    assert (confirmed.status_code, confirmed.json()["status"]) == (201, "confirmed")
    assert kept.json()["status"] == "confirmed"
    assert await shown(http, scene) == []
