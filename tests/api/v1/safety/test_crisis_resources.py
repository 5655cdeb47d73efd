from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from api.app import create_app
from api.parts import parts_of
from domain.settings import Settings


@pytest.fixture
async def cut_off() -> AsyncIterator[httpx.AsyncClient]:
    """A service whose database nobody answers for."""
    settings = Settings.model_validate(
        {"database_url": "postgresql://attune_service@127.0.0.1:1/attune", "mail_url": "file:nowhere"}
    )
    app = create_app(parts_of(settings))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        yield client


async def test_anybody_is_told_where_to_turn(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/crisis-resources", params={"country": "US"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    for resource in answer.json()["data"]:
        assert resource.keys() == {"id", "name", "needs", "channels", "hours", "last_checked"}
        assert all(channel.keys() == {"kind", "address"} for channel in resource["channels"])
        assert resource["needs"]
        assert resource["channels"]
        assert date.fromisoformat(resource["last_checked"]) >= date(2026, 1, 1)


async def test_it_answers_while_the_database_is_down(cut_off: httpx.AsyncClient) -> None:
    ready = await cut_off.get("/readyz")

    answers = [
        await cut_off.get("/v1/crisis-resources", params={"country": "US"}),
        await cut_off.get("/v1/crisis-resources", headers={"Authorization": "Bearer broken"}),
        await cut_off.post("/v1/interpretations", json={"text": "I want to kill myself"}),
        await cut_off.get("/v1/concepts"),
        await cut_off.get("/v1/forms"),
    ]

    assert ready.status_code == 503
    assert [answer.status_code for answer in answers] == [200] * 5
    assert answers[0].json()["data"]
    assert answers[2].json()["safety"]["resources"]


@pytest.mark.parametrize("country", ["ZZ", "", "nowhere", "us-tx", "💔", "US" * 2000])
async def test_no_country_is_left_without_an_answer(http: httpx.AsyncClient, country: str) -> None:
    answer = await http.get("/v1/crisis-resources", params={"country": country})

    assert answer.status_code == 200
    assert answer.json()["data"]


async def test_a_need_narrows_the_list_and_an_unknown_one_leaves_it_whole(http: httpx.AsyncClient) -> None:
    whole = (await http.get("/v1/crisis-resources", params={"country": "US", "limit": 100})).json()["data"]

    narrowed = (await http.get("/v1/crisis-resources", params={"country": "US", "need": "veterans"})).json()["data"]
    unknown = await http.get("/v1/crisis-resources", params={"country": "US", "need": "anything", "limit": 100})

    assert 0 < len(narrowed) < len(whole)
    assert all("veterans" in resource["needs"] for resource in narrowed)
    assert unknown.json()["data"] == whole


async def test_pages_together_are_the_whole_list(http: httpx.AsyncClient) -> None:
    whole = (await http.get("/v1/crisis-resources", params={"limit": 100})).json()["data"]

    together: list[object] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/v1/crisis-resources", params=params)).json()
        together += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert together == whole
