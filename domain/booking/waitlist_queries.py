"""Those who wait, loaded and moved on.

Who waits for a therapist is found by one indexed look (`waitlist_entry_therapist_ids_idx`). That a time is offered is
nowhere written but in a live hold with the entry's id.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, ColumnElement, Uuid, exists, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, WeeklyHours
from domain.booking.queries import is_live
from domain.booking.states import Status, WaitlistStatus
from domain.booking.tables import Booking, WaitlistEntry, WaitlistTime
from domain.booking.waiting import Entry, LiveOffer, Wait
from domain.database import among, stored_enum
from domain.ids import ClientId, TherapistId, WaitlistEntryId

WAITING_MAX: Final = 20  # entries of one client

# written into the statement, as the indexes of those who wait are only theirs
_waits: Final = WaitlistEntry.status == literal(
    WaitlistStatus.WAITING, stored_enum(WaitlistStatus), literal_execute=True
)
_is_offered: Final = exists().where(
    Booking.waitlist_entry_id == WaitlistEntry.id, Booking.status == Status.HELD, is_live()
)


async def add(session: AsyncSession, *, entry: Entry) -> None:
    """Write a new entry with its times."""
    wait = entry.wait
    await session.execute(
        insert(WaitlistEntry).values(
            id=entry.entry_id,
            client_id=entry.client_id,
            therapist_ids=list(wait.therapist_ids),
            match_id=wait.match_id,
            session_type=wait.session_type,
            session_formats=[each.value for each in wait.session_formats],
            jurisdiction=wait.jurisdiction,
            zone=wait.zone,
            until_at=wait.until,
            status=entry.status,
            ended_at=None,
            version=1,
            created_at=entry.created_at,
            updated_at=entry.created_at,
        )
    )
    times = [
        {
            "entry_id": entry.entry_id,
            "position": position,
            "weekday": each.weekday,
            "start_at": each.start,
            "end_at": each.end,
        }
        for position, each in enumerate(wait.times)
    ]
    if times:
        await session.execute(insert(WaitlistTime), times)


async def count_waiting(session: AsyncSession, *, client_id: ClientId, now: datetime) -> int:
    """Count a client's entries that wait."""
    count = await session.scalar(
        select(func.count()).where(WaitlistEntry.client_id == client_id, _waits, WaitlistEntry.until_at > now)
    )
    return count or 0


async def own(session: AsyncSession, *, entry_id: WaitlistEntryId, client_id: ClientId) -> Entry | None:
    """Give a client's entry whatever became of it; None for anybody else's."""
    rows = await session.scalars(
        select(WaitlistEntry)
        .where(WaitlistEntry.id == entry_id, WaitlistEntry.client_id == client_id)
        .execution_options(populate_existing=True)
    )
    return next(iter(await _entries(session, rows.all())), None)


