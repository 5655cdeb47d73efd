"""Calendar feeds: an address that is its own key, for a calendar that can't sign in; it tells times, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.accounts import tokens
from domain.audit import service as audit
from domain.booking import feed, feed_queries
from domain.booking.feed import FeedSession
from domain.booking.feed_queries import FeedOwner, FeedRow
from domain.booking.tables import CalendarFeed
from domain.errors import Conflict, NotFound
from domain.ids import ClientId, FeedId, TherapistId, uuid7

FEEDS_MAX: Final = 10
SHOWN_BACK: Final = timedelta(days=90)


class FeedNotFound(NotFound):
    """No live feed has this id or this secret; the caller can't tell whether one ever did."""

    def __init__(self) -> None:
        super().__init__("There is no such calendar; make one with POST /v1/calendar-feeds.")


class TooManyFeeds(Conflict):
    """The account has as many feeds as one may have. feed_ids: all of them, the oldest first."""

    def __init__(self, *, feed_ids: tuple[FeedId, ...]) -> None:
        super().__init__(f"You have {len(feed_ids)} calendar feeds already; end one, and then make another.")
        self.feed_ids = feed_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed just made. token: its secret, told this once and stored nowhere."""

    feed_id: FeedId
    token: str = field(repr=False)


async def create(session: AsyncSession, *, by: Actor, now: datetime) -> NewFeed:
    """Make a feed of the actor's sessions. Raises WrongRole, TooManyFeeds."""
    policy.require(by, Action.FEED_WRITE)
    await feed_queries.lock_account(session, account_id=by.account_id)
    live = await feed_queries.live_feeds(session, account_id=by.account_id)
    if len(live) >= FEEDS_MAX:
        raise TooManyFeeds(feed_ids=tuple(each.id for each in live))
    made = NewFeed(feed_id=FeedId(uuid7()), token=tokens.opaque())
    session.add(
        CalendarFeed(
            id=made.feed_id,
            account_id=by.account_id,
            token_digest=tokens.digest(made.token),
            created_at=now,
            ended_at=None,
        )
    )
    audit.record(
        session, by=by, action=Action.FEED_WRITE, subject_kind="calendar_feed", subject_id=made.feed_id, now=now
    )
    return made


async def feeds(session: AsyncSession, *, by: Actor) -> Sequence[CalendarFeed]:
    """List the actor's live feeds, the oldest first. Raises WrongRole."""
    policy.require(by, Action.FEED_READ)
    return await feed_queries.live_feeds(session, account_id=by.account_id)


async def end(session: AsyncSession, *, feed_id: FeedId, by: Actor, now: datetime) -> None:
    """End a feed of the actor's; its address opens nothing from the commit on. Raises WrongRole, FeedNotFound."""
    policy.require(by, Action.FEED_WRITE)
    if not await feed_queries.end(session, feed_id=feed_id, account_id=by.account_id, now=now):
        raise FeedNotFound
    audit.record(session, by=by, action=Action.FEED_WRITE, subject_kind="calendar_feed", subject_id=feed_id, now=now)


async def calendar(session: AsyncSession, *, token: str, now: datetime) -> bytes | None:
    """Write the calendar that a secret opens; None where it opens none."""
    owner = await feed_queries.owner(session, token_digest=tokens.digest(token))
    if owner is None:
        return None
    shown = await _sessions(session, owner=owner, starts_from=now - SHOWN_BACK)
    return feed.calendar([_shown(each) for each in shown], zone=owner.zone, now=now)


async def _sessions(session: AsyncSession, *, owner: FeedOwner, starts_from: datetime) -> Sequence[FeedRow]:
    """Load what a calendar shows. It is bounded by how far ahead can be booked, and by the length of a day."""
    if owner.role is Role.THERAPIST:
        return await feed_queries.sessions_of_therapist(
            session, therapist_id=TherapistId(owner.account_id), starts_from=starts_from
        )
    return await feed_queries.sessions_of_client(session, client_id=ClientId(owner.account_id), starts_from=starts_from)


def _shown(found: FeedRow) -> FeedSession:
    booking_id, during, version, changed_at = found
    if during.lower is None or during.upper is None:
        raise ValueError("the database refuses unbounded sessions")
    return FeedSession(
        id=booking_id, starts_at=during.lower, ends_at=during.upper, version=version, changed_at=changed_at
    )
