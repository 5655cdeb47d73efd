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


async def test_help_comes_although_what_was_sent_is_no_json(http: httpx.AsyncClient) -> None:
    refused = await http.post(PATH, content=b"I want to kill myself \xff", headers={"Content-Type": "text/plain"})

    assert refused.status_code == 422
    assert refused.json()["safety"]["resources"]
    assert "kill" not in refused.text


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 7}, {"text": None}, {"text": "x" * 8001}, [], "words"])
async def test_what_is_no_text_is_refused(http: httpx.AsyncClient, body: object) -> None:
    refused = await http.post(PATH, json=body)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")


@pytest.mark.parametrize("text", [" ", "...", "💔", ", , ,", "x" * 8000, "\n\t", "i" * 4000, "can't " * 1300])
async def test_any_text_is_read(http: httpx.AsyncClient, text: str) -> None:
    assert (await http.post(PATH, json={"text": text})).status_code == 200


async def test_nothing_of_it_is_kept_but_that_somebody_asked(http: httpx.AsyncClient, session: AsyncSession) -> None:
    connection = await session.connection()

    async def writes() -> set[str]:
        counts = "SELECT format('%s %s', relname, n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        return set((await connection.exec_driver_sql(counts)).scalars())

    before = await writes()
    await http.post(PATH, json={"text": TEXT})

    # the transaction of the test is the app's too, so what was written shows
    assert {line.split()[0] for line in await writes() - before} == {"throttle_counter"}
