from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import service as availability
from domain.ids import uuid7
from domain.job import JobName
from tests.build import licensing
from tests.build.accounts import Person
from tests.build.availability import schedule

OWN = "/v1/therapists/me/licenses"
Stated = Mapping[str, object]


def deciding(outcome: str, *, days_ago: int = 0, **more: object) -> dict[str, object]:
    checked_on = datetime.now(UTC).date() - timedelta(days=days_ago)
    source = {**licensing.SOURCE, "checked_on": checked_on.isoformat()}
    return {"outcome": outcome, "reason": "The board's register agrees.", "source": source, **more}


def decisions(license_id: str) -> str:
    return f"/v1/admin/licenses/{license_id}/decisions"


@pytest.fixture
async def submitted(http: httpx.AsyncClient, therapist: Person, stated: Stated) -> str:
    """The id of a license that failed no check."""
    created = await http.post(OWN, json=stated, headers=therapist.headers)
    return str(created.json()["id"])


@pytest.fixture
async def failed(http: httpx.AsyncClient, session: AsyncSession, therapist: Person, stated: Stated) -> str:
    """The id of a license whose therapist's NPI is on the exclusion list."""
    await licensing.exclusions(session, {"NPI": licensing.NPI})
    await session.commit()
    created = await http.post(OWN, json=stated, headers=therapist.headers)
    return str(created.json()["id"])


async def test_an_admin_verifies_a_license(http: httpx.AsyncClient, admin: Person, submitted: str) -> None:
    response = await http.post(decisions(submitted), json=deciding("verified"), headers=admin.headers)

    assert response.status_code == 201
    assert (response.json()["id"], response.json()["status"]) == (submitted, "verified")
    assert response.json()["awaiting"] is None
    assert response.headers["etag"] == '"2"'


async def test_verifying_lists_a_therapist_and_suspending_ends_it_at_once(
    http: httpx.AsyncClient, session: AsyncSession, therapist: Person, admin: Person, submitted: str
) -> None:
    await availability.put_schedule(session, schedule=schedule(), by=therapist.actor, now=datetime.now(UTC))
    await session.commit()
    public = f"/v1/therapists/{therapist.actor.account_id}"

    before = await http.get(public)
    await http.post(decisions(submitted), json=deciding("verified"), headers=admin.headers)
    verified = await http.get(public)
    own = await http.get("/v1/therapists/me", headers=therapist.headers)
    await http.post(decisions(submitted), json=deciding("suspended"), headers=admin.headers)
    suspended = await http.get(public)
    own_after = await http.get("/v1/therapists/me", headers=therapist.headers)

    assert [before.status_code, verified.status_code, suspended.status_code] == [404, 200, 404]
    assert [own.json()["status"], own_after.json()["status"]] == ["listed", "unlisted"]


async def test_a_failed_check_refuses_a_verification(http: httpx.AsyncClient, admin: Person, failed: str) -> None:
    response = await http.post(decisions(failed), json=deciding("verified"), headers=admin.headers)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/transition-not-allowed"
    assert response.json()["next_steps"][0]["path"] == "/v1/admin/licenses"


async def test_an_override_takes_two_admins(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, failed: str
) -> None:
    body = deciding("verified", override_reason="It is another person's number.")

    answers = [
        (await http.post(decisions(failed), json=body, headers=who.headers)).json()
        for who in (admin, admin, second_admin)
    ]

    assert [(answer["status"], answer["awaiting"]) for answer in answers] == [
        ("submitted", "second_admin"),
        ("submitted", "second_admin"),
        ("verified", None),
    ]


