import httpx

from domain.ids import uuid7
from domain.intake.built_in import FIRST_SESSION_ID


async def test_anybody_may_read_the_published_forms(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/forms")

    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]
    form = answer.json()["data"][0]
    assert (form["id"], form["version"]) == (str(FIRST_SESSION_ID), 1)
    assert {"link_id", "type", "label", "required", "options", "why_we_ask", "content_warning"} <= form["items"][
        0
    ].keys()
    assert answer.json()["next_cursor"] is None


async def test_what_an_answer_tells_about_danger_is_not_published(http: httpx.AsyncClient) -> None:
    form = (await http.get(f"/v1/forms/{FIRST_SESSION_ID}")).json()

    safe_now = next(item for item in form["items"] if item["link_id"] == "safe_now")

    assert safe_now["content_warning"]
    assert all(option.keys() == {"value", "label"} for option in safe_now["options"])


async def test_a_form_that_does_not_exist_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/v1/forms/{uuid7()}")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_a_made_up_cursor_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/forms", params={"cursor": "bm9uZQ"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cursor")
