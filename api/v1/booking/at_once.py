"""Answer a hold or a booking in two statements, where nothing stands in the way."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import asyncpg
from fastapi import Response

from api.idempotency import answered, answered_before
from api.quick_call import QuickCall
from api.wire import View
from domain.booking import at_once_service, consequences
from domain.booking.at_once_service import Asked, Ready, Taken
from domain.booking.consequences import Consequence
from domain.booking.refusals import SlotTaken
from domain.booking.tables import Booking
from domain.database import DriverConnection
from domain.insertion import Insertion
from domain.replay import service as replay
from domain.replay.service import Kept, Reply

CREATED: Final = 201
LOOKS: Final = 2  # who loses a race looks once more, at what the winner left
Look = Callable[[DriverConnection, Asked], Awaitable[Ready | Kept | Taken | None]]


async def answer(
    quick: QuickCall,
    look: Look,
    *,
    view: Callable[[Ready], View],
    headers: Callable[[Booking], Mapping[str, str]],
    after: Sequence[Consequence],
) -> Response | None:
    """Look, write and answer; None where the careful path is to be taken, and nothing was written.

    Raises SlotTaken. view: what is answered, made before the row is written. after: what follows from a booking.
    """
    asked = Asked(claims=quick.claims, request=quick.request)
    async with quick.parts.database.direct.connection() as connection:
        for _ in range(LOOKS):
            seen = await look(connection, asked)
            match seen:
                case None:
                    return None
                case Kept():
                    return _again(quick, seen)
                case Taken():
                    await _refuse(connection, seen)
                    return None
                case Ready():
                    body = view(seen).model_dump_json()
                    along = (*consequences.rows(seen.booked, after=after), *_reply(quick, body))
                    if await _take(connection, seen, quick.request, along=along):
                        return answered(body, status=CREATED, headers=headers(seen.booking))
    return None


async def _take(
    connection: DriverConnection, ready: Ready, request: replay.Request | None, *, along: Sequence[Insertion]
) -> bool:
    try:
        return await at_once_service.take(connection, ready=ready, request=request, along=along)
    except asyncpg.IntegrityConstraintViolationError:
        return False  # a rule of the database stands against it; the careful path knows which


async def _refuse(connection: DriverConnection, taken: Taken) -> None:
    """Say that somebody else has the time, with what can be held instead; nothing where too little is near."""
    alternatives = await at_once_service.instead(connection, taken=taken)
    if alternatives is not None:
        raise SlotTaken(alternatives=alternatives)


def _again(quick: QuickCall, kept: Kept) -> Response | None:
    if quick.request is None:
        return None
    return answered_before(replay.reply_of(request=quick.request, kept=kept, vault=quick.parts.vault))


def _reply(quick: QuickCall, body: str) -> tuple[Insertion, ...]:
    if quick.request is None:
        return ()
    reply = Reply(status=CREATED, body=body)
    return (replay.insertion(request=quick.request, reply=reply, vault=quick.parts.vault, now=quick.now),)
