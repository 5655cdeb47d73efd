import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.build import therapists


async def ids(http: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await http.get("/v1/therapists", params=params)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_listed_therapists_are_listed_and_no_others(http: httpx.AsyncClient, session: AsyncSession) -> None:
    listed = [str(await therapists.listed_therapist(session)) for _ in range(2)]
    await therapists.profile(session)
    await session.commit()

    assert await ids(http) == sorted(listed)


async def test_where_nobody_fits_the_list_is_empty(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/therapists")

    assert answer.json() == {"data": [], "next_cursor": None}


async def test_every_filter_holds(http: httpx.AsyncClient, session: AsyncSession) -> None:
    here = str(await therapists.listed_therapist(session, primary_concerns=["rejection.rsd"], jurisdiction="US-TX"))
    other = str(await therapists.listed_therapist(session))
    await session.commit()

    assert await ids(http, concern="rejection.rsd") == [here]
    assert await ids(http, jurisdiction="US-TX") == [here]
    assert await ids(http, concern="rejection.rsd", jurisdiction="US-OH") == []
    shared = {"approach": "emdr", "population": "adults", "language": "en-US", "session_format": "in_person"}
    assert await ids(http, **shared) == sorted([here, other])


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"concern": "no.such"}, "/concern"),
        ({"concern": "emdr"}, "/concern"),
        ({"approach": "no.such"}, "/approach"),
        ({"population": "no.such"}, "/population"),
        ({"jurisdiction": "US-ZZ"}, "/jurisdiction"),
        ({"jurisdiction": "ohio"}, "/jurisdiction"),
        ({"language": "english, please"}, "/language"),
        ({"session_format": "letter"}, "/session_format"),
        ({"limit": "0"}, "/limit"),
        ({"limit": "101"}, "/limit"),
        ({"cursor": "made-up"}, "/cursor"),
    ],
)
async def test_what_can_not_be_asked_is_refused(http: httpx.AsyncClient, params: dict[str, str], pointer: str) -> None:
    refused = await http.get("/v1/therapists", params=params)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_pages_follow_each_other_without_gap_or_repeat(http: httpx.AsyncClient, session: AsyncSession) -> None:
    listed = sorted([str(await therapists.listed_therapist(session)) for _ in range(5)])
    await session.commit()
    seen: list[str] = []
    cursor: str | None = None
    pages = 0

    while pages == 0 or cursor is not None:
        answer = await http.get("/v1/therapists", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += [each["id"] for each in answer.json()["data"]]
        cursor = answer.json()["next_cursor"]
        pages += 1

    assert (seen, pages) == (listed, 3)
