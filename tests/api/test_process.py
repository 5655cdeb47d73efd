import re
from dataclasses import replace

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from api.dependencies import WriteSession
from api.parts import Parts
from api.problems import KINDS
from domain.database import Address, connect
from tests.build import therapists


async def test_the_process_lives_and_is_ready(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ready"}


async def test_it_is_not_ready_without_its_database(parts: Parts) -> None:
    nowhere = connect(
        Address(host="127.0.0.1", port=1, user="nobody", password=None, database="nothing"), role=None, pool_size=1
    )
    app = create_app(replace(parts, database=nowhere))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        alive = await client.get("/healthz")
        ready = await client.get("/readyz")
        help_now = await client.get("/v1/crisis-resources", params={"country": "US"})
        metrics = await client.get("/metrics")
    await nowhere.close()

    assert alive.status_code == 200
    assert (metrics.status_code, "attune_database_up 0.0" in metrics.text) == (200, True)
    assert ready.status_code == 503
    assert ready.json()["type"] == "/problems/unavailable"
    assert ready.headers["retry-after"]
    assert help_now.status_code == 200
    assert help_now.json()["data"]


async def test_metrics_name_routes_as_declared_and_nobody(http: httpx.AsyncClient) -> None:
    await http.get("/problems/slot-taken")

    metrics = (await http.get("/metrics")).text

    assert 'route="/problems/{slug}"' in metrics
    assert 'route="/problems/slot-taken"' not in metrics


async def test_a_license_nobody_looks_at_raises_an_alarm_although_nothing_runs(
    http: httpx.AsyncClient, session: AsyncSession
) -> None:
    therapist_id = await therapists.profile(session)
    await therapists.license_of(session, therapist_id=therapist_id)
    await session.commit()
    before = stale_of((await http.get("/metrics")).text)

    await therapists.license_of(session, therapist_id=therapist_id, checked_on=therapists.LONG_AGO)
    await session.commit()

    metrics = (await http.get("/metrics")).text
    assert (stale_of(metrics) - before, "attune_database_up 1.0" in metrics) == (1, True)


def stale_of(metrics: str) -> int:
    line = next(each for each in metrics.splitlines() if each.startswith("attune_licenses_stale "))
    return int(float(line.split()[1]))


async def test_the_documentation_loads_nothing_from_another_host(http: httpx.AsyncClient) -> None:
    page = (await http.get("/docs")).text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert sources
    assert all(source.startswith("/") for source in sources)
    assert all([(await http.get(source)).status_code == 200 for source in sources])


async def test_every_answer_carries_a_request_id(http: httpx.AsyncClient) -> None:
    given = await http.get("/healthz", headers={"X-Request-Id": "0123456789abcdef"})
    injected = await http.get("/healthz", headers={"X-Request-Id": "a\tb"})
    unknown = await http.get("/nowhere")

    assert given.headers["x-request-id"] == "0123456789abcdef"
    assert re.fullmatch(r"[0-9a-f-]{36}", injected.headers["x-request-id"])
    assert unknown.headers["x-request-id"]


async def test_every_problem_is_explained_at_its_type(http: httpx.AsyncClient) -> None:
    for slug, kind in KINDS.items():
        explained = await http.get(f"/problems/{slug}")

        assert explained.status_code == 200
        assert explained.json()["status"] == kind.status


async def test_an_address_with_a_slash_too_many_leads_nowhere(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/concepts/?kind=concern", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert "location" not in answer.headers


async def test_an_unknown_address_and_a_wrong_method_are_problems_with_a_way_on(http: httpx.AsyncClient) -> None:
    unknown = await http.get("/v1/nowhere")
    wrong = await http.delete("/v1/concepts")

    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/not-found")
    assert (wrong.status_code, wrong.json()["type"]) == (405, "/problems/method-not-allowed")
    assert unknown.json()["next_steps"]
    assert wrong.json()["next_steps"]


async def test_nobody_is_told_of_success_before_the_commit(app: FastAPI, parts: Parts) -> None:
    """A constraint that speaks up at COMMIT must reach the client as a refusal."""

    async def create_late_refused(session: WriteSession) -> dict[str, str]:
        await session.execute(
            text("CREATE TEMP TABLE late (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP")
        )
        await session.execute(text("INSERT INTO late VALUES (1), (1)"))
        return {"status": "done"}

    real = create_app(parts)
    real.post("/late", status_code=201)(create_late_refused)
    transport = httpx.ASGITransport(app=real, raise_app_exceptions=False)

    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        response = await client.post("/late")

    assert response.status_code == 500
    assert response.json()["type"] == "/problems/internal-error"
