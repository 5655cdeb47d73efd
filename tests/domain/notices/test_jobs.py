from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.database import Database
from domain.ids import NoticeId, uuid7
from domain.notices import jobs, service
from domain.notices.file_mailer import FileMailer
from domain.notices.message import Letter, Mailer, Message, NoticeKind
from domain.notices.tables import Notice

MESSAGE = Message(subject="Hello", text="A canary sings: 4f1c.\n", token=None)


@dataclass(slots=True)
class BrokenMailer:
    """A mailer whose server is away."""

    asked: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> None:
        self.asked.append(letter)
        raise OSError("no route to host")


async def posted(session: AsyncSession, parts: Parts, *, now: datetime) -> NoticeId:
    notice_id = await service.post(
        session, kind=NoticeKind.VERIFICATION, to="ada@example.org", message=MESSAGE, vault=parts.vault, now=now
    )
    await session.commit()
    return notice_id


async def deliver(notice_id: NoticeId, *, database: Database, parts: Parts, mailer: Mailer) -> None:
    await jobs.deliver(notice_id, database=database, vault=parts.vault, mailer=mailer, clock=parts.clock)


async def waiting_jobs(session: AsyncSession, notice_id: NoticeId) -> int:
    found = await session.execute(text("SELECT count(*) FROM pgqueuer WHERE payload = :row"), {"row": notice_id.bytes})
    return int(found.scalar_one())


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_posted_notice_is_sealed_and_enqueued(session: AsyncSession, parts: Parts, now: datetime) -> None:
    notice_id = await posted(session, parts, now=now)

    notice = await session.get_one(Notice, notice_id)
    assert notice.message_sealed is not None
    assert b"canary" not in notice.message_sealed
    assert b"ada@example.org" not in notice.message_sealed
    assert await waiting_jobs(session, notice_id) == 1


async def test_a_notice_of_a_transaction_that_fails_is_none(session: AsyncSession, parts: Parts, now: datetime) -> None:
    notice_id = await service.post(
        session, kind=NoticeKind.VERIFICATION, to="ada@example.org", message=MESSAGE, vault=parts.vault, now=now
    )

    await session.rollback()

    assert await session.get(Notice, notice_id) is None
    assert await waiting_jobs(session, notice_id) == 0


async def test_what_was_sent_is_forgotten(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime, tmp_path: Path
) -> None:
    notice_id = await posted(session, parts, now=now)

    await deliver(
        notice_id, database=test_database, parts=parts, mailer=FileMailer(folder=tmp_path, sender="a@b.example")
    )

    session.expire_all()
    notice = await session.get_one(Notice, notice_id)
    assert notice.sent_at is not None
    assert notice.message_sealed is None
    assert files_in(tmp_path) == [f"{notice_id}.eml"]


async def test_a_notice_is_sent_once(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime, tmp_path: Path
) -> None:
    notice_id = await posted(session, parts, now=now)
    await deliver(
        notice_id, database=test_database, parts=parts, mailer=FileMailer(folder=tmp_path, sender="a@b.example")
    )
    broken = BrokenMailer()

    await deliver(notice_id, database=test_database, parts=parts, mailer=broken)

    assert broken.asked == []


async def test_a_letter_that_did_not_go_waits(
    session: AsyncSession, test_database: Database, parts: Parts, now: datetime
) -> None:
    notice_id = await posted(session, parts, now=now)

    with pytest.raises(OSError, match="no route"):
        await deliver(notice_id, database=test_database, parts=parts, mailer=BrokenMailer())

    session.expire_all()
    assert (await session.get_one(Notice, notice_id)).sent_at is None


async def test_a_notice_that_is_not_there_is_nothing_to_do(test_database: Database, parts: Parts) -> None:
    broken = BrokenMailer()

    await deliver(NoticeId(uuid7()), database=test_database, parts=parts, mailer=broken)

    assert broken.asked == []


@pytest.mark.parametrize(
    ("age", "enqueued"),
    [
        (timedelta(minutes=1), False),
        (timedelta(minutes=3), True),
        (timedelta(hours=47), True),
        (timedelta(hours=49), False),
    ],
)
async def test_the_sweep_finds_what_the_queue_lost(
    session: AsyncSession, parts: Parts, now: datetime, age: timedelta, *, enqueued: bool
) -> None:
    notice_id = await posted(session, parts, now=now - age)
    await session.execute(text("DELETE FROM pgqueuer WHERE payload = :row"), {"row": notice_id.bytes})

    await jobs.sweep(session, now=now)

    assert await waiting_jobs(session, notice_id) == int(enqueued)


async def test_the_sweep_leaves_one_job_for_a_notice_that_has_one(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    notice_id = await posted(session, parts, now=now - timedelta(minutes=5))

    await jobs.sweep(session, now=now)
    await jobs.sweep(session, now=now)

    assert await waiting_jobs(session, notice_id) == 1


async def test_what_could_not_be_sent_for_two_days_is_forgotten_whole(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    old = await posted(session, parts, now=now - timedelta(days=2))
    waiting = await posted(session, parts, now=now - timedelta(days=2) + timedelta(seconds=1))

    count = await jobs.give_up(session, now=now)

    assert count == 1
    assert await session.get(Notice, old, populate_existing=True) is None
    assert await session.get(Notice, waiting, populate_existing=True) is not None
