from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from api.body_limit import JSON_BYTES_MAX, LARGE_BYTES_MAX
from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.availability.calendars import CALENDARS_MAX
from domain.availability.tables import BusyCalendarRow, BusyTimeRow
from domain.ids import AccountId
from tests.build import accounts, booked, booking, therapists
from tests.build.accounts import Person
from tests.build.calendars import calendar, event

PATH = "/v1/therapists/me/busy-calendars"
SCHEDULE = "/v1/therapists/me/schedule"


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def hour_from(start: datetime, *, uid: str = "one") -> tuple[str, ...]:
    return event(f"DTSTART:{stamp(start)}", "DURATION:PT1H", "SUMMARY:Dentist", uid=uid)


async def put(
    http: httpx.AsyncClient,
    by: Person,
    source: bytes | None = None,
    *,
    name: str = "home",
    if_match: str | None = None,
    kind: str = "text/calendar; charset=utf-8",
) -> httpx.Response:
    headers = {**by.headers, "Content-Type": kind, **({"If-Match": if_match} if if_match else {})}
    body = calendar(hour_from(booking.slot())) if source is None else source
    return await http.put(f"{PATH}/{name}", content=body, headers=headers)


async def shut(session: AsyncSession, *, of: Person) -> list[datetime]:
    starts_at = func.lower(BusyTimeRow.during)
    own = select(starts_at).where(BusyTimeRow.therapist_id == of.actor.therapist_id).order_by(starts_at)
    return list(await session.scalars(own))


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Person:
    return await booked.therapist(session, parts)


async def test_a_calendar_is_read_and_says_what_it_did_not_heed(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    lunch = event(f"DTSTART:{stamp(booking.slot(hour=12))}", "DURATION:PT1H", "TRANSP:TRANSPARENT", uid="lunch")
    source = calendar(hour_from(booking.slot()), lunch, ("BEGIN:VTODO", "END:VTODO"))

    answer = await put(http, therapist, source)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "home",
        "events": 1,
        "ignored": [
            {"uid": "lunch", "reason": "It is marked as free (TRANSPARENT)."},
            {"uid": None, "reason": "Only events and busy times are read."},
        ],
        "appointments_outside": [],
    }
    assert answer.headers["ETag"] == '"1"'
    assert await shut(session, of=therapist) == [booking.slot()]


async def test_what_is_kept_is_sealed_and_every_change_audited(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    await put(http, therapist)
    await http.delete(f"{PATH}/home", headers=therapist.headers)
    await put(http, therapist)

    sealed = await session.scalar(
        select(BusyCalendarRow.source_sealed).where(BusyCalendarRow.therapist_id == therapist.actor.therapist_id)
    )
    audited = await session.scalar(
        select(func.count()).where(
            AuditEntry.actor_id == therapist.actor.account_id, AuditEntry.action == Action.CALENDAR_WRITE
        )
    )
    assert sealed is not None
    assert not any(word in sealed for word in (b"VCALENDAR", b"Dentist", b"DTSTART"))
    assert audited == 3


async def test_sent_again_it_replaces_what_it_said_and_no_other_calendar(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    await put(http, therapist)
    await put(http, therapist, name="work", source=calendar(hour_from(booking.slot(days=5))))
    again = await put(http, therapist, calendar(hour_from(booking.slot(days=4))))

    assert again.headers["ETag"] == '"2"'
    assert await shut(session, of=therapist) == [booking.slot(days=4), booking.slot(days=5)]


async def test_a_change_meant_for_an_older_version_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    for_none = await put(http, therapist, if_match='"1"')
    await put(http, therapist)
    fresh = await put(http, therapist, if_match='"1"')
    stale = await put(http, therapist, calendar(), if_match='"1"')

    assert fresh.status_code == 200
    for refused in (for_none, stale):
        assert (refused.status_code, refused.json()["type"]) == (412, "/problems/precondition-failed")
    assert len(await shut(session, of=therapist)) == 1


async def test_calendars_are_listed_by_name(http: httpx.AsyncClient, therapist: Person) -> None:
    for name in ("work", "home", "Third_one-2"):
        await put(http, therapist, name=name)

    first = (await http.get(PATH, params={"limit": 2}, headers=therapist.headers)).json()
    rest = (await http.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]}, headers=therapist.headers)).json()

    listed = first["data"] + rest["data"]
    assert sorted(each["name"] for each in listed) == ["Third_one-2", "home", "work"]
    assert all(each.keys() == {"name", "events", "updated_at"} and each["events"] == 1 for each in listed)
    assert rest["next_cursor"] is None


