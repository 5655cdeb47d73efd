"""Open and close time beside the weekly hours. What is held or booked stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import exceptions, exceptions_queries, queries
from domain.availability.exceptions import AHEAD_MAX, NewException
from domain.availability.schedule import ExceptionKind
from domain.availability.service import ProfileNeeded
from domain.availability.tables import ExceptionRow
from domain.errors import Conflict, NotFound
from domain.ids import ExceptionId, uuid7
from domain.job import JobName
from domain.vault.cipher import Place, Vault


class ExceptionNotFound(NotFound):
    """There is no such exception of this therapist."""

    def __init__(self) -> None:
        super().__init__("There is no such exception of yours.")


class TooManyExceptions(Conflict):
    """The therapist has as many exceptions ahead as one may have."""

    def __init__(self) -> None:
        super().__init__(f"You have {AHEAD_MAX} exceptions ahead; take some back, and then add others.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredException:
    """An exception as its therapist sees it. Instants are aware UTC."""

    exception_id: ExceptionId
    kind: ExceptionKind
    starts_at: datetime
    ends_at: datetime
    note: str | None


async def add(
    session: AsyncSession, *, exception: NewException, vault: Vault, by: Actor, now: datetime
) -> StoredException:
    """Open or close a stretch of one's own time.

    Raises WrongRole, ExceptionImpossible, ProfileNeeded, TooManyExceptions.
    """
    policy.require(by, Action.EXCEPTION_WRITE)
    exceptions.check(exception, now=now)
    if not await queries.lock(session, therapist_id=by.therapist_id):
        raise ProfileNeeded
    if await exceptions_queries.ahead(session, therapist_id=by.therapist_id, now=now) >= AHEAD_MAX:
        raise TooManyExceptions
    exception_id = ExceptionId(uuid7())
    sealed = None if exception.note is None else vault.seal(exception.note, place=_place(exception_id))
    during = exception.during()
    await session.execute(
        insert(ExceptionRow).values(
            id=exception_id,
            therapist_id=by.therapist_id,
            kind=exception.kind,
            during=Range(during.starts_at, during.ends_at, bounds="[)"),
            note_sealed=sealed,
            created_at=now,
        )
    )
    _record(session, exception_id=exception_id, by=by, now=now)
    if exception.kind is ExceptionKind.OPEN:
        await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=by.therapist_id)
    return StoredException(
        exception_id=exception_id,
        kind=exception.kind,
        starts_at=exception.starts_at,
        ends_at=exception.ends_at,
        note=exception.note,
    )


async def take_back(session: AsyncSession, *, exception_id: ExceptionId, by: Actor, now: datetime) -> None:
    """Let the weekly hours say again what an exception of one's own said. Raises WrongRole, ExceptionNotFound."""
    policy.require(by, Action.EXCEPTION_WRITE)
    gone = await session.scalar(
        delete(ExceptionRow)
        .where(ExceptionRow.id == exception_id, ExceptionRow.therapist_id == by.therapist_id)
        .returning(ExceptionRow.kind)
    )
    if gone is None:
        raise ExceptionNotFound
    _record(session, exception_id=exception_id, by=by, now=now)
    if gone is ExceptionKind.CLOSED:
        await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=by.therapist_id)


async def own(
    session: AsyncSession,
    *,
    ends_after: datetime | None,
    starts_before: datetime | None,
    after: tuple[datetime, ExceptionId] | None,
    limit: int,
    vault: Vault,
    by: Actor,
) -> Sequence[StoredException]:
    """Give one's own exceptions that reach into a stretch of time, by start, then id. Raises WrongRole."""
    policy.require(by, Action.SCHEDULE_READ_OWN)
    rows = await exceptions_queries.by_start(
        session,
        therapist_id=by.therapist_id,
        ends_after=ends_after,
        starts_before=starts_before,
        after=after,
        limit=limit,
    )
    return [_stored(row, vault=vault) for row in rows]


def _stored(row: ExceptionRow, *, vault: Vault) -> StoredException:
    starts_at, ends_at = row.during.lower, row.during.upper
    if starts_at is None or ends_at is None:
        raise ValueError("the database refuses unbounded exceptions")
    note = None if row.note_sealed is None else vault.open(row.note_sealed, place=_place(row.id))
    return StoredException(exception_id=row.id, kind=row.kind, starts_at=starts_at, ends_at=ends_at, note=note)


def _place(exception_id: ExceptionId) -> Place:
    return Place(table="schedule_exception", row=exception_id, column="note_sealed")


def _record(session: AsyncSession, *, exception_id: ExceptionId, by: Actor, now: datetime) -> None:
    audit.record(
        session,
        by=by,
        action=Action.EXCEPTION_WRITE,
        subject_kind="schedule_exception",
        subject_id=exception_id,
        now=now,
    )
