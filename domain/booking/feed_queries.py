"""Calendar feeds, and the sessions they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.access.actor import Role
from domain.accounts.tables import Account
from domain.availability.tables import ScheduleRow
from domain.booking.queries import OF_CLIENT
from domain.booking.states import Status
from domain.booking.tables import Booking, CalendarFeed
from domain.ids import AccountId, BookingId, ClientId, FeedId, TherapistId

SHOWN: Final = (Status.CONFIRMED, Status.COMPLETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOwner:
    """Whose calendar a feed is. zone: a therapist's is that of the schedule, where there is one."""

    account_id: AccountId
    role: Role
    zone: str


async def lock_account(session: AsyncSession, *, account_id: AccountId) -> None:
    """Queue up behind whoever else changes this account's feeds."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


async def live_feeds(session: AsyncSession, *, account_id: AccountId) -> Sequence[CalendarFeed]:
    """Load an account's feeds that have not ended, the oldest first."""
    found = await session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.account_id == account_id, CalendarFeed.ended_at.is_(None))
        .order_by(CalendarFeed.created_at, CalendarFeed.id)
    )
    return found.all()


async def end(session: AsyncSession, *, feed_id: FeedId, account_id: AccountId, now: datetime) -> bool:
    """End an account's feed; False when it has none of that id that lives."""
    ended = await session.scalar(
        update(CalendarFeed)
        .where(CalendarFeed.id == feed_id, CalendarFeed.account_id == account_id, CalendarFeed.ended_at.is_(None))
        .values(ended_at=now)
        .returning(CalendarFeed.id)
        .execution_options(synchronize_session=False)
    )
    return ended is not None


async def owner(session: AsyncSession, *, token_digest: bytes) -> FeedOwner | None:
    """Tell whose live feed has this secret."""
    row = (
        await session.execute(
            select(Account.id, Account.role, func.coalesce(ScheduleRow.zone, Account.time_zone))
            .join(CalendarFeed, CalendarFeed.account_id == Account.id)
            .outerjoin(ScheduleRow, ScheduleRow.therapist_id == Account.id)
            .where(CalendarFeed.token_digest == token_digest, CalendarFeed.ended_at.is_(None))
        )
    ).one_or_none()
    return None if row is None else FeedOwner(account_id=row[0], role=row[1], zone=row[2])


FeedRow = tuple[BookingId, Range[datetime], int, datetime]


async def sessions_of_client(session: AsyncSession, *, client_id: ClientId, starts_from: datetime) -> Sequence[FeedRow]:
    """Load id, time, version and last change of a client's sessions that take place or took place."""
    statement: Select[*FeedRow] = select(Booking.id, Booking.during, Booking.version, Booking.updated_at).where(
        Booking.client_id == client_id,
        Booking.kind.in_(OF_CLIENT),
        Booking.status.in_(SHOWN),
        func.lower(Booking.during) >= starts_from,
    )
    return [(*row,) for row in await session.execute(statement)]


async def sessions_of_therapist(
    session: AsyncSession, *, therapist_id: TherapistId, starts_from: datetime
) -> Sequence[FeedRow]:
    """Load the same of a therapist; a group is one session however many have a seat in it, and none while none has."""
    group = aliased(Booking)
    statement = (
        select(
            func.coalesce(group.id, Booking.id),
            Booking.during,
            func.coalesce(group.version, Booking.version),
            func.coalesce(group.updated_at, Booking.updated_at),
        )
        .distinct()
        .outerjoin(group, group.id == Booking.group_id)
        .where(
            Booking.therapist_id == therapist_id,
            Booking.kind.in_(OF_CLIENT),
            Booking.status.in_(SHOWN),
            func.lower(Booking.during) >= starts_from,
        )
    )
    return [(*row,) for row in await session.execute(statement)]
