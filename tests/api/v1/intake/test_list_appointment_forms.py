from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.database import write_along
from domain.ids import uuid7
from domain.intake import attaching
from tests.build import accounts
from tests.build import intake as build


async def test_a_first_appointment_carries_the_intake_form(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given = await build.prepared(session, test_parts)
    booking = await session.get_one(Booking, given.booking_id)

    answer = await http.get(f"/v1/appointments/{given.booking_id}/forms", headers=given.client.headers)

    assert answer.status_code == 200
    assert answer.json()["next_cursor"] is None
    (form,) = answer.json()["data"]
    assert form["response_id"] == str(given.response_id)
    assert (form["version"], form["title"], form["status"]) == (1, "Before your first session", "draft")
    assert datetime.fromisoformat(form["due_at"]) == booking.starts_at


async def test_a_later_appointment_carries_none(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    seeker = await build.client(session, test_parts)
    giver = await build.therapist(session, test_parts)
    booking_id = await build.appointment(
        session, client_id=seeker.actor.client_id, therapist_id=giver.actor.therapist_id
    )
    booked = await build.booked(session, booking_id=booking_id, by=seeker, first=False)
    await write_along(session, attaching.preparing(test_parts.vault)(booked))
    await session.commit()

    answer = await http.get(f"/v1/appointments/{booking_id}/forms", headers=seeker.headers)

    assert (answer.status_code, answer.json()["data"]) == (200, [])


@pytest.mark.parametrize(
    ("status", "client_sees", "therapist_sees"),
    [
        (Status.CONFIRMED, 200, 200),
        (Status.COMPLETED, 200, 200),
        (Status.NO_SHOW, 200, 404),
        (Status.CANCELLED, 200, 404),
    ],
)
async def test_the_therapist_sees_them_while_the_appointment_is_confirmed_or_completed(
    http: httpx.AsyncClient,
    session: AsyncSession,
    test_parts: Parts,
    status: Status,
    client_sees: int,
    therapist_sees: int,
) -> None:
    given = await build.prepared(session, test_parts)
    await build.move_to(session, given.booking_id, status)
    path = f"/v1/appointments/{given.booking_id}/forms"

    seen = [(await http.get(path, headers=who.headers)).status_code for who in (given.client, given.therapist)]

    assert seen == [client_sees, therapist_sees]


async def test_to_anybody_else_there_is_no_such_appointment(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given = await build.prepared(session, test_parts)
    strangers = (await build.client(session, test_parts), await build.therapist(session, test_parts))
    path = f"/v1/appointments/{given.booking_id}/forms"

    theirs = [(await http.get(path, headers=who.headers)).json() for who in strangers]
    made_up = await http.get(f"/v1/appointments/{uuid7()}/forms", headers=given.client.headers)

    assert [answer["type"] for answer in theirs] == ["/problems/not-found"] * 2
    assert made_up.json()["detail"] == theirs[0]["detail"]


async def test_a_hold_is_no_appointment_yet(http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts) -> None:
    seeker = await build.client(session, test_parts)
    giver = await build.therapist(session, test_parts)
    hold_id = await build.appointment(
        session, client_id=seeker.actor.client_id, therapist_id=giver.actor.therapist_id, status=Status.HELD
    )
    await session.commit()
    path = f"/v1/appointments/{hold_id}/forms"

    seen = [(await http.get(path, headers=who.headers)).status_code for who in (seeker, giver)]

    assert seen == [404, 404]


async def test_an_admin_sees_no_clients_forms_and_nobody_does_without_signing_in(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given = await build.prepared(session, test_parts)
    admin = await accounts.signed_in(session, test_parts, role=Role.ADMIN)
    path = f"/v1/appointments/{given.booking_id}/forms"

    seen = [(await http.get(path, headers=headers)).status_code for headers in (admin.headers, {})]

    assert seen == [403, 401]
