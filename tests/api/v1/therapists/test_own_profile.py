from collections.abc import Mapping

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.ids import AccountId, TherapistId
from domain.licensing.licenses import LicenseStatus
from domain.therapists.tables import Therapist
from tests.build import accounts, therapists
from tests.build.accounts import Person
from tests.build.availability import schedule
from tests.build.profiles import BODY

ANSWERED = {**BODY, "visible": True, "birth_date": None, "other_legal_names": [], "session_access": None}


@pytest.fixture
async def therapist(session: AsyncSession, parts: Parts) -> Person:
    return await accounts.signed_in(session, parts, role=Role.THERAPIST)


async def put(
    http: httpx.AsyncClient, person: Person, changes: Mapping[str, object] | None = None, *, if_match: str | None = None
) -> httpx.Response:
    headers = {**person.headers, **({"If-Match": if_match} if if_match else {})}
    return await http.put("/v1/therapists/me", json={**BODY, **(changes or {})}, headers=headers)


async def read(http: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await http.get("/v1/therapists/me", headers=person.headers)


async def test_a_profile_is_answered_and_read_as_it_was_told(http: httpx.AsyncClient, therapist: Person) -> None:
    told = await put(http, therapist)
    seen = await read(http, therapist)

    assert told.status_code == seen.status_code == 200
    assert told.json() == seen.json() == {"id": str(therapist.actor.account_id), "status": "draft", **ANSWERED}
    assert told.headers["ETag"] == seen.headers["ETag"] == '"1"'


async def test_what_is_optional_is_kept_for_the_therapist(http: httpx.AsyncClient, therapist: Person) -> None:
    optional = {"visible": False, "birth_date": "1981-02-03", "other_legal_names": ["Canary Formername"], "npi": None}

    told = await put(http, therapist, optional)

    assert told.status_code == 200, told.text
    assert told.json() == (await read(http, therapist)).json()
    assert {key: told.json()[key] for key in optional} == optional


ACCESS = {
    "video_url": "https://video.example/room/7",
    "phone": "+1 614 555 0100 ext. 7",
    "address": "1 Example Street\nSecond floor",
    "jurisdiction": "US-OH",
}


async def test_how_to_get_in_is_kept_for_the_therapist_and_shown_to_nobody_in_public(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    therapist_id = await _listed(http, session, therapist)

    told = await put(http, therapist, {"session_access": ACCESS})
    seen = await read(http, therapist)
    public = await http.get(f"/v1/therapists/{therapist_id}")
    listed = await http.get("/v1/therapists")

    assert (told.status_code, told.json()["status"]) == (200, "listed")
    assert told.json()["session_access"] == seen.json()["session_access"] == ACCESS
    assert public.status_code == listed.status_code == 200
    for canary in ("video.example", "555 0100", "Example Street", "session_access"):
        assert canary not in public.text + listed.text


async def test_how_to_get_in_is_stored_sealed_but_for_where_the_rooms_are(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    await put(http, therapist, {"session_access": ACCESS})

    stored = await session.get_one(Therapist, therapist.actor.therapist_id)

    assert stored.session_access_sealed is not None
    assert b"video.example" not in stored.session_access_sealed
    assert stored.in_person_jurisdiction == "US-OH"


@pytest.mark.parametrize("nothing", [None, {}, {"phone": None}])
async def test_how_to_get_in_is_gone_when_it_is_left_out_or_says_nothing(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, nothing: dict[str, None] | None
) -> None:
    await put(http, therapist, {"session_access": ACCESS})

    told = await put(http, therapist, {"session_access": nothing})

    stored = await session.get_one(Therapist, therapist.actor.therapist_id)
    assert told.json()["session_access"] is None
    assert (stored.session_access_sealed, stored.in_person_jurisdiction) == (None, None)


async def test_one_way_in_is_enough(http: httpx.AsyncClient, therapist: Person) -> None:
    told = await put(http, therapist, {"session_access": {"phone": "+16145550100"}})

    assert told.json()["session_access"] == {
        "video_url": None, "phone": "+16145550100", "address": None, "jurisdiction": None,
    }  # fmt: skip


async def test_a_new_way_in_unlists_nobody(http: httpx.AsyncClient, session: AsyncSession, therapist: Person) -> None:
    await _listed(http, session, therapist)

    changed = await put(http, therapist, {"session_access": ACCESS})

    assert changed.json()["status"] == "listed"


async def _listed(http: httpx.AsyncClient, session: AsyncSession, person: Person) -> TherapistId:
    """Give a therapist what it takes to be found."""
    therapist_id = person.actor.therapist_id
    await put(http, person)
    await therapists.license_of(session, therapist_id=therapist_id)
    await therapists.schedule_of(session, therapist_id=therapist_id, schedule=schedule())
    await session.commit()
    assert (await put(http, person)).json()["status"] == "listed"
    return therapist_id


async def test_putting_twice_is_putting_once(http: httpx.AsyncClient, therapist: Person) -> None:
    first, second = await put(http, therapist), await put(http, therapist)

    assert first.json() == second.json()
    assert second.headers["ETag"] == '"2"'


async def test_what_is_left_out_the_second_time_is_gone(http: httpx.AsyncClient, therapist: Person) -> None:
    await put(http, therapist, {"birth_date": "1981-02-03", "other_legal_names": ["Canary Formername"]})

    await put(http, therapist)

    assert (await read(http, therapist)).json()["birth_date"] is None
    assert (await read(http, therapist)).json()["other_legal_names"] == []


async def test_a_change_meant_for_an_older_version_is_refused(http: httpx.AsyncClient, therapist: Person) -> None:
    await put(http, therapist)
    await put(http, therapist, if_match='"1"')

    stale = await put(http, therapist, {"display_name": "Late"}, if_match='"1"')

    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")
    assert (await read(http, therapist)).json()["display_name"] == "Robin Example"


async def test_a_profile_that_was_never_told_is_not_found(http: httpx.AsyncClient, therapist: Person) -> None:
    seen = await read(http, therapist)

    assert (seen.status_code, seen.json()["type"]) == (404, "/problems/not-found")


async def test_status_is_draft_then_listed_then_unlisted(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    therapist_id = therapist.actor.therapist_id
    statuses = [(await put(http, therapist)).json()["status"]]
    await therapists.license_of(session, therapist_id=therapist_id)
    await therapists.schedule_of(session, therapist_id=therapist_id, schedule=schedule())
    await session.commit()
    statuses.append((await put(http, therapist)).json()["status"])

    hidden = await put(http, therapist, {"visible": False})
    gone = await http.get(f"/v1/therapists/{therapist_id}")
    back = await put(http, therapist)

    assert [*statuses, hidden.json()["status"], back.json()["status"]] == ["draft", "listed", "unlisted", "listed"]
    assert gone.status_code == 404
    assert (await http.get(f"/v1/therapists/{therapist_id}")).status_code == 200


async def test_a_license_that_is_not_verified_lists_nobody(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person
) -> None:
    await put(http, therapist)
    therapist_id = therapist.actor.therapist_id
    await therapists.license_of(session, therapist_id=therapist_id, status=LicenseStatus.SUBMITTED)
    await therapists.schedule_of(session, therapist_id=therapist_id, schedule=schedule())
    await session.commit()

    assert (await put(http, therapist)).json()["status"] == "draft"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"display_name": " "}, "/display_name"),
        ({"display_name": "x" * 201}, "/display_name"),
        ({"display_name": "Robin\u202eelpmaxE"}, "/display_name"),
        ({"legal_name": ""}, "/legal_name"),
        ({"legal_name": "two\nlines"}, "/legal_name"),
        ({"npi": "1234567890"}, "/npi"),
        ({"npi": "12345"}, "/npi"),
        ({"npi": 1234567893}, "/npi"),
        ({"bio": "x" * 4001}, "/bio"),
        ({"bio": "\u001b[31mred"}, "/bio"),
        ({"gender": "unknown"}, "/gender"),
        ({"concerns": [{"concept_id": "no.such", "focus": "primary"}]}, "/concerns/0/concept_id"),
        ({"concerns": [{"concept_id": "emdr", "focus": "primary"}]}, "/concerns/0/concept_id"),
        ({"concerns": [{"concept_id": "trauma.cptsd", "focus": "tertiary"}]}, "/concerns/0/focus"),
        ({"concerns": [{"concept_id": "trauma.cptsd", "focus": "primary"}] * 31}, "/concerns"),
        ({"approaches": ["no.such"]}, "/approaches/0"),
        ({"populations": ["emdr"]}, "/populations/0"),
        ({"languages": ["english, please"]}, "/languages/0"),
        ({"languages": []}, "/languages"),
        ({"session_formats": ["letter"]}, "/session_formats/0"),
        ({"session_formats": ["video", "video"]}, "/session_formats/1"),
        ({"insurers": [""]}, "/insurers/0"),
        ({"accepting_clients": "yes"}, "/accepting_clients"),
        ({"caseload_limit": 501}, "/caseload_limit"),
        ({"caseload_limit": -1}, "/caseload_limit"),
        ({"caseload_limit": 1.5}, "/caseload_limit"),
        ({"birth_date": "2990-01-01"}, "/birth_date"),
        ({"birth_date": "1981-02-30"}, "/birth_date"),
        ({"other_legal_names": [" "]}, "/other_legal_names/0"),
        ({"status": "listed"}, "/status"),
        ({"session_access": "at my place"}, "/session_access"),
        ({"session_access": {"video_url": "http://video.example"}}, "/session_access/video_url"),
        ({"session_access": {"video_url": "https://"}}, "/session_access/video_url"),
        ({"session_access": {"video_url": "https://bank.example@video.example/"}}, "/session_access/video_url"),
        ({"session_access": {"video_url": "https://video.example/ 7"}}, "/session_access/video_url"),
        ({"session_access": {"video_url": "https://video.example/" + "x" * 500}}, "/session_access/video_url"),
        ({"session_access": {"phone": "call me"}}, "/session_access/phone"),
        ({"session_access": {"phone": "+1" + "5" * 39}}, "/session_access/phone"),
        ({"session_access": {"address": "x" * 501}}, "/session_access/address"),
        ({"session_access": {"address": "1 Example\u202e Street"}}, "/session_access/address"),
        ({"session_access": {"jurisdiction": "US-XX"}}, "/session_access/jurisdiction"),
        ({"session_access": {"jurisdiction": "Ohio"}}, "/session_access/jurisdiction"),
        ({"session_access": {"door_code": "1234"}}, "/session_access/door_code"),
    ],
)
async def test_a_bad_body_is_refused_at_its_place_and_stores_nothing(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, changes: dict[str, object], pointer: str
) -> None:
    refused = await put(http, therapist, changes)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert await session.get(Therapist, therapist.actor.therapist_id) is None


