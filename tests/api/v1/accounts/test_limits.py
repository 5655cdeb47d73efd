from dataclasses import replace

import httpx
import pytest

from api.app import create_app
from api.parts import Parts
from domain.ids import uuid7
from domain.settings import Settings
from tests.build.accounts import PASSWORD


@pytest.fixture
def strict_parts(test_parts: Parts, service_settings: Settings) -> Parts:
    """The parts of a service with its limits as they are published, behind a proxy of its own."""
    settings = service_settings.model_copy(update={"rate_limit_factor": 1.0, "trust_forwarded_for": True})
    return replace(test_parts, settings=settings)


async def test_beyond_a_limit_the_answer_says_when_to_come_back(strict_parts: Parts) -> None:
    body = {"email": f"{uuid7().hex}@example.org", "password": PASSWORD}
    transport = httpx.ASGITransport(app=create_app(strict_parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as http:
        answers = [await http.post("/v1/sessions", json=body) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].json()["type"] == "/problems/rate-limited"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 901
    assert answers[-1].json()["next_steps"]


async def test_a_network_registers_twenty_addresses_an_hour_and_another_goes_on(strict_parts: Parts) -> None:
    async def register(http: httpx.AsyncClient, *, network: str) -> int:
        body = {"email": f"{uuid7().hex}@example.org", "password": PASSWORD, "role": "client", "time_zone": "Etc/UTC"}
        forwarded = {"X-Forwarded-For": f"203.0.113.{uuid7().bytes[-1]}, {network}"}
        return (await http.post("/v1/accounts", json=body, headers=forwarded)).status_code

    transport = httpx.ASGITransport(app=create_app(strict_parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as http:
        of_one = [await register(http, network="198.51.100.1") for _ in range(21)]
        of_another = await register(http, network="198.51.100.2")

    assert of_one == [202] * 20 + [429]
    assert of_another == 202
