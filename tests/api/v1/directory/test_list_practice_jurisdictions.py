from datetime import date

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import uuid7
from domain.licensing.licenses import LicenseStatus
from tests.build import therapists


async def test_the_places_of_a_day_are_sorted_and_verified(http: httpx.AsyncClient, session: AsyncSession) -> None:
    therapist_id = await therapists.listed_therapist(session)
    for jurisdiction in ("US-TX", "US-KY"):
        await therapists.license_of(
            session,
            therapist_id=therapist_id,
            jurisdiction=jurisdiction,
            issued_on=date(2020, 1, 1),
            expires_on=date(2020, 12, 31),
        )
    await therapists.license_of(
        session, therapist_id=therapist_id, jurisdiction="US-CA", status=LicenseStatus.SUBMITTED
    )
    await session.commit()
    path = f"/v1/therapists/{therapist_id}/practice-jurisdictions"

    today = await http.get(path)
    then = await http.get(path, params={"on": "2020-12-31"})
    after = await http.get(path, params={"on": "2021-01-01"})

    assert today.json() == after.json() == {"data": ["US-OH"], "next_cursor": None}
    assert then.json() == {"data": ["US-KY", "US-OH", "US-TX"], "next_cursor": None}


@pytest.mark.parametrize("on", ["2027-02-30", "tomorrow", "2027-03-01T00:00:00Z", "1798761600", ""])
async def test_a_day_that_is_none_is_refused(http: httpx.AsyncClient, session: AsyncSession, on: str) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await session.commit()

    refused = await http.get(f"/v1/therapists/{therapist_id}/practice-jurisdictions", params={"on": on})

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/validation-failed")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/on"]


async def test_of_who_is_not_listed_nothing_is_told(http: httpx.AsyncClient, session: AsyncSession) -> None:
    draft = await therapists.profile(session)
    await therapists.license_of(session, therapist_id=draft)
    await session.commit()

    for therapist_id in (draft, uuid7()):
        answer = await http.get(f"/v1/therapists/{therapist_id}/practice-jurisdictions")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
