"""A transaction that PostgreSQL gave up for another's sake is tried again from the start, a few times.

Two transactions that wait for each other (40P01), or that can't both be as if alone (40001), are no fault of the one
who asks, and nothing of theirs was written. The whole request is worked again: its body is kept, its transaction, its
idempotency key and its time are new. Nothing has been answered yet, since an answer is sent after the commit.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from prometheus_client import Counter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRIES: Final = 5
PAUSE_SECONDS_MAX: Final = 0.02  # doubled with each try, and drawn, so that the two do not meet again
STATES: Final = frozenset({"40001", "40P01"})
LEFT: Final = "attune.tries_left"
TRIED_AGAIN: Final = Counter("attune_transactions_tried_again_total", "Transactions worked again after a deadlock")


class TryAgain(Exception):
    """The transaction was given up by PostgreSQL, and there are tries left."""


def require_another(request: Request, *, sqlstate: str) -> None:
    """Raise TryAgain where the state says that a second try may do, and one is left."""
    if sqlstate in STATES and request.scope.get(LEFT, 0) > 0:
        raise TryAgain


def trying_again(app: ASGIApp) -> ASGIApp:
    """Wrap the application of one route."""

    async def tried(scope: Scope, receive: Receive, send: Send) -> None:
        kept = _Kept(receive)
        for left in range(TRIES - 1, -1, -1):
            again = {**scope, LEFT: left}
            try:
                await app(again, kept.from_the_start(), send)
            except TryAgain:
                TRIED_AGAIN.inc()
                await asyncio.sleep(PAUSE_SECONDS_MAX * 2 ** (TRIES - 1 - left) * secrets.randbelow(1000) / 1000)
            else:
                return

    return tried


class _Kept:
    """Keeps what has been received, so that it can be received again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []

    def from_the_start(self) -> Callable[[], Awaitable[Message]]:
        given = 0

        async def receive() -> Message:
            nonlocal given
            if given == len(self._messages):
                self._messages.append(await self._receive())
            given += 1
            return self._messages[given - 1]

        return receive