async def test_a_reinstatement_takes_two_admins_and_the_queue_shows_that_one_is_missing(
    http: httpx.AsyncClient, admin: Person, second_admin: Person, submitted: str
) -> None:
    for outcome in ("verified", "suspended"):
        await http.post(decisions(submitted), json=deciding(outcome), headers=admin.headers)

    first = await http.post(decisions(submitted), json=deciding("reinstated"), headers=admin.headers)
    queue = await http.get("/v1/admin/licenses", params={"status": "suspended"}, headers=second_admin.headers)
    second = await http.post(decisions(submitted), json=deciding("reinstated"), headers=second_admin.headers)

    assert (first.status_code, first.json()["status"], first.json()["awaiting"]) == (201, "suspended", "second_admin")
    assert [each["awaiting"] for each in queue.json()["data"]] == ["second_admin"]
    assert (second.json()["status"], second.json()["awaiting"]) == ("verified", None)


async def test_a_decision_that_does_not_follow_is_refused(
    http: httpx.AsyncClient, admin: Person, submitted: str
) -> None:
    response = await http.post(decisions(submitted), json=deciding("reinstated"), headers=admin.headers)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/transition-not-allowed"


async def test_only_admins_decide(http: httpx.AsyncClient, client: Person, therapist: Person, submitted: str) -> None:
    for person in (client, therapist):
        response = await http.post(decisions(submitted), json=deciding("verified"), headers=person.headers)

        assert response.status_code == 403


async def test_an_unknown_license_is_not_found(http: httpx.AsyncClient, admin: Person) -> None:
    response = await http.post(decisions(str(uuid7())), json=deciding("verified"), headers=admin.headers)

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (deciding("approved"), "/outcome"),
        ({**deciding("verified"), "reason": " "}, "/reason"),
        (deciding("verified", days_ago=-1), "/source/checked_on"),
        (deciding("verified", days_ago=121), "/source/checked_on"),
        ({**deciding("verified"), "source": None}, "/source"),
        (
            {**deciding("verified"), "source": {"name": "Board", "url": "javascript:0", "checked_on": "2026-01-01"}},
            "/source/url",
        ),
        (deciding("verified", status="verified"), "/status"),
    ],
)
async def test_a_bad_decision_is_named_and_changes_nothing(
    http: httpx.AsyncClient, therapist: Person, admin: Person, submitted: str, body: dict[str, object], pointer: str
) -> None:
    response = await http.post(decisions(submitted), json=body, headers=admin.headers)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    (license_,) = (await http.get(OWN, headers=therapist.headers)).json()["data"]
    assert license_["status"] == "submitted"


async def test_a_repeat_with_the_same_key_is_replayed(http: httpx.AsyncClient, admin: Person, submitted: str) -> None:
    headers = {**admin.headers, "Idempotency-Key": "once"}

    first = await http.post(decisions(submitted), json=deciding("rejected"), headers=headers)
    second = await http.post(decisions(submitted), json=deciding("rejected"), headers=headers)
    without_key = await http.post(decisions(submitted), json=deciding("rejected"), headers=admin.headers)

    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotent-replayed"] == "true"
    assert without_key.status_code == 409


async def test_a_decision_about_an_older_version_is_refused(
    http: httpx.AsyncClient, admin: Person, submitted: str
) -> None:
    await http.post(decisions(submitted), json=deciding("verified"), headers=admin.headers)

    stale = {**admin.headers, "If-Match": '"1"'}
    response = await http.post(decisions(submitted), json=deciding("suspended"), headers=stale)

    assert response.status_code == 412
    assert response.json()["type"] == "/problems/precondition-failed"


async def test_a_license_that_is_lost_has_its_therapists_sessions_reviewed(
    http: httpx.AsyncClient, session: AsyncSession, admin: Person, submitted: str
) -> None:
    await http.post(decisions(submitted), json=deciding("verified"), headers=admin.headers)
    before = await queued(session)

    await http.post(decisions(submitted), json=deciding("suspended"), headers=admin.headers)

    assert await queued(session) == before + 1


async def queued(session: AsyncSession) -> int:
    """Count the reviews that wait."""
    count = await session.scalar(
        text("SELECT count(*) FROM pgqueuer WHERE entrypoint = :job"), {"job": JobName.PRACTICE_REVIEW.value}
    )
    return int(count or 0)
