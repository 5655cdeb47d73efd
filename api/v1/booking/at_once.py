"""Answer a hold or a booking in two statements, where nothing stands in the way."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import asyncpg
from fastapi import Response

from api.idempotency import answered, answered_before
from api.quick_call import QuickCall
from api.wire import View
from domain.booking import at_once_service, consequences
from domain.booking.at_once_service import Asked, Ready
from domain.booking.consequences import Consequence
from domain.booking.tables import Booking
from domain.database import DriverConnection
from domain.insertion import Insertion
from domain.replay import service as replay
from domain.replay.service import Kept, Reply

CREATED = 201
Look = Callable[[DriverConnection, Asked], Awaitable[Ready | Kept | None]]


async def answer(
    quick: QuickCall,
    look: Look,
    *,
    view: Callable[[Ready], View],
    headers: Callable[[Booking], Mapping[str, str]],
    after: Sequence[Consequence],
) -> Response | None:
    """Look, write and answer; None where the careful path is to be taken, and nothing was written.

    view: what is answered, made before the row is written. after: what follows from a booking.
    """
    asked = Asked(claims=quick.claims, request=quick.request)
    async with quick.parts.database.direct.connection() as connection:
        seen = await look(connection, asked)
        if seen is None:
            return None
        if isinstance(seen, Kept):
            return _again(quick, seen)
        body = view(seen).model_dump_json()
        along = (*consequences.rows(seen.booked, after=after), *_reply(quick, body))
        try:
            taken = await at_once_service.take(connection, ready=seen, request=quick.request, along=along)
        except asyncpg.IntegrityConstraintViolationError:
            return None  # a rule of the database stands against it; the careful path knows which
    return answered(body, status=CREATED, headers=headers(seen.booking)) if taken else None


def _again(quick: QuickCall, kept: Kept) -> Response | None:
    if quick.request is None:
        return None
    return answered_before(replay.reply_of(request=quick.request, kept=kept, vault=quick.parts.vault))


def _reply(quick: QuickCall, body: str) -> tuple[Insertion, ...]:
    if quick.request is None:
        return ()
    reply = Reply(status=CREATED, body=body)
    return (replay.insertion(request=quick.request, reply=reply, vault=quick.parts.vault, now=quick.now),)
