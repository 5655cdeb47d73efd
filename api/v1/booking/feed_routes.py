"""Calendar feeds: one's sessions in one's own calendar, by an address that is its own key."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import pagination, rate_limit
from api.dependencies import ProcessParts, Reading, Writing
from api.idempotency import OnceOnly
from api.network_address import NetworkAddress
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.wire import Instant, Page, View
from domain.booking import feed_service
from domain.booking.feed_service import FeedNotFound
from domain.booking.tables import CalendarFeed
from domain.ids import FeedId

router = APIRouter(prefix="/calendar-feeds", tags=["booking"], route_class=StrictRoute)
LIST = "calendar_feeds"
MEDIA_TYPE = "text/calendar"


class NewFeedView(View):
    """A feed just made."""

    id: UUID
    url: str = Field(description="opens the calendar without signing in: whoever has it sees the times; told only now")


class FeedView(View):
    """A feed that lives. Its address was told when it was made."""

    id: UUID
    created_at: Instant

    @classmethod
    def of(cls, feed: CalendarFeed) -> Self:
        """Present a feed to its owner."""
        return cls(id=feed.id, created_at=feed.created_at)


@router.post("", status_code=201, response_model=NewFeedView)
async def create_calendar_feed(request: Request, call: Writing, once: OnceOnly) -> Response:
    """Make an address at which a calendar can read when your sessions are, and nothing else about them."""

    async def work() -> NewFeedView:
        made = await feed_service.create(call.session, by=call.actor, now=call.now)
        return NewFeedView(
            id=made.feed_id, url=str(request.base_url.replace(path=f"{request.url.path}/{made.token}.ics"))
        )

    return await once(work, status=201)


@router.get("")
async def list_calendar_feeds(
    call: Reading, limit: Limit = pagination.LIMIT_DEFAULT, cursor: Cursor = None
) -> Page[FeedView]:
    """List your calendar feeds, the oldest first; at most ten live at a time."""
    page, next_cursor = pagination.page_of(
        await feed_service.feeds(call.session, by=call.actor),
        cursor=cursor,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda feed: str(feed.id),
    )
    return Page(data=[FeedView.of(each) for each in page], next_cursor=next_cursor)


@router.delete("/{feed_id}", status_code=204)
async def delete_calendar_feed(feed_id: UUID, call: Writing) -> Response:
    """End a feed; its address opens nothing any more."""
    await feed_service.end(call.session, feed_id=FeedId(feed_id), by=call.actor, now=call.now)
    return Response(status_code=204)


@router.get(
    "/{token}.ics",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "The calendar, RFC 5545"}},
)
async def read_calendar_feed(token: str, process: ProcessParts, caller: NetworkAddress) -> Response:
    """Read the calendar: the sessions of the last 90 days and all that are ahead, as times and nothing else."""
    now = process.clock.now()
    async with process.database.read() as session:
        calendar = await feed_service.calendar(session, token=token, now=now)
    if calendar is None:
        await rate_limit.count_unknown_feed(process, caller)
        raise FeedNotFound
    return Response(
        calendar,
        media_type=MEDIA_TYPE,  # the framework adds the charset
        headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )
