import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.states import Status
from domain.intake.tables import FormResponse
from tests.build import accounts
from tests.build import intake as build
from tests.build.accounts import Person

PATH = "/v1/clients/me/measures"


def _sheet(*values: int) -> dict[str, int]:
    return {str(number): value for number, value in enumerate(values, 1)}


@pytest.fixture
async def client(session: AsyncSession, test_parts: Parts) -> Person:
    person = await build.client(session, test_parts)
    await session.commit()
    return person


async def _kept(session: AsyncSession, client: Person) -> int:
    return (
        await session.scalar(
            select(func.count()).select_from(FormResponse).where(FormResponse.client_id == client.actor.client_id)
        )
        or 0
    )


async def test_a_sheet_is_scored_and_banded(http: httpx.AsyncClient, client: Person) -> None:
    body = {"instrument": "phq9", "answers": _sheet(1, 2, 1, 1, 0, 0, 1, 0, 0)}

    answer = await http.post(PATH, json=body, headers=client.headers)

    assert answer.status_code == 201
    (score,) = answer.json()["scores"]
    assert (score["instrument"], score["total"], score["band"], score["subscales"]) == ("phq9", 6, "mild", {})
    assert answer.json()["status"] == "submitted"
    assert answer.json()["safety"] == {"level": "none", "resources": []}
    read = (await http.get(f"/v1/form-responses/{answer.json()['id']}", headers=client.headers)).json()
    assert (read["instrument"], read["form_id"], read["answers"]) == ("phq9", None, body["answers"])
    assert read["scores"] == answer.json()["scores"]


@pytest.mark.parametrize("ninth", [1, 2, 3])
async def test_the_ninth_item_raises_safety_whatever_the_total(
    http: httpx.AsyncClient, client: Person, ninth: int
) -> None:
    body = {"instrument": "phq9", "answers": _sheet(0, 0, 0, 0, 0, 0, 0, 0, ninth)}

    answer = await http.post(PATH, json=body, headers=client.headers)

    assert answer.json()["scores"][0]["band"] == "minimal"
    assert answer.json()["safety"]["level"] in {"elevated", "urgent"}
    assert answer.json()["safety"]["resources"]


@pytest.mark.parametrize(
    "body",
    [
        {"instrument": "phq9", "answers": {"9": 1}},
        {"instrument": "phq9", "answers": {"9": 2, "10": 1}},
        {"instrument": "phq9", "answers": {**_sheet(0, 0, 0, 0, 0, 0, 0, 0), "9": 5}},
        {"instrument": "phq-9", "answers": _sheet(0, 0, 0, 0, 0, 0, 0, 0, 1)},
        {"instrument": "phq9", "answers": {"9": 1}, "share": "yes"},
        {"answers": {"9": 1}},
        {"instrument": "phq9", "answers": {"1": "I want to kill myself"}},
    ],
)
async def test_help_comes_although_the_sheet_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, client: Person, body: object
) -> None:
    refused = await http.post(PATH, json=body, headers=client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert refused.json()["errors"]
    assert refused.json()["safety"]["level"] in {"elevated", "urgent"}
    assert refused.json()["safety"]["resources"]
    assert await _kept(session, client) == 0


@pytest.mark.parametrize(
    "answers",
    [_sheet(0, 0, 0, 0, 0, 0, 0, 4, 0), {"1": True}, _sheet(1, 1), {"nine": 1}, {str(n): n for n in range(501)}],
)
async def test_a_sheet_that_nobody_can_score_is_refused(
    http: httpx.AsyncClient, session: AsyncSession, client: Person, answers: dict[str, object]
) -> None:
    refused = await http.post(PATH, json={"instrument": "phq9", "answers": answers}, headers=client.headers)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert await _kept(session, client) == 0


async def test_without_a_profile_nothing_is_kept_and_help_comes_all_the_same(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    newcomer = await accounts.signed_in(session, test_parts, role=Role.CLIENT)
    body = {"instrument": "phq9", "answers": _sheet(0, 0, 0, 0, 0, 0, 0, 0, 1)}

    refused = await http.post(PATH, json=body, headers=newcomer.headers)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["safety"]["resources"]


async def test_only_clients_measure_themselves(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    body = {"instrument": "phq9", "answers": _sheet(0, 0, 0, 0, 0, 0, 0, 0, 0)}
    others = [await accounts.signed_in(session, test_parts, role=role) for role in (Role.THERAPIST, Role.ADMIN)]

    statuses = [(await http.post(PATH, json=body, headers=who.headers)).status_code for who in others]

    assert statuses == [403, 403]
    assert (await http.post(PATH, json=body)).status_code == 401


async def test_the_same_key_keeps_one_sheet(http: httpx.AsyncClient, session: AsyncSession, client: Person) -> None:
    headers = {**client.headers, "Idempotency-Key": "one"}
    body = {"instrument": "phq9", "answers": _sheet(1, 1, 1, 1, 1, 1, 1, 1, 1)}

    first = await http.post(PATH, json=body, headers=headers)
    again = await http.post(PATH, json=body, headers=headers)
    other = await http.post(PATH, json={**body, "share": False}, headers=headers)

    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await _kept(session, client) == 1


async def test_a_measure_is_its_clients_own_and_never_changes(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, client: Person
) -> None:
    body = {"instrument": "phq9", "answers": _sheet(1, 1, 1, 1, 1, 1, 1, 1, 0)}
    path = f"/v1/form-responses/{(await http.post(PATH, json=body, headers=client.headers)).json()['id']}"
    stranger = await build.client(session, test_parts)
    therapist = await build.therapist(session, test_parts)

    seen = [(await http.get(path, headers=who.headers)).status_code for who in (stranger, therapist)]
    changed = await http.patch(path, json={"answers": {"1": 0}}, headers=client.headers)
    submitted = await http.post(f"{path}/submission", headers=client.headers)

    assert seen == [404, 404]
    assert [answer.json()["type"] for answer in (changed, submitted)] == ["/problems/transition-not-allowed"] * 2


@pytest.mark.parametrize(
    ("share", "status", "expected"),
    [
        (True, Status.CONFIRMED, 200),
        (True, Status.COMPLETED, 200),
        (True, Status.CANCELLED, 404),
        (False, Status.CONFIRMED, 404),
    ],
)
async def test_a_therapist_with_an_appointment_reads_a_measure_that_is_shared(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts, *, share: bool, status: Status, expected: int
) -> None:
    given = await build.prepared(session, test_parts)
    stranger = await build.therapist(session, test_parts)
    await build.move_to(session, given.booking_id, status)
    body = {"instrument": "phq9", "answers": _sheet(1, 1, 1, 1, 1, 1, 1, 1, 0), "share": share}
    path = f"/v1/form-responses/{(await http.post(PATH, json=body, headers=given.client.headers)).json()['id']}"

    seen = [(await http.get(path, headers=who.headers)).status_code for who in (given.therapist, stranger)]

    assert seen == [expected, 404]


async def test_answers_and_scores_stand_nowhere_in_the_open(
    http: httpx.AsyncClient, session: AsyncSession, client: Person
) -> None:
    body = {"instrument": "phq9", "answers": _sheet(3, 3, 3, 3, 3, 3, 3, 3, 3)}
    await http.post(PATH, json=body, headers=client.headers)

    row = await session.scalar(select(FormResponse).where(FormResponse.client_id == client.actor.client_id))

    assert row is not None
    assert row.result_sealed is not None
    for sealed in (row.answers_sealed, row.result_sealed):
        assert not any(word in sealed for word in (b"severe", b"urgent", b"answers", b'"9"'))
