"""May this therapist treat this client, there, at that hour: asked at every door through which a session is had."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.availability import wall_clock
from domain.availability.schedule import Schedule
from domain.ids import TherapistId
from tests.build import booked, booking, gate
from tests.build.accounts import Person
from tests.build.availability import hours, schedule, session_type
from tests.build.therapists import listed_therapist

DOORS = ("/v1/holds", "/v1/appointments", "/v1/series")
NIGHT_AND_DAY = schedule(
    weekly_hours=hours("00:00", "00:00"), session_types=(session_type(after=0),), slot_interval=30, notice=0
)


async def asked(
    http: httpx.AsyncClient,
    door: str,
    *,
    by: Person,
    therapist_id: TherapistId,
    session_format: str,
    place: str,
    start: datetime | None = None,
) -> httpx.Response:
    body: dict[str, object] = {
        **booked.body(therapist_id, session_format=session_format, start=start),
        "jurisdiction": place,
    }
    if door == "/v1/series":
        body |= {"weeks": 2, "on_conflict": "skip"}
    return await http.post(door, json=body, headers=by.headers)


async def shown(
    http: httpx.AsyncClient, *, by: Person, therapist_id: TherapistId, place: str, days: int = 28
) -> list[dict[str, str]]:
    answer = await http.get(
        f"/v1/therapists/{therapist_id}/slots",
        params={
            "session_type": "individual_50",
            "from": booked.wire(booking.slot(days=0)),
            "to": booked.wire(booking.slot(days=days)),
            "jurisdiction": place,
        },
        headers=by.headers,
    )
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()["data"]
    return found


async def matched(
    http: httpx.AsyncClient, *, by: Person, therapist_id: TherapistId, place: str, needs: Mapping[str, object]
) -> bool:
    answer = await http.post(
        "/v1/matches",
        json={"concerns": ["trauma.cptsd"], "jurisdiction": place, "requirements": needs, "limit": 10},
        headers=by.headers,
    )
    assert answer.status_code == 201, answer.text
    return str(therapist_id) in {each["therapist"]["id"] for each in answer.json()["results"]}


def is_of_license(refused: httpx.Response) -> bool:
    problem = refused.json()
    slug = problem["type"].removeprefix("/problems/")
    reasons = {slug, *(each["reason"] for each in problem.get("conflicts", ()))}
    return "license-not-valid-at-session" in reasons and bool(problem["next_steps"])


@pytest.mark.parametrize("door", DOORS)
async def test_a_privilege_of_psypact_opens_to_video_and_not_in_person(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, door: str
) -> None:
    therapist_id = await gate.psychologist(session)
    by = await booked.client(session, parts, jurisdiction="US-TX")

    refused = await asked(http, door, by=by, therapist_id=therapist_id, session_format="in_person", place="US-TX")
    video = await asked(http, door, by=by, therapist_id=therapist_id, session_format="video", place="US-TX")

    assert is_of_license(refused), refused.text
    assert video.status_code == 201, video.text


async def test_a_privilege_of_psypact_is_shown_for_video_alone(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    therapist_id = await gate.psychologist(session)
    by = await booked.client(session, parts, jurisdiction="US-TX")

    there = await shown(http, by=by, therapist_id=therapist_id, place="US-TX")
    at_home = await shown(http, by=by, therapist_id=therapist_id, place="US-OH")
    no_member = await shown(http, by=by, therapist_id=therapist_id, place="US-CA")

    assert {tuple(each["session_formats"]) for each in there} == {("video",)}
    assert {tuple(sorted(each["session_formats"])) for each in at_home} == {("in_person", "video")}
    assert no_member == []


async def test_a_privilege_of_psypact_matches_clients_at_a_distance_alone(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    therapist_id = await gate.psychologist(session)
    by = await booked.client(session, parts, jurisdiction="US-TX")

    found = [
        await matched(http, by=by, therapist_id=therapist_id, place=place, needs={"session_formats": [session_format]})
        for place, session_format in (("US-TX", "video"), ("US-TX", "in_person"), ("US-CA", "video"))
    ]

    assert found == [True, False, False]


@pytest.mark.parametrize("door", DOORS)
async def test_a_license_for_telehealth_alone_opens_to_nothing_in_person(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, door: str
) -> None:
    therapist_id = await gate.by_telehealth_alone(session)
    by = await booked.client(session, parts)

    refused = await asked(http, door, by=by, therapist_id=therapist_id, session_format="in_person", place="US-OH")
    video = await asked(http, door, by=by, therapist_id=therapist_id, session_format="video", place="US-OH")

    assert is_of_license(refused), refused.text
    assert video.status_code == 201, video.text


async def ending_soon(session: AsyncSession, *, kept: Schedule = NIGHT_AND_DAY) -> tuple[TherapistId, date]:
    """Store a therapist who works night and day, and whose license ends in five days."""
    last_day = booking.day_of(booking.slot(days=5))
    return await listed_therapist(session, schedule=kept, expires_on=last_day), last_day


def midnight_after(day: date) -> datetime:
    found = wall_clock.instant(datetime.combine(day + timedelta(days=1), time()), booking.ZONE)
    assert found is not None
    return found


async def test_nothing_is_offered_that_ends_after_the_last_day_of_a_license(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    therapist_id, last_day = await ending_soon(session)
    by = await booked.client(session, parts)

    found = await shown(http, by=by, therapist_id=therapist_id, place="US-OH")

    last = max(datetime.fromisoformat(each["end"]) for each in found)
    assert midnight_after(last_day) - timedelta(minutes=30) < last <= midnight_after(last_day)


@pytest.mark.parametrize("door", DOORS)
async def test_nothing_is_had_that_ends_after_the_last_day_of_a_license(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, door: str
) -> None:
    therapist_id, last_day = await ending_soon(session)
    by = await booked.client(session, parts)
    midnight = midnight_after(last_day)

    refused = [
        await asked(
            http,
            door,
            by=by,
            therapist_id=therapist_id,
            session_format="video",
            place="US-OH",
            start=midnight + timedelta(minutes=minutes),
        )
        for minutes in (-30, 0, 600)
    ]

    for each in refused:
        assert is_of_license(each), each.text


async def test_nothing_is_moved_behind_the_last_day_of_a_license(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    therapist_id, last_day = await ending_soon(session)
    by = await booked.client(session, parts)
    made = await http.post("/v1/appointments", json=booked.body(therapist_id), headers=by.headers)
    path = f"/v1/appointments/{made.json()['id']}"

    refused = await http.post(
        f"{path}/reschedule", json={"start": booked.wire(midnight_after(last_day))}, headers=by.headers
    )
    still = await http.get(path, headers=by.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/license-not-valid-at-session")
    assert (still.json()["start"], still.json()["status"]) == (booked.wire(booking.slot()), "confirmed")


async def test_a_series_ends_with_the_license(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    therapist_id, _ = await ending_soon(session)
    by = await booked.client(session, parts)
    body = {**booked.body(therapist_id), "weeks": 3}

    whole = await http.post("/v1/series", json={**body, "on_conflict": "abort"}, headers=by.headers)
    some = await http.post("/v1/series", json={**body, "on_conflict": "skip"}, headers=by.headers)

    assert [each["reason"] for each in whole.json()["conflicts"]] == ["license-not-valid-at-session"] * 2
    assert some.status_code == 201
    assert [each["start"] for each in some.json()["appointments"]] == [booked.wire(booking.slot())]
    assert [each["reason"] for each in some.json()["skipped"]] == ["license-not-valid-at-session"] * 2


async def test_a_license_that_nobody_has_looked_at_for_long_keeps_what_is_booked_and_opens_no_door(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, now: datetime
) -> None:
    therapist_id = await listed_therapist(session)
    by = await booked.client(session, parts)
    made = await http.post("/v1/appointments", json=booked.body(therapist_id), headers=by.headers)
    held = await http.post("/v1/holds", json=booked.body(therapist_id, start=booking.slot(hour=15)), headers=by.headers)
    await gate.looked_at_on(session, therapist_id=therapist_id, day=now.date() - timedelta(days=36))
    await session.commit()
    path = f"/v1/appointments/{made.json()['id']}"
    later = booking.slot(days=4)

    refused = [
        *[
            await asked(
                http, door, by=by, therapist_id=therapist_id, session_format="video", place="US-OH", start=later
            )
            for door in DOORS
        ],
        await http.post(f"{path}/reschedule", json={"start": booked.wire(later)}, headers=by.headers),
        await http.post("/v1/appointments", json={"hold_id": held.json()["id"]}, headers=by.headers),
    ]
    offered = await shown(http, by=by, therapist_id=therapist_id, place="US-OH")
    found = await matched(http, by=by, therapist_id=therapist_id, place="US-OH", needs={})
    still = await http.get(path, headers=by.headers)
    profile = await http.get(f"/v1/therapists/{therapist_id}")

    for each in refused:
        assert is_of_license(each), each.text
    assert (offered, found) == ([], False)
    assert (still.json()["status"], profile.status_code) == ("confirmed", 200)