async def of_client(
    session: AsyncSession, *, client_id: ClientId, after: tuple[datetime, WaitlistEntryId] | None, limit: int
) -> Sequence[Entry]:
    """Give a client's entries, the oldest first. after: when the last one seen was made, and its id."""
    statement = select(WaitlistEntry).where(WaitlistEntry.client_id == client_id)
    if after is not None:
        statement = statement.where(tuple_(WaitlistEntry.created_at, WaitlistEntry.id) > tuple_(*after))
    rows = await session.scalars(
        statement.order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return await _entries(session, rows.all())


async def waiting_for(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    after: tuple[datetime, WaitlistEntryId] | None,
    limit: int,
    now: datetime,
) -> Sequence[Entry]:
    """Give those who wait for a therapist and are offered nothing now, the first come first.

    after: when the last one seen was made, and its id. One statement where nobody waits.
    """
    statement = select(WaitlistEntry).where(
        _is_for(therapist_id),
        _waits,
        WaitlistEntry.until_at > now,
        ~_is_offered,
    )
    if after is not None:
        statement = statement.where(tuple_(WaitlistEntry.created_at, WaitlistEntry.id) > tuple_(*after))
    rows = await session.scalars(
        statement.order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return await _entries(session, rows.all())


async def lock_unoffered(session: AsyncSession, *, entry_id: WaitlistEntryId) -> bool:
    """Lock an entry until the transaction ends, and say whether it still waits and is offered nothing."""
    locked = await session.scalar(
        select(WaitlistEntry.id).where(WaitlistEntry.id == entry_id, _waits).with_for_update(key_share=True)
    )
    if locked is None:
        return False
    # asked anew behind the lock: who had it before may have offered something
    free = await session.scalar(select(~_is_offered).where(WaitlistEntry.id == entry_id))
    return bool(free)


async def offered_times(
    session: AsyncSession, *, entry_id: WaitlistEntryId, therapist_id: TherapistId
) -> Sequence[Interval]:
    """Give the bare sessions with a therapist that an entry was offered, whatever became of the offers."""
    found = await session.execute(
        select(func.lower(Booking.during), func.upper(Booking.during)).where(
            Booking.waitlist_entry_id == entry_id, Booking.therapist_id == therapist_id
        )
    )
    return [Interval(starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in found]


async def settle(session: AsyncSession, *, entry_id: WaitlistEntryId, status: WaitlistStatus, now: datetime) -> bool:
    """Let an entry that waits be booked or ended; False when it does not wait any more."""
    settled = await session.scalar(
        _settled(status, now=now).where(WaitlistEntry.id == entry_id).returning(WaitlistEntry.id)
    )
    return settled is not None


async def end_past(session: AsyncSession, *, limit: int, now: datetime) -> int:
    """End entries whose time is over, the oldest first, and give how many those were."""
    past = (
        select(WaitlistEntry.id)
        .where(_waits, WaitlistEntry.until_at <= now)
        .order_by(WaitlistEntry.until_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    ended = await session.scalars(
        _settled(WaitlistStatus.ENDED, now=now).where(WaitlistEntry.id.in_(past)).returning(WaitlistEntry.id)
    )
    return len(ended.all())


async def end_for_one_alone(session: AsyncSession, *, therapist_id: TherapistId, now: datetime) -> int:
    """End the entries of those who wait for this therapist and nobody else, and give how many those were."""
    ended = await session.scalars(
        _settled(WaitlistStatus.ENDED, now=now)
        .where(_is_for(therapist_id), func.cardinality(WaitlistEntry.therapist_ids) == 1)
        .returning(WaitlistEntry.id)
    )
    return len(ended.all())


async def is_awaited(session: AsyncSession, *, therapist_id: TherapistId) -> bool:
    """Say whether anybody waits for a therapist."""
    found = await session.scalar(select(exists().where(_is_for(therapist_id), _waits)))
    return bool(found)


def _is_for(therapist_id: TherapistId) -> ColumnElement[bool]:
    return WaitlistEntry.therapist_ids.bool_op("@>")(literal([therapist_id], ARRAY(Uuid)))


def _settled(status: WaitlistStatus, *, now: datetime) -> Update:
    return (
        update(WaitlistEntry)
        .where(_waits)
        .values(status=status, ended_at=now, version=WaitlistEntry.version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )


async def _entries(session: AsyncSession, rows: Sequence[WaitlistEntry]) -> Sequence[Entry]:
    """Put entries together with their times and live offers, in two statements, or none where there are no entries."""
    if not rows:
        return ()
    ids = [row.id for row in rows]
    times = await _times(session, entry_ids=ids)
    offers = await _live_offers(session, entry_ids=ids)
    return [
        Entry(
            entry_id=row.id,
            client_id=row.client_id,
            wait=Wait(
                therapist_ids=tuple(row.therapist_ids),
                match_id=row.match_id,
                session_type=row.session_type,
                session_formats=tuple(SessionFormat(each) for each in row.session_formats),
                jurisdiction=row.jurisdiction,
                times=tuple(times.get(row.id, ())),
                zone=row.zone,
                until=row.until_at,
            ),
            status=row.status,
            created_at=row.created_at,
            offered=offers.get(row.id),
        )
        for row in rows
    ]


async def _times(
    session: AsyncSession, *, entry_ids: Collection[WaitlistEntryId]
) -> Mapping[WaitlistEntryId, Sequence[WeeklyHours]]:
    found: dict[WaitlistEntryId, list[WeeklyHours]] = {}
    rows = await session.execute(
        select(WaitlistTime.entry_id, WaitlistTime.weekday, WaitlistTime.start_at, WaitlistTime.end_at)
        .where(among(WaitlistTime.entry_id, entry_ids))
        .order_by(WaitlistTime.entry_id, WaitlistTime.position)
    )
    for entry_id, weekday, start, end in rows:
        found.setdefault(entry_id, []).append(WeeklyHours(weekday=weekday, start=start, end=end))
    return found


async def _live_offers(
    session: AsyncSession, *, entry_ids: Collection[WaitlistEntryId]
) -> Mapping[WaitlistEntryId, LiveOffer]:
    rows = await session.scalars(
        select(Booking)
        .where(Booking.waitlist_entry_id.in_(entry_ids), Booking.status == Status.HELD, is_live())
        .execution_options(populate_existing=True)
    )
    return {
        row.waitlist_entry_id: LiveOffer(
            hold_id=row.id,
            therapist_id=row.therapist_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            expires_at=row.expires_at,
        )
        for row in rows
        if row.waitlist_entry_id is not None and row.expires_at is not None
    }
