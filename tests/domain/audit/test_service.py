from datetime import datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.audit import service as audit
from domain.audit.tables import AuditEntry
from domain.database import Database
from domain.ids import AccountId, SessionId, uuid7

CLIENT = Actor(account_id=AccountId(uuid7()), role=Role.CLIENT, session_id=SessionId(uuid7()))


async def test_an_entry_says_who_did_what_to_which_row_when_and_why(session: AsyncSession, now: datetime) -> None:
    subject = uuid7()

    audit.record(
        session,
        by=CLIENT,
        action=Action.HOLD_CREATE,
        subject_kind="booking",
        subject_id=subject,
        now=now,
        reason="asked by phone",
    )
    await session.flush()
    session.expunge_all()

    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == subject))).one()
    assert (entry.actor_id, entry.actor_role) == (CLIENT.account_id, Role.CLIENT)
    assert (entry.action, entry.subject_kind) == (Action.HOLD_CREATE, "booking")
    assert (entry.at, entry.reason) == (now, "asked by phone")


async def test_the_service_itself_stands_without_actor_and_role(session: AsyncSession, now: datetime) -> None:
    subject = uuid7()

    audit.record(session, by=None, action=Action.NOTICE_SEND, subject_kind="notice", subject_id=subject, now=now)
    await session.flush()
    session.expunge_all()

    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == subject))).one()
    assert (entry.actor_id, entry.actor_role, entry.reason) == (None, None, None)


async def test_an_actor_without_a_role_is_refused_by_the_table(session: AsyncSession, now: datetime) -> None:
    session.add(
        AuditEntry(
            id=uuid7(), at=now, actor_id=uuid7(), actor_role=None, action=Action.NOTICE_SEND, subject_kind="notice",
            subject_id=None, reason=None,
        )
    )  # fmt: skip

    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize(
    "change",
    [update(AuditEntry).values(reason="never happened"), delete(AuditEntry), text("TRUNCATE audit_entry")],
    ids=["update", "delete", "truncate"],
)
async def test_what_is_written_stays_as_it_is(session: AsyncSession, now: datetime, change: object) -> None:
    audit.record(session, by=CLIENT, action=Action.HOLD_READ, subject_kind="booking", subject_id=uuid7(), now=now)
    await session.flush()

    with pytest.raises(DBAPIError, match=r"permission denied|append-only"):
        await session.execute(change)  # type: ignore[call-overload]  # one of three kinds of statement


async def test_an_entry_is_there_only_when_its_transaction_commits(database: Database, now: datetime) -> None:
    subject = uuid7()

    async with database.write() as session:
        audit.record(session, by=CLIENT, action=Action.HOLD_READ, subject_kind="booking", subject_id=subject, now=now)
        await session.flush()
        await session.rollback()

    async with database.read() as session:
        assert await session.scalar(select(AuditEntry.id).where(AuditEntry.subject_id == subject)) is None
