import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.audit.tables import AuditEntry
from domain.booking.states import Status
from domain.intake.built_in import FIRST_SESSION_ID
from tests.build import accounts
from tests.build import intake as build
from tests.build.intake import Prepared


async def _filled(http: httpx.AsyncClient, session: AsyncSession, parts: Parts) -> tuple[Prepared, str]:
    given = await build.prepared(session, parts)
    path = f"/v1/form-responses/{given.response_id}"
    saved = await http.patch(path, json={"answers": {"brings_you": "Sleep, mostly."}}, headers=given.client.headers)
    assert saved.status_code == 200, saved.text
    return given, path


async def test_a_client_reads_their_own_draft(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given, path = await _filled(http, session, test_parts)

    answer = await http.get(path, headers=given.client.headers)

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Cache-Control"] == "no-store"
    read = answer.json()
    assert (read["id"], read["form_id"], read["version"]) == (str(given.response_id), str(FIRST_SESSION_ID), 1)
    assert (read["status"], read["answers"]) == ("draft", {"brings_you": "Sleep, mostly."})
    assert read["safety"] == {"level": "none", "resources": []}


async def test_a_therapist_reads_answers_only_once_they_are_submitted(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given, path = await _filled(http, session, test_parts)

    draft = (await http.get(path, headers=given.therapist.headers)).json()
    submitted = await http.post(f"{path}/submission", headers=given.client.headers)
    after = (await http.get(path, headers=given.therapist.headers)).json()

    assert submitted.status_code == 200
    assert (draft["status"], draft["answers"], draft["safety"]) == ("draft", None, None)
    assert (after["status"], after["answers"]) == ("submitted", {"brings_you": "Sleep, mostly."})


async def test_a_therapist_reads_nothing_once_the_appointment_is_cancelled(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given, path = await _filled(http, session, test_parts)
    await http.post(f"{path}/submission", headers=given.client.headers)
    await build.move_to(session, given.booking_id, Status.CANCELLED)

    seen = [(await http.get(path, headers=who.headers)).status_code for who in (given.client, given.therapist)]

    assert seen == [200, 404]


async def test_nobody_else_reads_it(http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts) -> None:
    _, path = await _filled(http, session, test_parts)
    others = (
        await build.client(session, test_parts),
        await build.therapist(session, test_parts),
        await accounts.signed_in(session, test_parts, role=Role.ADMIN),
    )

    seen = [(await http.get(path, headers=who.headers)).status_code for who in others]

    assert seen == [404, 404, 403]


async def test_every_look_is_recorded(http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts) -> None:
    given, path = await _filled(http, session, test_parts)

    await http.get(path, headers=given.client.headers)
    await http.get(path, headers=given.therapist.headers)

    looks = await session.scalars(
        select(AuditEntry.actor_id)
        .where(AuditEntry.subject_id == given.response_id, AuditEntry.action == Action.FORM_RESPONSE_READ)
        .order_by(AuditEntry.at)
    )
    assert looks.all() == [given.client.actor.account_id, given.therapist.actor.account_id]


async def test_what_a_client_wrote_stands_nowhere_in_the_open(
    http: httpx.AsyncClient, session: AsyncSession, test_parts: Parts
) -> None:
    given, path = await _filled(http, session, test_parts)
    marker = "Quillwort-4711"
    await http.patch(path, json={"answers": {"know_first": marker}}, headers=given.client.headers)
    await http.post(f"{path}/submission", headers={**given.client.headers, "Idempotency-Key": "once"})

    connection = await session.connection()
    found = {}
    for table in ("form_response", "audit_entry", "stored_reply"):
        rows = await connection.exec_driver_sql(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 - our names
        raw = rows.scalar_one()
        found[table] = marker in raw or marker.encode().hex() in raw

    assert found == {"form_response": False, "audit_entry": False, "stored_reply": False}
