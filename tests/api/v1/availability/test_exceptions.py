from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.availability.exceptions import AHEAD_MAX
from domain.availability.schedule import ExceptionKind
from domain.availability.tables import ExceptionRow
from domain.ids import AccountId, uuid7
from tests.build import accounts, booked, booking, therapists
from tests.build.accounts import Person

PATH = "/v1/therapists/me/schedule/exceptions"


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Person:
    therapist_id = await therapists.profile(session)
    return await accounts.signed_in(session, parts, role=Role.THERAPIST, of=AccountId(therapist_id))


def body(*, days: int = 3, hours: int = 2, kind: str = "closed", **changes: object) -> dict[str, Any]:
    start = booking.slot(days=days)
    return {"kind": kind, "start": booked.wire(start), "end": booked.wire(start + timedelta(hours=hours)), **changes}


async def add(
    http: httpx.AsyncClient, by: Person, *, key: str | None = None, days: int = 3, hours: int = 2
) -> httpx.Response:
    headers = {**by.headers, **({"Idempotency-Key": key} if key else {})}
    return await http.post(PATH, json=body(days=days, hours=hours, note="Surgery"), headers=headers)


async def stored(session: AsyncSession, *, of: Person) -> int:
    own = select(func.count()).where(ExceptionRow.therapist_id == of.actor.therapist_id)
    return await session.scalar(own) or 0


async def test_an_exception_is_answered_and_listed_as_it_was_given(http: httpx.AsyncClient, therapist: Person) -> None:
    asked = body(note="  At my sister's\n")

    added = await http.post(PATH, json=asked, headers=therapist.headers)
    listed = await http.get(PATH, headers=therapist.headers)

    answer = added.json()
    assert added.status_code == 201
    assert answer == {**asked, "note": "At my sister's", "id": answer["id"], "appointments_outside": []}
    del answer["appointments_outside"]
    assert listed.json() == {"data": [answer], "next_cursor": None}


async def test_a_start_may_carry_any_offset(http: httpx.AsyncClient, therapist: Person) -> None:
    asked = body()
    start = datetime.fromisoformat(asked["start"])
    elsewhere = (start.astimezone(UTC) + timedelta(hours=5, minutes=30)).replace(tzinfo=None).isoformat() + "+05:30"

    added = await http.post(PATH, json=asked | {"start": elsewhere}, headers=therapist.headers)

    assert (added.status_code, added.json()["start"]) == (201, asked["start"])


async def test_the_note_is_sealed_and_every_change_audited(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    added = await add(http, therapist)
    await http.delete(f"{PATH}/{added.json()['id']}", headers=therapist.headers)
    again = await add(http, therapist)

    sealed = await session.scalar(
        select(ExceptionRow.note_sealed).where(ExceptionRow.therapist_id == therapist.actor.therapist_id)
    )
    audited = await session.scalars(
        select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == therapist.actor.account_id, AuditEntry.action == Action.EXCEPTION_WRITE
        )
    )
    first, second = added.json()["id"], again.json()["id"]
    assert sealed is not None
    assert b"Surgery" not in sealed
    assert sorted(map(str, audited)) == sorted([first, first, second])


