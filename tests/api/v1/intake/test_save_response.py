import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.ids import uuid7
from tests.build import accounts
from tests.build import intake as build
from tests.build.intake import Prepared

DANGER = "I want to kill myself tonight"


@pytest.fixture
async def given(session: AsyncSession, test_parts: Parts) -> Prepared:
    return await build.prepared(session, test_parts)


@pytest.fixture
def path(given: Prepared) -> str:
    return f"/v1/form-responses/{given.response_id}"


async def test_answers_are_saved_over_those_that_are_there_and_null_withdraws_one(
    http: httpx.AsyncClient, given: Prepared, path: str
) -> None:
    first = {"brings_you": "Sleep.", "how_long": "years", "at_ease_with": ["breaks"]}
    await http.patch(path, json={"answers": first}, headers=given.client.headers)

    answer = await http.patch(
        path, json={"answers": {"brings_you": None, "pace": "slow"}}, headers=given.client.headers
    )

    assert answer.status_code == 200
    assert answer.json()["answers"] == {"how_long": "years", "at_ease_with": ["breaks"], "pace": "slow"}
    assert answer.json()["status"] == "draft"
    assert answer.headers["ETag"] == '"3"'
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == answer.json()["answers"]


async def test_a_change_meant_for_an_older_version_is_refused_and_nothing_is_saved(
    http: httpx.AsyncClient, given: Prepared, path: str
) -> None:
    await http.patch(path, json={"answers": {"pace": "slow"}}, headers={**given.client.headers, "If-Match": '"1"'})

    stale = await http.patch(
        path,
        json={"answers": {"pace": "direct", "brings_you": DANGER}},
        headers={**given.client.headers, "If-Match": '"1"'},
    )

    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")
    assert stale.json()["safety"]["resources"]
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == {"pace": "slow"}


async def test_a_sign_of_danger_is_answered_at_once(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    answer = await http.patch(path, json={"answers": {"brings_you": DANGER}}, headers=given.client.headers)

    assert answer.status_code == 200
    assert answer.json()["safety"]["level"] == "urgent"
    assert answer.json()["safety"]["resources"]


@pytest.mark.parametrize(
    "answers",
    [
        {"brings_you": DANGER, "pace": "galloping"},
        {"brings_yuo": DANGER},
        {"brings_you": {"words": DANGER}},
        {"safe_now": "no", "how_long": 7},
    ],
)
async def test_help_comes_although_the_answers_are_refused(
    http: httpx.AsyncClient, given: Prepared, path: str, answers: dict[str, object]
) -> None:
    refused = await http.patch(path, json={"answers": answers}, headers=given.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert refused.json()["errors"]
    assert refused.json()["safety"]["level"] == "urgent"
    assert refused.json()["safety"]["resources"]
    assert DANGER not in refused.text
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == {}


async def test_help_comes_although_the_shape_of_the_body_is_refused(
    http: httpx.AsyncClient, given: Prepared, path: str
) -> None:
    body = {"answers": {"brings_you": DANGER}, "note": 1}

    refused = await http.patch(path, json=body, headers=given.client.headers)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/note")
    assert refused.json()["safety"]["level"] == "urgent"
    assert DANGER not in refused.text


async def test_a_later_edit_does_not_take_a_sign_back(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    await http.patch(path, json={"answers": {"brings_you": DANGER}}, headers=given.client.headers)

    edited = await http.patch(path, json={"answers": {"brings_you": "All is well."}}, headers=given.client.headers)
    submitted = await http.post(f"{path}/submission", headers=given.client.headers)

    assert edited.json()["answers"] == {"brings_you": "All is well."}
    assert edited.json()["safety"]["level"] == "urgent"
    assert submitted.json()["safety"]["level"] == "urgent"
    assert submitted.json()["safety"]["resources"]


async def test_the_places_to_turn_to_are_those_of_the_clients_country(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given = await build.prepared(session, test_parts, jurisdiction="CA-ON")

    answer = await http.patch(
        f"/v1/form-responses/{given.response_id}",
        json={"answers": {"brings_you": DANGER}},
        headers=given.client.headers,
    )
    offered = {resource["id"] for resource in answer.json()["safety"]["resources"]}
    listed = (await http.get("/v1/crisis-resources", params={"country": "CA", "limit": 100})).json()["data"]

    assert offered
    assert offered <= {resource["id"] for resource in listed}


async def test_what_was_submitted_is_not_changed_and_help_comes_all_the_same(
    http: httpx.AsyncClient, given: Prepared, path: str
) -> None:
    await http.post(f"{path}/submission", headers=given.client.headers)

    late = await http.patch(path, json={"answers": {"brings_you": DANGER}}, headers=given.client.headers)

    assert (late.status_code, late.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert late.json()["safety"]["level"] == "urgent"
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == {}


async def test_only_its_client_may_write(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, given: Prepared, path: str
) -> None:
    body = {"answers": {"brings_you": DANGER}}
    stranger = await build.client(session, test_parts)
    admin = await accounts.signed_in(session, test_parts, role=Role.ADMIN)

    others = [await http.patch(path, json=body, headers=who.headers) for who in (stranger, given.therapist, admin)]
    nobody = await http.patch(path, json=body)
    made_up = await http.patch(f"/v1/form-responses/{uuid7()}", json=body, headers=given.client.headers)

    assert [answer.status_code for answer in (*others, nobody, made_up)] == [404, 403, 403, 401, 404]
    assert made_up.json()["detail"] == others[0].json()["detail"]
    assert made_up.json()["safety"]["resources"]
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == {}


@pytest.mark.parametrize(
    "body",
    [{}, {"answers": []}, {"answers": {"pace": 1}}, {"answers": {"nowhere": "x"}}, {"answers": {"safety": "x"}}, []],
)
async def test_a_body_that_does_not_fit_is_refused_whole(
    http: httpx.AsyncClient, given: Prepared, path: str, body: object
) -> None:
    refused = await http.patch(path, json=body, headers=given.client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert refused.json()["safety"] == {"level": "none", "resources": []}
    assert (await http.get(path, headers=given.client.headers)).json()["answers"] == {}
