import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.ids import AccountId, TherapistId, uuid7
from tests.build import accounts, booked, occupied_time, statements, therapists
from tests.build.accounts import Person
from tests.build.availability import hours, schedule, session_type

KEYS = {"start", "end", "session_type", "session_formats"}


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def window(now: datetime, *, days: int = 7) -> dict[str, str]:
    return {"from": written(now), "to": written(now + timedelta(days=days))}


async def of_therapist(
    http: httpx.AsyncClient, therapist_id: TherapistId, params: dict[str, str], *, by: Person | None = None
) -> httpx.Response:
    return await http.get(
        f"/v1/therapists/{therapist_id}/slots", params=params, headers=by.headers if by is not None else {}
    )


async def starts(
    http: httpx.AsyncClient, therapist_id: TherapistId, params: dict[str, str], *, by: Person | None = None
) -> list[str]:
    answer = await of_therapist(http, therapist_id, params, by=by)
    assert answer.status_code == 200
    return [slot["start"] for slot in answer.json()["data"]]


def pointers(refused: httpx.Response) -> list[str]:
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    return [flaw["pointer"] for flaw in refused.json()["errors"]]


@pytest.fixture
async def therapist_id(session: AsyncSession) -> TherapistId:
    made = await therapists.listed_therapist(session)
    await session.commit()
    return made


async def a_client(session: AsyncSession, parts: Parts, *, jurisdiction: str = "US-OH") -> Person:
    client_id = await occupied_time.somebody(session, jurisdiction=jurisdiction)
    return await accounts.signed_in(session, parts, role=Role.CLIENT, of=AccountId(client_id))


