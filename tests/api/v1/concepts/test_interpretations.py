import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

PATH = "/v1/interpretations"
TEXT = "I am always afraid that people will reject me, and I can't sleep."


async def test_words_are_read_as_concerns_with_their_places(http: httpx.AsyncClient) -> None:
    answer = await http.post(PATH, json={"text": TEXT})

    assert answer.status_code == 200
    concerns = answer.json()["concerns"]
    assert concerns
    confidences = [concern["confidence"] for concern in concerns]
    assert confidences == sorted(confidences, reverse=True)
    for concern in concerns:
        assert concern.keys() == {"concept_id", "label", "confidence", "evidence"}
        assert all(TEXT[span["start"] : span["end"]].strip() for span in concern["evidence"])
    assert answer.json()["safety"] == {"level": "none", "resources": []}


async def test_places_count_code_points(http: httpx.AsyncClient) -> None:
    plain = (await http.post(PATH, json={"text": TEXT})).json()["concerns"]

    shifted = (await http.post(PATH, json={"text": f"💔🫂 {TEXT}"})).json()["concerns"]

    assert shifted[0]["evidence"][0]["start"] == plain[0]["evidence"][0]["start"] + 3


async def test_what_sounds_like_danger_comes_with_help_of_the_country(http: httpx.AsyncClient) -> None:
    here = (await http.post(PATH, json={"text": "I want to kill myself"})).json()["safety"]
    there = (await http.post(PATH, json={"text": "I want to kill myself", "country": "AU"})).json()["safety"]

    assert here["level"] == there["level"] != "none"
    assert here["resources"]
    assert there["resources"]
    assert here["resources"] != there["resources"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "I want to kill myself. " * 400},
        {"text": "I want to kill myself", "lang": "en"},
        {"words": "I want to kill myself"},
        {"text": "I want to kill myself", "country": "here"},
    ],
)
async def test_help_comes_although_the_request_is_refused(http: httpx.AsyncClient, body: dict[str, str]) -> None:
    refused = await http.post(PATH, json=body)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert refused.json()["safety"]["resources"]
    assert "kill" not in refused.text


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 7}, {"text": None}, {"text": "x" * 8001}, [], "words"])
async def test_what_is_no_text_is_refused(http: httpx.AsyncClient, body: object) -> None:
    refused = await http.post(PATH, json=body)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


@pytest.mark.parametrize("text", [" ", "...", "💔", ", , ,", "x" * 8000, "\n\t", "i" * 4000, "can't " * 1300])
async def test_any_text_is_read(http: httpx.AsyncClient, text: str) -> None:
    assert (await http.post(PATH, json={"text": text})).status_code == 200


async def test_nothing_of_it_is_kept(http: httpx.AsyncClient, session: AsyncSession) -> None:
    connection = await session.connection()

    async def written() -> object:
        asked = await connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()")
        return asked.scalar_one()

    before = await written()
    await http.post(PATH, json={"text": TEXT})

    # the transaction of the test is the app's too: had anything been written, it had a number now
    assert await written() == before
