import httpx
import pytest

from domain.concepts.vocabulary import load


async def _all(http: httpx.AsyncClient, **params: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor: str | None = None
    while True:
        answer = await http.get(
            "/v1/concepts", params={**params, "limit": "100"} | ({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200
        found += answer.json()["data"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_all_concepts_are_listed_page_by_page(http: httpx.AsyncClient) -> None:
    listed = await _all(http)

    assert [concept["id"] for concept in listed] == [concept.id for concept in load().concepts]
    assert all(
        concept.keys()
        == {"id", "kind", "label", "description", "broader", "related", "recognition", "content_warnings"}
        for concept in listed
    )


@pytest.mark.parametrize("kind", ["concern", "approach", "population"])
async def test_one_kind_may_be_asked_for(http: httpx.AsyncClient, kind: str) -> None:
    listed = await _all(http, kind=kind)

    assert listed
    assert {concept["kind"] for concept in listed} == {kind}


async def test_a_page_has_25_unless_asked_and_may_be_cached(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/concepts")

    assert len(answer.json()["data"]) == 25
    assert answer.json()["next_cursor"]
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("params", [{"kind": "diagnosis"}, {"limit": "0"}, {"limit": "101"}, {"cursor": "made-up"}])
async def test_what_does_not_fit_is_refused(http: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await http.get("/v1/concepts", params=params)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-failed")


async def test_a_cursor_leads_on_in_its_own_list_only(http: httpx.AsyncClient) -> None:
    cursor = (await http.get("/v1/concepts", params={"kind": "concern"})).json()["next_cursor"]

    answer = await http.get("/v1/concepts", params={"kind": "approach", "cursor": cursor})

    assert answer.status_code == 422