async def test_anybody_sees_the_slots_of_a_listed_therapist(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    answer = await of_therapist(http, therapist_id, {"session_type": "individual_50", **window(now)})

    assert answer.status_code == 200
    assert answer.json()["next_cursor"] is None
    slots = answer.json()["data"]
    assert all(slot.keys() == KEYS and slot["start"].endswith("Z") for slot in slots)
    assert [slot["start"] for slot in slots] == sorted(slot["start"] for slot in slots)
    assert read(slots[0]["end"]) - read(slots[0]["start"]) == timedelta(minutes=50)
    assert slots[0]["session_formats"] == ["video"]


async def test_the_whole_window_is_answered_at_once(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    found = await starts(http, therapist_id, window(now, days=62))

    assert len(found) > 62 * 7


async def test_wall_times_hold_through_the_next_change_of_the_clock(
    http: httpx.AsyncClient, session: AsyncSession, now: datetime
) -> None:
    therapist_id = await therapists.listed_therapist(
        session, schedule=schedule(weekly_hours=hours("00:00", "06:00"), session_types=(session_type(minutes=60),))
    )
    await session.commit()
    midnight, expected = next_change(now)

    found = await starts(http, therapist_id, {"from": written(midnight), "to": written(midnight + timedelta(hours=12))})

    assert [(read(start) - midnight) // timedelta(hours=1) for start in found] == expected


def next_change(now: datetime) -> tuple[datetime, list[int]]:
    """Give the next midnight of New York before a change, and the real hours after it of starts from 0 to 5."""
    changes = []
    for year in (now.year, now.year + 1):
        for first_day, utc_hour, real_hours in (
            (datetime(year, 3, 8, tzinfo=UTC), 5, [0, 1, 2, 3, 4]),  # there is no 2 o'clock
            (datetime(year, 11, 1, tzinfo=UTC), 4, [0, 1, 3, 4, 5, 6]),  # 1 o'clock comes twice
        ):
            sunday = first_day + timedelta(days=(6 - first_day.weekday()) % 7, hours=utc_hour)
            changes.append((sunday, real_hours))
    return next(change for change in changes if change[0] > now)


async def test_what_is_taken_is_not_shown(
    http: httpx.AsyncClient, session: AsyncSession, therapist_id: TherapistId, now: datetime
) -> None:
    before = await starts(http, therapist_id, window(now))
    rival = await occupied_time.somebody(session)
    await occupied_time.session_of(session, therapist_id=therapist_id, client_id=rival, starts_at=read(before[9]))
    await session.commit()

    after = await starts(http, therapist_id, window(now))

    assert set(before) - set(after) == {before[9]}


async def test_a_clients_own_place_and_time_count(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist_id: TherapistId, now: datetime
) -> None:
    in_ohio, in_texas = await a_client(session, parts), await a_client(session, parts, jurisdiction="US-TX")
    all_of_them = await starts(http, therapist_id, window(now))
    elsewhere = await therapists.listed_therapist(session)
    await occupied_time.session_of(
        session, therapist_id=elsewhere, client_id=in_ohio.actor.client_id, starts_at=read(all_of_them[9])
    )
    await session.commit()

    assert set(all_of_them) - set(await starts(http, therapist_id, window(now), by=in_ohio)) == {all_of_them[9]}
    assert await starts(http, therapist_id, window(now), by=in_texas) == []
    assert await starts(http, therapist_id, {**window(now), "jurisdiction": "US-OH"}, by=in_texas) == all_of_them
    assert await starts(http, therapist_id, {**window(now), "jurisdiction": "US-TX"}) == []


async def test_a_client_without_a_profile_sees_what_anybody_sees(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist_id: TherapistId, now: datetime
) -> None:
    newcomer = await accounts.signed_in(session, parts, role=Role.CLIENT)

    assert await starts(http, therapist_id, window(now), by=newcomer) == await starts(http, therapist_id, window(now))


async def test_a_therapist_who_is_signed_in_sees_slots_too(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist_id: TherapistId, now: datetime
) -> None:
    colleague = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    assert await starts(http, therapist_id, window(now), by=colleague)


@pytest.mark.parametrize("authorization", ["Bearer not.a.token", "Basic c2FtOnNhbQ==", "Bearer"])
async def test_a_broken_token_is_refused_though_none_is_needed(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime, authorization: str
) -> None:
    refused = await http.get(
        f"/v1/therapists/{therapist_id}/slots", params=window(now), headers={"Authorization": authorization}
    )

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-authenticated")


async def test_a_therapist_who_is_not_listed_is_not_found(
    http: httpx.AsyncClient, session: AsyncSession, now: datetime
) -> None:
    hidden = await therapists.profile(session)
    await session.commit()

    for therapist_id in (hidden, TherapistId(uuid7())):
        refused = await of_therapist(http, therapist_id, window(now))
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")


async def test_what_can_not_be_asked_is_named(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    good = window(now)
    for params, expected in (
        ({"from": good["from"]}, ["/to"]),
        ({**good, "from": "2027-03-01T09:00:00"}, ["/from"]),
        ({**good, "to": "tomorrow"}, ["/to"]),
        ({**good, "to": "1900000000"}, ["/to"]),
        ({"from": good["to"], "to": good["from"]}, ["/to"]),
        ({"from": good["from"], "to": good["from"]}, ["/to"]),
        (window(now, days=63), ["/to"]),
        ({**good, "jurisdiction": "Ohio"}, ["/jurisdiction"]),
        ({**good, "jurisdiction": "US-ZZ"}, ["/jurisdiction"]),
        ({**good, "session_type": "walk_in"}, ["/session_type"]),
    ):
        assert pointers(await of_therapist(http, therapist_id, params)) == expected, params


async def test_slots_of_many_come_by_start_with_their_therapist_page_by_page(
    http: httpx.AsyncClient, session: AsyncSession, now: datetime
) -> None:
    several = [await therapists.listed_therapist(session) for _ in range(3)]
    hidden = await therapists.profile(session)
    await session.commit()
    params = {**window(now, days=9), "limit": "40", "therapist_id": [str(each) for each in (*several, hidden)]}
    found: list[dict[str, str]] = []
    cursor: str | None = None

    for _ in range(9):
        page = (await http.get("/v1/slots", params=params if cursor is None else {**params, "cursor": cursor})).json()
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["data"]) == 40

    assert cursor is None
    assert all(slot.keys() == {*KEYS, "therapist_id"} for slot in found)
    alone = {each: await starts(http, each, window(now, days=9)) for each in several}
    assert [(slot["start"], slot["therapist_id"]) for slot in found] == sorted(
        (start, str(each)) for each in several for start in alone[each]
    )


@pytest.mark.parametrize("signed_in", [False, True])
async def test_the_slots_of_many_take_as_many_statements_as_those_of_two(
    http: httpx.AsyncClient,
    session: AsyncSession,
    test_parts: Parts,
    connection: AsyncConnection,
    now: datetime,
    *,
    signed_in: bool,
) -> None:
    many = [await therapists.listed_therapist(session) for _ in range(9)]
    by = await booked.client(session, test_parts)
    asked = statements.reads(connection)
    counts = []

    for several in (many[:1], many[:2], many):  # the first time, the driver asks about types too
        answer = await http.get(
            "/v1/slots",
            params={"therapist_id": [str(each) for each in several], **window(now)},
            headers=by.headers if signed_in else {},
        )
        assert {each["therapist_id"] for each in answer.json()["data"]} == {str(each) for each in several}
        await asyncio.sleep(0.02)  # the driver tells of it a little later
        counts.append(len(asked))

    first, two, nine = counts
    assert nine - two == two - first <= 6
    assert two > first


async def test_slots_of_many_are_a_hundred_unless_asked(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    params = {**window(now, days=62), "therapist_id": str(therapist_id)}

    page = (await http.get("/v1/slots", params=params)).json()

    assert len(page["data"]) == 100
    assert page["next_cursor"]


async def test_what_can_not_be_asked_of_many_is_named(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    good = {**window(now), "therapist_id": str(therapist_id)}
    for params, expected in (
        (window(now), ["/therapist_id"]),
        ({**good, "therapist_id": [str(uuid7()) for _ in range(101)]}, ["/therapist_id"]),
        ({**good, "therapist_id": "me"}, ["/therapist_id/0"]),
        ({**good, "limit": "1001"}, ["/limit"]),
        ({**good, "limit": "0"}, ["/limit"]),
        ({**good, "cursor": "AAAA"}, ["/cursor"]),
    ):
        assert pointers(await http.get("/v1/slots", params=params)) == expected, params


async def a_match(http: httpx.AsyncClient, by: Person) -> str:
    made = await http.post(
        "/v1/matches", json={"concerns": ["trauma.cptsd"], "jurisdiction": "US-OH"}, headers=by.headers
    )
    assert made.status_code == 201
    match_id: str = made.json()["id"]
    return match_id


async def test_the_slots_of_a_match_are_those_of_its_therapists_and_its_reading_is_audited(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist_id: TherapistId, now: datetime
) -> None:
    client = await a_client(session, parts)
    match_id = await a_match(http, client)
    await therapists.listed_therapist(session)  # came later and is not of this match
    await session.commit()

    answer = await http.get("/v1/slots", params={**window(now), "match_id": match_id}, headers=client.headers)

    assert {slot["therapist_id"] for slot in answer.json()["data"]} == {str(therapist_id)}
    entries = await session.scalars(
        select(AuditEntry.subject_id).where(
            AuditEntry.actor_id == client.actor.account_id, AuditEntry.action == Action.SLOTS_OF_MATCH
        )
    )
    assert [str(entry) for entry in entries] == [match_id]


async def test_a_match_is_for_its_own_client(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist_id: TherapistId, now: datetime
) -> None:
    params = {**window(now), "match_id": await a_match(http, await a_client(session, parts))}
    stranger = await a_client(session, parts)
    therapist = await accounts.signed_in(session, parts, role=Role.THERAPIST, of=AccountId(therapist_id))

    answers = [
        await http.get("/v1/slots", params=params, headers=headers)
        for headers in ({}, stranger.headers, therapist.headers)
    ]

    assert [answer.status_code for answer in answers] == [401, 404, 403]


async def test_therapists_and_a_match_are_not_named_together(
    http: httpx.AsyncClient, therapist_id: TherapistId, now: datetime
) -> None:
    params = {**window(now), "therapist_id": str(therapist_id), "match_id": str(uuid7())}

    assert pointers(await http.get("/v1/slots", params=params)) == ["/therapist_id"]
