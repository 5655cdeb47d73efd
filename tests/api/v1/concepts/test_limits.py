from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.parts import Parts
from domain.database import Address, Database, connect
from domain.settings import Settings

PATH = "/v1/interpretations"
DANGER = {"text": "I want to kill myself"}


@pytest.fixture
def strict_parts(test_parts: Parts, service_settings: Settings) -> Parts:
    """The parts of a service with its limits as they are published, behind a proxy of its own."""
    settings = service_settings.model_copy(update={"rate_limit_factor": 1.0, "trust_forwarded_for": True})
    return replace(test_parts, settings=settings)


def client_of(parts: Parts) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(parts), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://attune.test")


async def test_a_network_has_sixty_readings_a_minute_and_another_goes_on(strict_parts: Parts) -> None:
    one, another = {"X-Forwarded-For": "198.51.100.7"}, {"X-Forwarded-For": "198.51.100.8"}
    async with client_of(strict_parts) as http:
        bodies = [{"text": "hello"}, {"words": "what is refused counts too"}] * 30
        answers = [await http.post(PATH, json=body, headers=one) for body in bodies]
        beyond = await http.post(PATH, json=DANGER, headers=one)
        elsewhere = await http.post(PATH, json=DANGER, headers=another)
        resources = await http.get("/v1/crisis-resources", headers=one)

    assert {answer.status_code for answer in answers} == {200, 422}
    assert (beyond.status_code, beyond.json()["type"]) == (429, "/problems/rate-limited")
    assert 1 <= int(beyond.headers["Retry-After"]) <= 61
    assert "get_help_now" in {step["action"] for step in beyond.json()["next_steps"]}
    assert elsewhere.status_code == resources.status_code == 200


async def test_words_are_read_although_the_database_is_away(strict_parts: Parts) -> None:
    nowhere = connect(
        Address(host="127.0.0.1", port=1, user="nobody", password=None, database="nothing"), role=None, pool_size=1
    )
    async with client_of(replace(strict_parts, database=nowhere)) as http:
        answer = await http.post(PATH, json=DANGER)
    await nowhere.close()

    assert answer.status_code == 200
    assert answer.json()["safety"]["resources"]


async def test_words_are_read_although_nothing_can_be_counted(
    strict_parts: Parts, database: Database, server_address: Address
) -> None:
    owner = connect(server_address, role=None, pool_size=1)
    async with client_of(replace(strict_parts, database=database)) as http, owner.engine.begin() as locking:
        await locking.execute(text("LOCK TABLE throttle_counter IN ACCESS EXCLUSIVE MODE"))
        answer = await http.post(PATH, json=DANGER)
    await owner.close()

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 4
