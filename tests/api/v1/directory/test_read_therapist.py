import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.states import Status
from domain.ids import TherapistId, uuid7
from domain.therapists.tables import Therapist
from tests.build import accounts, booked, booking, therapists
from tests.build.accounts import Person
from tests.build.availability import schedule
from tests.build.profiles import BODY


async def listed_by_api(http: httpx.AsyncClient, session: AsyncSession, person: Person) -> None:
    """List a therapist whose profile holds all that must not be seen."""
    body = {**BODY, "birth_date": "1981-02-03", "other_legal_names": ["Canary Formername"]}
    assert (await http.put("/v1/therapists/me", json=body, headers=person.headers)).status_code == 200
    await therapists.license_of(session, therapist_id=person.actor.therapist_id)
    await therapists.schedule_of(session, therapist_id=person.actor.therapist_id, schedule=schedule())
    await session.commit()


async def unlist(session: AsyncSession, therapist_id: TherapistId) -> None:
    await session.execute(update(Therapist).where(Therapist.id == therapist_id).values(visible=False))
    await session.commit()


async def test_anybody_sees_a_listed_therapist(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    person = await accounts.signed_in(session, parts, role=Role.THERAPIST)
    await listed_by_api(http, session, person)

    seen = await http.get(f"/v1/therapists/{person.actor.therapist_id}")

    hidden = {"legal_name", "npi"}
    assert seen.status_code == 200
    assert seen.json() == {
        **{key: value for key, value in BODY.items() if key not in hidden | {"caseload_limit"}},
        "id": str(person.actor.therapist_id),
        "status": "listed",
        "session_types": [
            {
                "code": "individual_50",
                "name": "Individual session",
                "minutes": 50,
                "fee": {"amount": 15000, "currency": "usd"},
                "session_formats": ["video"],
                "capacity": 1,
            }
        ],
        "practice_jurisdictions": ["US-OH"],
        "supervised_by": [],
    }


async def test_nothing_private_is_in_what_anybody_sees(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    person = await accounts.signed_in(session, parts, role=Role.THERAPIST)
    await listed_by_api(http, session, person)
    client = await accounts.signed_in(session, parts, role=Role.CLIENT)
    therapist_id = person.actor.therapist_id

    answers = [
        await http.get(path, headers=headers)
        for path in (f"/v1/therapists/{therapist_id}", "/v1/therapists")
        for headers in ({}, client.headers, person.headers)
    ]

    for answer in answers:
        assert str(therapist_id) in answer.text
        for private in ("Canary", "1234567893", "1981", "example.org", "number", "npi", "legal", "LPCC"):
            assert private not in answer.text


async def test_who_is_not_listed_is_not_found(http: httpx.AsyncClient, session: AsyncSession) -> None:
    draft = await therapists.profile(session)
    gone = await therapists.listed_therapist(session)
    await unlist(session, gone)

    answers = [await http.get(f"/v1/therapists/{each}") for each in (draft, gone, uuid7())]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.json()["detail"] for answer in answers}) == 1


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW])
async def test_a_client_with_an_appointment_keeps_seeing_its_therapist(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts, status: Status
) -> None:
    scene = await booked.scene(session, parts)
    therapist_id = scene.therapist_id
    await session.execute(
        booking.row(
            therapist_id=therapist_id,
            client_id=scene.client.actor.client_id,
            starts_at=booking.slot(),
            status=status,
        )
    )
    await unlist(session, therapist_id)

    for path in (f"/v1/therapists/{therapist_id}", f"/v1/therapists/{therapist_id}/practice-jurisdictions"):
        assert (await http.get(path, headers=scene.client.headers)).status_code == 200
        assert (await http.get(path, headers=scene.rival.headers)).status_code == 404
        assert (await http.get(path, headers=scene.therapist.headers)).status_code == 404
        assert (await http.get(path)).status_code == 404
    assert (await http.get("/v1/therapists", headers=scene.client.headers)).json()["data"] == []


async def test_a_client_who_cancelled_keeps_seeing_the_therapist(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    appointment_id = await booked.appointment_id(http, scene)
    cancelled = await http.post(
        f"/v1/appointments/{appointment_id}/cancel",
        json={"reason_code": "client_request"},
        headers=scene.client.headers,
    )
    await unlist(session, scene.therapist_id)

    seen = await http.get(f"/v1/therapists/{scene.therapist_id}", headers=scene.client.headers)

    assert cancelled.status_code == seen.status_code == 200


async def test_a_hold_alone_shows_nobody_who_is_not_listed(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    client = await accounts.signed_in(session, parts, role=Role.CLIENT, of=(await booking.client(session)).account_id)
    therapist_id = await therapists.listed_therapist(session)
    await session.execute(
        booking.row(
            therapist_id=therapist_id,
            client_id=client.actor.client_id,
            starts_at=booking.slot(),
            status=Status.HELD,
        )
    )
    await unlist(session, therapist_id)

    assert (await http.get(f"/v1/therapists/{therapist_id}", headers=client.headers)).status_code == 404


async def test_a_broken_token_is_refused_and_not_ignored(http: httpx.AsyncClient, session: AsyncSession) -> None:
    therapist_id = await therapists.listed_therapist(session)
    await session.commit()

    refused = await http.get(f"/v1/therapists/{therapist_id}", headers={"Authorization": "Bearer x"})

    assert refused.status_code == 401