async def test_repeated_under_a_key_it_is_added_once(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    first = await add(http, therapist, key="once")
    repeated = await add(http, therapist, key="once")
    other = await add(http, therapist, key="once", hours=3)

    assert (first.status_code, repeated.status_code) == (201, 201)
    assert repeated.json() == first.json()
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await stored(session, of=therapist) == 1


async def test_an_exception_is_taken_back_once(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    path = f"{PATH}/{(await add(http, therapist)).json()['id']}"

    gone = await http.delete(path, headers=therapist.headers)
    twice = await http.delete(path, headers=therapist.headers)

    assert (gone.status_code, gone.content) == (204, b"")
    assert (twice.status_code, twice.json()["type"]) == (404, "/problems/not-found")
    assert await stored(session, of=therapist) == 0


async def test_what_is_anothers_is_not_there(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist: Person
) -> None:
    stranger = await booked.therapist(session, parts)
    path = f"{PATH}/{(await add(http, therapist)).json()['id']}"

    refused = await http.delete(path, headers=stranger.headers)
    listed = await http.get(PATH, headers=stranger.headers)

    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
    assert refused.json()["next_steps"]
    assert listed.json()["data"] == []
    assert await stored(session, of=therapist) == 1


async def test_only_therapists_have_exceptions(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    for role in (Role.CLIENT, Role.ADMIN):
        somebody = await accounts.signed_in(session, parts, role=role)
        for refused in (
            await add(http, somebody),
            await http.get(PATH, headers=somebody.headers),
            await http.delete(f"{PATH}/{uuid7()}", headers=somebody.headers),
        ):
            assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-permitted")
    assert (await http.post(PATH, json=body())).status_code == 401


async def test_an_exception_needs_a_profile(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    newcomer = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    refused = await add(http, newcomer)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["next_steps"][0]["action"] == "write_profile"


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"kind": "shut"}, ["/kind"]),
        ({"start": "2027-03-01T09:00:00"}, ["/start"]),
        ({"end": None}, ["/end"]),
        ({"start": booked.wire(booking.slot() + timedelta(seconds=1))}, ["/start"]),
        ({"end": booked.wire(booking.slot())}, ["/end"]),
        ({"end": booked.wire(booking.slot(days=380))}, ["/end"]),
        ({"start": booked.wire(booking.slot(days=-3)), "end": booked.wire(booking.slot(days=-2))}, ["/end"]),
        ({"note": "x" * 501}, ["/note"]),
        ({"note": " "}, ["/note"]),
        ({"note": "\u202eturned"}, ["/note"]),
        ({"surprise": 1}, ["/surprise"]),
    ],
)
async def test_a_bad_body_is_refused_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, change: dict[str, Any], pointers: list[str]
) -> None:
    refused = await http.post(PATH, json=body() | change, headers=therapist.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [flaw["pointer"] for flaw in refused.json()["errors"]] == pointers
    assert await stored(session, of=therapist) == 0


async def test_there_is_an_end_to_exceptions_ahead(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    begins = booking.slot()
    rows = [
        {
            "id": uuid7(),
            "therapist_id": therapist.actor.therapist_id,
            "kind": ExceptionKind.CLOSED,
            "during": Range(begins + timedelta(hours=number), begins + timedelta(hours=number + 1), bounds="[)"),
            "created_at": begins,
        }
        for number in range(AHEAD_MAX - 1)
    ]
    await session.execute(insert(ExceptionRow), rows)
    await session.commit()

    last, one_more = await add(http, therapist), await add(http, therapist)

    assert last.status_code == 201
    assert (one_more.status_code, one_more.json()["type"]) == (409, "/problems/conflict")


async def test_a_list_is_paged_and_cut_to_what_reaches_into_it(http: httpx.AsyncClient, therapist: Person) -> None:
    for days in (9, 3, 6, 3):
        await add(http, therapist, days=days)

    first = (await http.get(PATH, params={"limit": 3}, headers=therapist.headers)).json()
    rest = (await http.get(PATH, params={"limit": 3, "cursor": first["next_cursor"]}, headers=therapist.headers)).json()
    within = await http.get(
        PATH,
        params={
            "from": booked.wire(booking.slot(days=3) + timedelta(hours=2)),
            "to": booked.wire(booking.slot(days=9)),
        },
        headers=therapist.headers,
    )

    starts = [booked.wire(booking.slot(days=days)) for days in (3, 3, 6, 9)]
    assert [each["start"] for each in first["data"] + rest["data"]] == starts
    assert rest["next_cursor"] is None
    assert [each["start"] for each in within.json()["data"]] == starts[2:3]


async def test_a_closing_names_the_appointments_it_would_shut_out_and_leaves_them(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    booked_id = await booked.appointment_id(http, scene)
    await booked.hold(http, scene, start=booking.slot(hour=12))

    added = await add(http, scene.therapist)
    schedule = await http.get("/v1/therapists/me/schedule", headers=scene.therapist.headers)

    (outside,) = added.json()["appointments_outside"]
    start = booking.slot()
    shown = f"{booking.day_of(start).isoformat()}T10:00"
    assert outside == {
        "appointment_id": booked_id,
        "start": booked.wire(start),
        "end": booked.wire(start + timedelta(minutes=50)),
        "session_type": "individual_50",
        "reason": "closed",
        "booked_wall_start": shown,
        "booked_time_zone": "America/New_York",
        "wall_start": shown,
        "time_zone": "America/New_York",
    }
    assert schedule.json()["appointments_outside"] == [outside]
    kept = await http.get(f"/v1/appointments/{booked_id}", headers=scene.client.headers)
    assert kept.json()["status"] == "confirmed"


async def test_a_therapist_who_moves_sees_what_is_booked_by_both_walls(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    booked_id = await booked.appointment_id(http, scene)
    path = "/v1/therapists/me/schedule"
    schedule = (await http.get(path, headers=scene.therapist.headers)).json()
    del schedule["therapist_id"], schedule["appointments_outside"]

    moved = await http.put(path, json=schedule | {"time_zone": "America/Los_Angeles"}, headers=scene.therapist.headers)

    (outside,) = moved.json()["appointments_outside"]
    assert moved.status_code == 200
    assert (outside["appointment_id"], outside["reason"]) == (booked_id, "outside_hours")
    assert (outside["booked_wall_start"][-5:], outside["booked_time_zone"]) == ("10:00", "America/New_York")
    assert (outside["wall_start"][-5:], outside["time_zone"]) == ("07:00", "America/Los_Angeles")
    kept = await http.get(f"/v1/appointments/{booked_id}", headers=scene.client.headers)
    assert kept.json()["start"] == booked.wire(booking.slot())


async def test_a_hold_made_before_a_closing_still_books(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    held = await booked.hold(http, scene)

    closed = await add(http, scene.therapist)
    confirmed = await http.post("/v1/appointments", json={"hold_id": held["id"]}, headers=scene.client.headers)

    assert closed.status_code == 201
    assert (confirmed.status_code, confirmed.json()["status"]) == (201, "confirmed")
