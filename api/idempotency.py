"""`Idempotency-Key`: a repeat of a request that succeeded is answered as the first was.

The reply is written in the transaction of its effect. Without the header the work is simply done.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response

from api.dependencies import Call, Writing
from api.wire import View
from domain.ids import AccountId
from domain.replay import service as replay

ABOUT_KEY: Final = (
    "Any text of yours for this one request: a repeat under it is answered as the first was, and does nothing more. "
    "Kept for 48 hours."
)
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255, description=ABOUT_KEY)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Does a request's work once for each key."""

    call: Call
    request: replay.Request | None

    async def __call__(
        self,
        work: Callable[[], Awaitable[View]],
        *,
        status: int,
        headers: Callable[[View], Mapping[str, str]] = lambda _view: {},
    ) -> Response:
        """Work, or answer what was answered before. headers: made from the view, for a fresh answer only."""
        if self.request is not None:
            before = await replay.stored(self.call.session, request=self.request, vault=self.call.parts.vault)
            if before is not None:
                return answered_before(before)
        view = await work()
        body = view.model_dump_json()
        if self.request is not None:
            replay.store(
                self.call.session,
                request=self.request,
                reply=replay.Reply(status=status, body=body),
                vault=self.call.parts.vault,
                now=self.call.now,
            )
        return answered(body, status=status, headers=headers(view))


def answered(body: str, *, status: int, headers: Mapping[str, str]) -> Response:
    """Answer with JSON that is written already."""
    return Response(body, status_code=status, media_type="application/json", headers=dict(headers))


def answered_before(reply: replay.Reply) -> Response:
    """Answer as the first request was."""
    return answered(reply.body, status=reply.status, headers={"Idempotent-Replayed": "true"})


async def keyed(request: Request, *, key: str | None, account_id: AccountId) -> replay.Request | None:
    """Say what stands for a request under its key; None without one."""
    if key is None:
        return None
    body = await request.body()
    try:
        canonical = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):  # no body, or one that will be refused: its bytes tell it apart well enough
        canonical = body
    digest = hashlib.sha256(b"\x00".join((request.method.encode(), request.url.path.encode(), canonical))).digest()
    return replay.Request(account_id=account_id, key=key, digest=digest)


async def _once(request: Request, call: Writing, key: Key = None) -> Once:
    return Once(call=call, request=await keyed(request, key=key, account_id=call.actor.account_id))


OnceOnly = Annotated[Once, Depends(_once, scope="function")]
