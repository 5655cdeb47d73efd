"""Working the queue over HTTP: claims, questions and answers, conditions, and the whole file."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest

from domain.ids import uuid7
from tests.build import licensing
from tests.build.accounts import Person

OWN = "/v1/therapists/me/licenses"
Stated = Mapping[str, object]


def deciding(outcome: str = "verified", **more: object) -> dict[str, object]:
    source = {**licensing.SOURCE, "checked_on": datetime.now(UTC).date().isoformat()}
    return {"outcome": outcome, "reason": "The board's register agrees.", "source": source, **more}


def path(license_id: str, what: str) -> str:
    return f"/v1/admin/licenses/{license_id}/{what}"


@pytest.fixture
async def submitted(http: httpx.AsyncClient, therapist: Person, stated: Stated) -> str:
    """The id of a license that failed no check."""
    created = await http.post(OWN, json=stated, headers=therapist.headers)
    return str(created.json()["id"])


async def test_only_one_admin_works_on_a_license_until_they_release_it(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, submitted: str
) -> None:
    claimed = await http.post(path(submitted, "claim"), headers=admin.headers)
    rival = await http.post(path(submitted, "claim"), headers=second_admin.headers)
    decided = await http.post(path(submitted, "decisions"), json=deciding(), headers=second_admin.headers)
    asked = await http.post(
        path(submitted, "information-requests"), json={"message": "Which?"}, headers=second_admin.headers
    )
    not_theirs = await http.delete(path(submitted, "claim"), headers=second_admin.headers)
    still = await http.post(path(submitted, "claim"), headers=second_admin.headers)
    released = await http.delete(path(submitted, "claim"), headers=admin.headers)
    now_free = await http.post(path(submitted, "claim"), headers=second_admin.headers)

    assert (claimed.status_code, released.status_code, now_free.status_code) == (200, 204, 200)
    assert not_theirs.status_code == 204
    for refused in (rival, decided, asked, still):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
        assert refused.json()["next_steps"][0]["path"] == "/v1/admin/licenses"


async def test_a_decision_ends_the_claim_so_that_a_second_admin_can_follow(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, submitted: str
) -> None:
    await http.post(path(submitted, "claim"), headers=admin.headers)
    body = deciding(standing="valid_conditions")

    first = await http.post(path(submitted, "decisions"), json=body, headers=admin.headers)
    second = await http.post(path(submitted, "decisions"), json=body, headers=second_admin.headers)

    assert (first.json()["status"], first.json()["awaiting"]) == ("submitted", "second_admin")
    assert (second.json()["status"], second.json()["standing"]) == ("verified", "valid_conditions")


async def test_a_suspension_waits_for_no_claim(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, submitted: str
) -> None:
    await http.post(path(submitted, "decisions"), json=deciding(), headers=admin.headers)
    await http.post(path(submitted, "claim"), headers=admin.headers)

    suspended = await http.post(path(submitted, "decisions"), json=deciding("suspended"), headers=second_admin.headers)

    assert (suspended.status_code, suspended.json()["status"]) == (201, "suspended")


async def test_what_the_board_revoked_is_not_verified(http: httpx.AsyncClient, admin: Person, submitted: str) -> None:
    refused = await http.post(
        path(submitted, "decisions"),
        json=deciding(standing="revoked", override_reason="I insist."),
        headers=admin.headers,
    )

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/transition-not-allowed")


async def test_a_question_waits_for_the_therapist_whose_answer_and_corrections_are_checked_anew(
    http: httpx.AsyncClient, admin: Person, therapist: Person, submitted: str
) -> None:
    message = "Please state the number as the board writes it."
    asked = await http.post(path(submitted, "information-requests"), json={"message": message}, headers=admin.headers)
    own = (await http.get(OWN, headers=therapist.headers)).json()["data"][0]
    twice = await http.post(path(submitted, "information-requests"), json={"message": "?"}, headers=admin.headers)

    answer = {"answer": "It is this.", "corrections": {"number": "E.0012346", "expires_on": "2030-02-28"}}
    answered = await http.post(f"{OWN}/{submitted}/answers", json=answer, headers=therapist.headers)
    again = await http.post(f"{OWN}/{submitted}/answers", json=answer, headers=therapist.headers)

    assert (asked.status_code, asked.json()["status"]) == (201, "needs_info")
    assert (own["missing"][0]["detail"], own["missing"][0]["path"]) == (message, f"{OWN}/{submitted}/answers")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/transition-not-allowed")
    told = answered.json()
    assert (told["status"], told["number"], told["expires_on"]) == ("submitted", "E.0012346", "2030-02-28")
    assert all(check["checked_at"] > asked.json()["checks"][0]["checked_at"] for check in told["checks"])
    assert (again.status_code, again.json()["next_steps"][0]["path"]) == (409, OWN)


async def test_corrections_that_can_not_be_are_refused_and_nothing_is_lost(
    http: httpx.AsyncClient, admin: Person, therapist: Person, submitted: str
) -> None:
    await http.post(path(submitted, "information-requests"), json={"message": "Which?"}, headers=admin.headers)

    refused = await http.post(
        f"{OWN}/{submitted}/answers",
        json={"answer": "This.", "corrections": {"expires_on": "2010-01-01"}},
        headers=therapist.headers,
    )
    own = (await http.get(OWN, headers=therapist.headers)).json()["data"][0]

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expires_on")
    assert (own["status"], own["expires_on"]) == ("needs_info", "2031-02-28")


async def test_a_correction_to_what_is_on_file_already_is_a_conflict(
    http: httpx.AsyncClient, admin: Person, therapist: Person, stated: Stated, submitted: str
) -> None:
    await http.post(OWN, json={**stated, "number": "E.2"}, headers=therapist.headers)
    await http.post(path(submitted, "information-requests"), json={"message": "Which?"}, headers=admin.headers)

    refused = await http.post(
        f"{OWN}/{submitted}/answers",
        json={"answer": "This.", "corrections": {"number": "E.2"}},
        headers=therapist.headers,
    )

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


async def test_the_file_holds_every_check_and_decision_and_who_made_it(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, therapist: Person, submitted: str
) -> None:
    body = deciding(standing="valid_conditions")
    await http.post(path(submitted, "decisions"), json=body, headers=admin.headers)
    await http.post(path(submitted, "decisions"), json=body, headers=second_admin.headers)
    url = f"/v1/admin/therapists/{therapist.actor.account_id}/verification-file"

    read = await http.get(url, headers=admin.headers)

    file = read.json()
    filed = file["licenses"][0]
    assert (read.status_code, file["therapist"]["legal_name"]) == (200, licensing.LEGAL_NAME)
    assert licensing.BORN.isoformat() not in read.text
    assert all(check["trigger"] == "submission" for check in filed["checks"])
    told = [
        (each["admin_id"], each["took_effect"], each["status_before"], each["status_after"], each["seconds_admin_id"])
        for each in filed["decisions"]
    ]
    one, other = str(admin.actor.account_id), str(second_admin.actor.account_id)
    assert told == [
        (one, False, "submitted", "submitted", None),
        (other, True, "submitted", "verified", one),
    ]
    assert [(each["jurisdiction"], each["remote_only"]) for each in file["permissions"]] == [("US-OH", False)]
    assert {"license.submit", "license.decide"} <= {each["action"] for each in file["trail"]}


@pytest.mark.parametrize(
    ("method", "what"),
    [("POST", "claim"), ("DELETE", "claim"), ("POST", "information-requests")],
)
async def test_strangers_do_not_work_the_queue(
    http: httpx.AsyncClient, therapist: Person, client: Person, admin: Person, submitted: str, method: str, what: str
) -> None:
    body = {"message": "Which?"} if what == "information-requests" else None

    for person in (therapist, client):
        refused = await http.request(method, path(submitted, what), json=body, headers=person.headers)
        assert refused.status_code == 403
    unknown = await http.request(method, path(str(uuid7()), what), json=body, headers=admin.headers)
    assert unknown.status_code == 404


async def test_strangers_neither_answer_nor_read_the_file(
    http: httpx.AsyncClient, therapist: Person, client: Person, admin: Person, submitted: str
) -> None:
    url = f"/v1/admin/therapists/{therapist.actor.account_id}/verification-file"

    answers = [
        await http.post(f"{OWN}/{submitted}/answers", json={"answer": "No."}, headers=person.headers)
        for person in (client, admin)
    ]
    unknown = await http.post(f"{OWN}/{uuid7()}/answers", json={"answer": "No."}, headers=therapist.headers)
    files = [await http.get(url, headers=person.headers) for person in (client, therapist)]
    nobody = await http.get(f"/v1/admin/therapists/{uuid7()}/verification-file", headers=admin.headers)

    assert [each.status_code for each in (*answers, unknown, *files, nobody)] == [403, 403, 404, 403, 403, 404]