@pytest.mark.parametrize("key", BODY)
async def test_every_key_of_the_body_is_needed(http: httpx.AsyncClient, therapist: Person, key: str) -> None:
    body = {name: value for name, value in BODY.items() if name != key}

    refused = await http.put("/v1/therapists/me", json=body, headers=therapist.headers)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/{key}"]


@pytest.mark.parametrize("role", [Role.CLIENT, Role.ADMIN])
async def test_only_therapists_have_a_profile(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, role: Role
) -> None:
    person = await accounts.signed_in(session, parts, role=role)

    told, seen = await put(http, person), await read(http, person)

    assert told.status_code == seen.status_code == 403
    assert told.json()["type"] == seen.json()["type"] == "/problems/not-permitted"
    assert await session.get(Therapist, AccountId(person.actor.account_id)) is None


async def test_who_is_not_signed_in_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.put("/v1/therapists/me", json=BODY)).status_code == 401
    assert (await http.get("/v1/therapists/me")).status_code == 401


async def test_one_therapist_never_sees_or_changes_another(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, therapist: Person
) -> None:
    await put(http, therapist)
    stranger = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    assert (await read(http, stranger)).status_code == 404
    await put(http, stranger, {"display_name": "Somebody Else"})
    assert (await read(http, therapist)).json()["display_name"] == "Robin Example"
