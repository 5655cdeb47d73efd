import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from tests.build import accounts, booked

CLOSE = "/v1/therapists/me/practice-closure"


async def test_closing_a_practice_cancels_what_is_ahead_and_tells_the_client_kindly(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    other = await booked.therapist(session, parts)
    path = f"/v1/appointments/{await booked.appointment_id(http, scene)}"

    closed = await http.post(CLOSE, json={}, headers=scene.therapist.headers)
    again = await http.post(CLOSE, json={}, headers=scene.therapist.headers)
    seen = (await http.get(path, headers=scene.client.headers)).json()
    public = await http.get(f"/v1/therapists/{scene.therapist_id}")

    assert (closed.status_code, closed.json(), again.json()) == (200, {"cancelled": 1}, {"cancelled": 0})
    assert (seen["status"], seen["cancellation"]["fee"]["amount"]) == ("cancelled", 0)
    assert "not about you" in seen["cancellation"]["message"]
    assert seen["alternatives"][0]["held"] is not None
    assert {each["therapist_id"] for each in seen["alternatives"]} == {str(other.actor.account_id)}
    assert public.status_code == 404


async def test_a_repeat_under_its_key_is_answered_as_the_first(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    await booked.appointment_id(http, scene)
    headers = scene.therapist.headers | {"Idempotency-Key": "closing"}

    answers = [await http.post(CLOSE, json={}, headers=headers) for _ in range(2)]

    assert [answer.json() for answer in answers] == [{"cancelled": 1}] * 2
    assert answers[1].headers["Idempotent-Replayed"] == "true"


async def test_only_a_therapist_with_a_profile_closes_a_practice(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    without = await accounts.signed_in(session, parts, role=Role.THERAPIST)

    by_client = await http.post(CLOSE, json={}, headers=scene.client.headers)
    by_nobody = await http.post(CLOSE, json={})
    without_profile = await http.post(CLOSE, json={}, headers=without.headers)
    bad = await http.post(CLOSE, json={"reason": "tired"}, headers=scene.therapist.headers)

    assert [each.status_code for each in (by_client, by_nobody, without_profile, bad)] == [403, 401, 404, 422]
    assert without_profile.json()["next_steps"][0]["path"] == "/v1/therapists/me"