async def test_an_ended_calendar_opens_what_it_shut_and_is_gone(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    await put(http, therapist)

    ended = await http.delete(f"{PATH}/home", headers=therapist.headers)
    twice = await http.delete(f"{PATH}/home", headers=therapist.headers)

    assert (ended.status_code, ended.content) == (204, b"")
    assert (twice.status_code, twice.json()["type"]) == (404, "/problems/not-found")
    assert await shut(session, of=therapist) == []


async def test_what_is_anothers_is_not_there(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist: Person
) -> None:
    stranger = await booked.therapist(session, parts)
    await put(http, therapist)

    refused = await http.delete(f"{PATH}/home", headers=stranger.headers)
    listed = await http.get(PATH, headers=stranger.headers)

    assert refused.status_code == 404
    assert listed.json()["data"] == []
    assert len(await shut(session, of=therapist)) == 1


async def test_only_therapists_have_calendars(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    for role in (Role.CLIENT, Role.ADMIN):
        somebody = await accounts.signed_in(session, parts, role=role)
        for refused in (
            await put(http, somebody),
            await http.get(PATH, headers=somebody.headers),
            await http.delete(f"{PATH}/home", headers=somebody.headers),
        ):
            assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-permitted")
    unknown = await http.put(f"{PATH}/home", content=calendar(), headers={"Content-Type": "text/calendar"})
    assert (unknown.status_code, unknown.json()["type"]) == (401, "/problems/not-authenticated")


async def test_a_calendar_needs_a_profile_and_no_schedule(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    newcomer = await accounts.signed_in(session, parts, role=Role.THERAPIST)
    refused = await put(http, newcomer)
    await therapists.profile(session, of=AccountId(newcomer.actor.account_id))
    await session.commit()

    taken = await put(http, newcomer)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["next_steps"][0]["action"] == "write_profile"
    assert taken.status_code == 200


@pytest.mark.parametrize(
    "source", [b"", b"{}", b"BEGIN:VCALENDAR", b"\x00\xff\xfe" * 1000, b"BEGIN:VEVENT\nEND:VEVENT"]
)
async def test_what_is_no_calendar_is_refused_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, source: bytes
) -> None:
    refused = await put(http, therapist, source)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [flaw["pointer"] for flaw in refused.json()["errors"]] == [""]
    assert refused.json()["next_steps"]
    assert (await http.get(PATH, headers=therapist.headers)).json()["data"] == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_a_calendar_comes_as_one(http: httpx.AsyncClient, therapist: Person, kind: str) -> None:
    refused = await put(http, therapist, kind=kind)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


@pytest.mark.parametrize("name", ["a" * 51, "a.b", "a%20b", "%C3%A9", "a%0A"])
async def test_a_name_is_short_and_plain(http: httpx.AsyncClient, therapist: Person, name: str) -> None:
    refused = await put(http, therapist, name=name)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_a_calendar_may_be_larger_than_json_and_not_larger_than_that(
    http: httpx.AsyncClient, therapist: Person
) -> None:
    source = calendar(hour_from(booking.slot()))
    padded = source.replace(b"PRODID:made up", b"PRODID:" + b"x" * JSON_BYTES_MAX)
    too_large = source.replace(b"PRODID:made up", b"PRODID:" + b"x" * LARGE_BYTES_MAX)

    taken, refused = await put(http, therapist, padded), await put(http, therapist, too_large)

    assert taken.status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/too-large")


async def test_calendars_are_not_sent_without_end(
    session: AsyncSession, parts: Parts, test_parts: Parts, therapist: Person
) -> None:
    few = replace(test_parts, settings=parts.settings.model_copy(update={"rate_limit_factor": 0.01}))
    transport = httpx.ASGITransport(app=create_app(few), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as http:
        first, second = await put(http, therapist), await put(http, therapist)
        ended = await http.delete(f"{PATH}/home", headers=therapist.headers)

    assert first.status_code == 200
    assert (second.status_code, second.json()["type"]) == (429, "/problems/rate-limited")
    assert int(second.headers["Retry-After"]) > 0
    assert ended.status_code == 204


async def test_there_is_an_end_to_calendars(http: httpx.AsyncClient, therapist: Person) -> None:
    for number in range(CALENDARS_MAX):
        assert (await put(http, therapist, name=f"number-{number}")).status_code == 200

    one_more, again = await put(http, therapist), await put(http, therapist, name="number-0")

    assert (one_more.status_code, one_more.json()["type"]) == (409, "/problems/conflict")
    assert again.status_code == 200


async def test_a_calendar_names_the_appointments_it_lies_over_and_leaves_them(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    booked_id = await booked.appointment_id(http, scene)

    answer = await put(http, scene.therapist, calendar(hour_from(booking.slot() + timedelta(minutes=50))))
    free_again = await put(http, scene.therapist, calendar(hour_from(booking.slot() + timedelta(minutes=60))))

    (outside,) = answer.json()["appointments_outside"]
    assert (outside["appointment_id"], outside["reason"]) == (booked_id, "busy")
    assert free_again.json()["appointments_outside"] == []
    kept = await http.get(f"/v1/appointments/{booked_id}", headers=scene.client.headers)
    assert kept.json()["status"] == "confirmed"


async def test_days_and_times_without_a_zone_move_with_the_therapist(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    start = booking.slot(days=5)
    floating = event(f"DTSTART:{booking.day_of(start):%Y%m%d}T100000", "DURATION:PT1H", uid="floating")
    fixed = hour_from(booking.slot(days=8))
    await put(http, therapist, calendar(floating, fixed))
    before = await shut(session, of=therapist)
    schedule: dict[str, Any] = (await http.get(SCHEDULE, headers=therapist.headers)).json()
    del schedule["therapist_id"], schedule["appointments_outside"]

    moved = await http.put(SCHEDULE, json=schedule | {"time_zone": "Asia/Kolkata"}, headers=therapist.headers)

    assert moved.status_code == 200
    assert before == [start, booking.slot(days=8)]
    assert await shut(session, of=therapist) == [in_kolkata(start), booking.slot(days=8)]


def in_kolkata(start: datetime) -> datetime:
    """Give when the wall of Kolkata shows what that of New York shows at a start."""
    wall = f"{booking.day_of(start).isoformat()}T10:00+05:30"
    return datetime.fromisoformat(wall).astimezone(UTC)
