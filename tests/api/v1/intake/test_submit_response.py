import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from tests.build import intake as build
from tests.build.intake import Prepared


@pytest.fixture
async def given(session: AsyncSession, test_parts: Parts) -> Prepared:
    return await build.prepared(session, test_parts)


@pytest.fixture
def path(given: Prepared) -> str:
    return f"/v1/form-responses/{given.response_id}"


async def test_a_form_may_be_submitted_with_nothing_in_it(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    answer = await http.post(f"{path}/submission", headers=given.client.headers)

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(given.response_id),
        "status": "submitted",
        "scores": [],
        "safety": {"level": "none", "resources": []},
    }


async def test_a_submission_answers_with_the_danger_in_its_answers(
    http: httpx.AsyncClient, given: Prepared, path: str
) -> None:
    await http.patch(path, json={"answers": {"safe_now": "not_sure"}}, headers=given.client.headers)

    answer = await http.post(f"{path}/submission", headers=given.client.headers)

    assert answer.json()["safety"]["level"] == "elevated"
    assert answer.json()["safety"]["resources"]


async def test_a_response_is_submitted_once(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    await http.post(f"{path}/submission", headers=given.client.headers)

    twice = await http.post(f"{path}/submission", headers=given.client.headers)

    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/transition-not-allowed")
    assert "safety" in twice.json()


async def test_the_same_key_is_answered_as_the_first_time(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    headers = {**given.client.headers, "Idempotency-Key": "one"}
    first = await http.post(f"{path}/submission", headers=headers)

    again = await http.post(f"{path}/submission", headers=headers)

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_submission_of_an_older_version_is_refused(http: httpx.AsyncClient, given: Prepared, path: str) -> None:
    await http.patch(path, json={"answers": {"pace": "slow"}}, headers=given.client.headers)

    stale = await http.post(f"{path}/submission", headers={**given.client.headers, "If-Match": '"1"'})

    assert stale.status_code == 412
    assert (await http.get(path, headers=given.client.headers)).json()["status"] == "draft"


async def test_only_its_client_submits_it(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, given: Prepared, path: str
) -> None:
    stranger = await build.client(session, test_parts)

    others = [await http.post(f"{path}/submission", headers=who.headers) for who in (stranger, given.therapist)]

    assert [answer.status_code for answer in others] == [404, 403]
    assert (await http.get(path, headers=given.client.headers)).json()["status"] == "draft"


async def test_attaching_saving_and_submitting_are_recorded(
    http: httpx.AsyncClient, session: AsyncSession, given: Prepared, path: str
) -> None:
    await http.patch(path, json={"answers": {"pace": "slow"}}, headers=given.client.headers)
    await http.post(f"{path}/submission", headers=given.client.headers)

    done = await session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == given.response_id).order_by(AuditEntry.at)
    )

    assert done.all() == [Action.FORM_RESPONSE_WRITE, Action.FORM_RESPONSE_WRITE, Action.FORM_RESPONSE_SUBMIT]
