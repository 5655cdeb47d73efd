"""What a lost license cost, for admins: every session, whether its client was reached, and nothing of who that is."""

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.booking import lapse_service, rehoming_service
from domain.booking.tables import Booking
from domain.ids import uuid7
from domain.licensing.licenses import LicenseStatus
from tests.build import accounts, booked, booking, therapists


async def test_an_admin_sees_what_was_lost_and_whom_no_message_reached(
    http: httpx.AsyncClient, session: AsyncSession, parts: Parts
) -> None:
    scene = await booked.scene(session, parts)
    admin = await accounts.signed_in(session, parts, role=Role.ADMIN)
    told_id = await booked.appointment_id(http, scene, start=booking.slot(days=4))
    await therapists.listed_therapist(session)  # somebody else for the client
    await therapists.stand(session, therapist_id=scene.therapist_id, status=LicenseStatus.SUSPENDED)
    now = scene_now = booking.slot(days=0)
    await lapse_service.end(session, therapist_id=scene.therapist_id, vault=parts.vault, now=scene_now)
    await session.commit()
    url = f"/v1/admin/therapists/{scene.therapist_id}/lost-sessions"

    before = await http.get(url, headers=admin.headers)
    row = await session.get_one(Booking, told_id, populate_existing=True)
    await rehoming_service.look_after(session, lost=row, vault=parts.vault, now=now)
    await session.commit()
    after = await http.get(url, headers=admin.headers)

    [lost], [cared_for] = before.json()["data"], after.json()["data"]
    assert (lost["appointment_id"], lost["told"], lost["offered"]) == (told_id, "not_told", False)
    assert (cared_for["told"], cared_for["offered"], cared_for["accepted"]) == ("waiting", True, False)
    assert str(scene.client.actor.account_id) not in after.text


async def test_nobody_else_sees_it(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> None:
    scene = await booked.scene(session, parts)
    admin = await accounts.signed_in(session, parts, role=Role.ADMIN)
    url = f"/v1/admin/therapists/{scene.therapist_id}/lost-sessions"

    refused = [await http.get(url, headers=person.headers) for person in (scene.client, scene.therapist)]
    unknown = await http.get(f"/v1/admin/therapists/{uuid7()}/lost-sessions", headers=admin.headers)
    empty = await http.get(url, headers=admin.headers)

    assert [each.status_code for each in (*refused, unknown)] == [403, 403, 404]
    assert empty.json() == {"data": [], "next_cursor": None}
