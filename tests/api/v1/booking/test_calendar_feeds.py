"""Calendar feeds: made and ended by who is signed in, read by whoever has the address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar, Component
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from api.app import create_app
from api.parts import Parts
from domain.access.actor import Role
from domain.accounts.tables import Account
from domain.booking.states import Status
from domain.booking.tables import CalendarFeed
from domain.ids import BookingId, uuid7
from domain.settings import Settings
from tests.build import accounts, booked, booking, occupied_time
from tests.build.accounts import Person
from tests.build.booked import Scene
from tests.build.feeds import at

FEEDS = "/v1/calendar-feeds"


@pytest.fixture
async def scene(session: AsyncSession, parts: Parts) -> Scene:
    return await booked.scene(session, parts)


async def feed_of(http: httpx.AsyncClient, person: Person) -> str:
    """Make a feed, and give the path of its address."""
    answer = await http.post(FEEDS, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return urlsplit(str(answer.json()["url"])).path


async def events_at(http: httpx.AsyncClient, path: str) -> dict[str, Component]:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


async def test_a_feed_is_read_without_signing_in_and_says_when_the_sessions_are(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    starts_at = booking.slot(days=4)
    appointment_id = await booked.appointment_id(http, scene, start=starts_at)

    made = await http.post(FEEDS, headers=scene.client.headers)
    answer = await http.get(made.json()["url"])

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert made.status_code == 201
    assert made.json()["url"].startswith("http://attune.test/v1/calendar-feeds/")
    assert made.json().keys() == {"id", "url"}
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert (event["UID"], event["SEQUENCE"], event["SUMMARY"]) == (f"{appointment_id}@attune", 0, "Appointment")
    assert at(event, "DTSTART").astimezone(UTC) == starts_at
    assert at(event, "DTEND").astimezone(UTC) == starts_at + timedelta(minutes=50)


async def test_a_feed_names_nobody_and_nothing(http: httpx.AsyncClient, scene: Scene) -> None:
    await booked.appointment_id(http, scene)

    for person in (scene.client, scene.therapist):
        text = (await http.get(await feed_of(http, person))).text

        for told in (
            "Robin",
            "individual_50",
            "video",
            "US-OH",
            str(scene.therapist_id),
            str(scene.client.actor.client_id),
        ):
            assert told not in text


async def test_the_secret_is_stored_as_a_digest_and_listed_nowhere(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    made = (await http.post(FEEDS, headers=scene.client.headers)).json()

    listed = await http.get(FEEDS, headers=scene.client.headers)

    (stored,) = await session.scalars(
        select(CalendarFeed).where(CalendarFeed.account_id == scene.client.actor.account_id)
    )
    secret = made["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 43
    assert len(stored.token_digest) == 32
    assert secret.encode() not in stored.token_digest
    assert [each.keys() for each in listed.json()["data"]] == [{"id", "created_at"}]
    assert listed.json()["data"][0]["id"] == made["id"]
    assert secret not in listed.text


async def test_cancelled_sessions_leave_the_feed_and_holds_never_enter_it(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    stays = await booked.appointment_id(http, scene, start=booking.slot(days=4))
    goes = await booked.appointment_id(http, scene, start=booking.slot(days=5))
    await booked.hold(http, scene, start=booking.slot(days=6))
    paths = [await feed_of(http, person) for person in (scene.client, scene.therapist)]
    before = [(await events_at(http, path)).keys() for path in paths]

    await http.post(f"/v1/appointments/{goes}/cancel", json={"reason_code": "cost"}, headers=scene.client.headers)

    assert before == [{f"{stays}@attune", f"{goes}@attune"}] * 2
    assert [(await events_at(http, path)).keys() for path in paths] == [{f"{stays}@attune"}] * 2


async def test_what_took_place_stays_for_ninety_days(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene, now: datetime
) -> None:
    async def past(days: int, status: Status) -> BookingId:
        return await occupied_time.session_of(
            session,
            therapist_id=scene.therapist_id,
            client_id=scene.client.actor.client_id,
            starts_at=now - timedelta(days=days),
            status=status,
        )

    shown = [await past(89, Status.COMPLETED), await past(1, Status.CONFIRMED)]
    await past(91, Status.COMPLETED)
    await past(2, Status.NO_SHOW)
    await session.commit()

    events = await events_at(http, await feed_of(http, scene.client))

    assert events.keys() == {f"{each}@attune" for each in shown}


async def test_a_group_is_one_session_of_the_therapist_and_each_clients_own_seat(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    async def group(days: int) -> BookingId:
        return await occupied_time.group_of(
            session,
            therapist_id=scene.therapist_id,
            starts_at=booking.slot(days=days),
            session_type="group_90",
            minutes=90,
            capacity=8,
        )

    meets, only_held = await group(4), await group(5)
    seats = [
        await occupied_time.seat_in(session, group_id=meets, number=number, client_id=person.actor.client_id)
        for number, person in enumerate((scene.client, scene.rival), 1)
    ]
    await occupied_time.seat_in(
        session, group_id=only_held, number=1, client_id=scene.client.actor.client_id, status=Status.HELD
    )
    await session.commit()

    of_therapist = await events_at(http, await feed_of(http, scene.therapist))
    of_client = await events_at(http, await feed_of(http, scene.client))

    assert of_therapist.keys() == {f"{meets}@attune"}
    assert of_client.keys() == {f"{seats[0]}@attune"}


async def test_times_are_of_the_account_s_zone_and_a_therapist_s_of_the_schedule_s(
    http: httpx.AsyncClient, session: AsyncSession, scene: Scene
) -> None:
    await booked.appointment_id(http, scene)
    for person in (scene.client, scene.therapist):
        account = await session.get_one(Account, person.actor.account_id)
        account.time_zone = "Asia/Kathmandu"
    await session.commit()

    (of_client,) = (await events_at(http, await feed_of(http, scene.client))).values()
    (of_therapist,) = (await events_at(http, await feed_of(http, scene.therapist))).values()

    assert of_client["DTSTART"].params["TZID"] == "Asia/Kathmandu"
    assert of_therapist["DTSTART"].params["TZID"] == "America/New_York"
    assert at(of_client, "DTSTART") == at(of_therapist, "DTSTART")


async def test_a_feed_that_was_ended_opens_nothing_at_once_and_the_others_go_on(
    http: httpx.AsyncClient, scene: Scene
) -> None:
    made = (await http.post(FEEDS, headers=scene.client.headers)).json()
    other = await feed_of(http, scene.client)

    ended = await http.delete(f"{FEEDS}/{made['id']}", headers=scene.client.headers)
    gone = await http.get(made["url"])
    again = await http.delete(f"{FEEDS}/{made['id']}", headers=scene.client.headers)
    listed = (await http.get(FEEDS, headers=scene.client.headers)).json()["data"]

    assert (ended.status_code, ended.content) == (204, b"")
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/not-found")
    assert again.status_code == 404
    assert made["id"] not in {each["id"] for each in listed}
    assert (await http.get(other)).status_code == 200


async def test_a_wrong_address_is_not_found_and_its_secret_is_told_nowhere(http: httpx.AsyncClient) -> None:
    secret = "Xq3-not_a_real_secret-0123456789abcdefghijk"

    with capture_logs() as logged:
        answers = [
            await http.get(f"{FEEDS}/{secret}.ics"),
            await http.get(f"{FEEDS}/{secret}.ics/"),
            await http.get(f"{FEEDS}/{secret}"),
            await http.delete(f"{FEEDS}/{secret}.ics"),
            await http.post(f"{FEEDS}/{secret}.ics"),
        ]
    metrics = await http.get("/metrics")

    assert answers[0].status_code == 404
    assert answers[0].json()["instance"] == "/v1/calendar-feeds/{token}.ics"
    assert answers[0].json()["next_steps"][0]["action"] == "make_calendar_feed"
    assert all(secret not in answer.text for answer in answers)
    assert secret not in metrics.text
    assert secret not in str(logged)
    assert "/v1/calendar-feeds/{token}.ics" in {line.get("route") for line in logged}


async def test_a_right_address_is_logged_and_counted_without_its_secret(http: httpx.AsyncClient, scene: Scene) -> None:
    path = await feed_of(http, scene.client)

    with capture_logs() as logged:
        answer = await http.get(path)
    metrics = await http.get("/metrics")

    secret = path.rpartition("/")[2].removesuffix(".ics")
    assert answer.status_code == 200
    assert secret not in str(logged) + metrics.text


async def test_ten_feeds_live_at_a_time(http: httpx.AsyncClient, scene: Scene) -> None:
    made = [(await http.post(FEEDS, headers=scene.client.headers)).json()["id"] for _ in range(10)]

    refused = await http.post(FEEDS, headers=scene.client.headers)
    await http.delete(f"{FEEDS}/{made[0]}", headers=scene.client.headers)
    then = await http.post(FEEDS, headers=scene.client.headers)

    steps = {(step["method"], step["path"]) for step in refused.json()["next_steps"]}
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert {("DELETE", f"{FEEDS}/{each}") for each in made} <= steps
    assert then.status_code == 201


async def test_a_repeat_under_a_key_makes_one_feed(http: httpx.AsyncClient, scene: Scene) -> None:
    headers = scene.client.headers | {"Idempotency-Key": "once"}

    first = await http.post(FEEDS, headers=headers)
    again = await http.post(FEEDS, headers=headers)

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len((await http.get(FEEDS, headers=scene.client.headers)).json()["data"]) == 1


async def test_the_list_is_cut_into_pages(http: httpx.AsyncClient, scene: Scene) -> None:
    made = [(await http.post(FEEDS, headers=scene.client.headers)).json()["id"] for _ in range(3)]

    first = (await http.get(FEEDS, params={"limit": 2}, headers=scene.client.headers)).json()
    rest = await http.get(FEEDS, params={"limit": 2, "cursor": first["next_cursor"]}, headers=scene.client.headers)

    assert [each["id"] for each in first["data"] + rest.json()["data"]] == made
    assert rest.json()["next_cursor"] is None


async def test_nobody_ends_or_lists_the_feeds_of_another(http: httpx.AsyncClient, scene: Scene) -> None:
    made = (await http.post(FEEDS, headers=scene.client.headers)).json()

    ended = await http.delete(f"{FEEDS}/{made['id']}", headers=scene.rival.headers)
    unknown = await http.delete(f"{FEEDS}/{uuid7()}", headers=scene.rival.headers)
    listed = await http.get(FEEDS, headers=scene.rival.headers)

    assert (ended.status_code, ended.json()["detail"]) == (404, unknown.json()["detail"])
    assert listed.json()["data"] == []
    assert (await http.get(made["url"])).status_code == 200


async def test_an_admin_and_a_stranger_have_no_feeds(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    admin = await accounts.signed_in(session, parts, role=Role.ADMIN)

    as_admin = [
        await http.post(FEEDS, headers=admin.headers),
        await http.get(FEEDS, headers=admin.headers),
        await http.delete(f"{FEEDS}/{uuid7()}", headers=admin.headers),
    ]
    as_stranger = [await http.post(FEEDS), await http.get(FEEDS), await http.delete(f"{FEEDS}/{uuid7()}")]

    assert [answer.status_code for answer in as_admin] == [403] * 3
    assert [answer.status_code for answer in as_stranger] == [401] * 3


async def test_a_network_that_asks_for_unknown_calendars_is_slowed_and_known_ones_stay_open(
    test_parts: Parts, service_settings: Settings, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    settings = service_settings.model_copy(update={"rate_limit_factor": 1.0})
    transport = httpx.ASGITransport(app=create_app(replace(test_parts, settings=settings)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as http:
        path = await feed_of(http, scene.client)

        unknown = [(await http.get(f"{FEEDS}/made-up-{number}.ics")).status_code for number in range(31)]
        known = await http.get(path)

    assert unknown == [404] * 30 + [429]
    assert known.status_code == 200


async def test_a_therapist_without_a_schedule_has_a_feed_too(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    person = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    answer = await http.get(await feed_of(http, person))

    (zone,) = Calendar.from_ical(answer.content).walk("VTIMEZONE")
    assert zone["TZID"] == "America/New_York"
