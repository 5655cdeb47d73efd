"""What a route asks for: a `Call`, which is the transaction, who calls, and the time.

Dependencies are coroutines also where they wait for nothing: the framework sends a plain function to a thread.
A write session commits when the route's function has returned and before the answer is sent (scope="function"): with
the framework's default the client would have its 201 before the commit, and keep it when the commit fails.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Actor
from domain.accounts import service as accounts

BEARER = HTTPBearer(auto_error=False, description="The access token of POST /v1/sessions")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCall:
    """A request by anybody. now: aware, UTC, the same throughout the request."""

    session: AsyncSession
    now: datetime
    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(PublicCall):
    """A request by a signed-in account."""

    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(PublicCall):
    """A request by anybody, who may be signed in. actor: None for a stranger."""

    actor: Actor | None


# For the contract of routes that take a Visit: signing in is possible there, and not needed.
SIGN_IN_OPTIONAL: Final[dict[str, object]] = {"security": [{}]}


async def parts(request: Request) -> Parts:
    """Give the parts of this process."""
    return cast("Parts", request.app.state.parts)


ProcessParts = Annotated[Parts, Depends(parts)]


async def _write_session(process: ProcessParts) -> AsyncIterator[AsyncSession]:
    async with process.database.write.begin() as session:
        yield session


async def _read_session(process: ProcessParts) -> AsyncIterator[AsyncSession]:
    async with process.database.read() as session:
        yield session


WriteSession = Annotated[AsyncSession, Depends(_write_session, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(_read_session, scope="function")]


async def _public_reading(session: ReadSession, process: ProcessParts) -> PublicCall:
    return PublicCall(session=session, now=process.clock.now(), parts=process)


async def _public_writing(session: WriteSession, process: ProcessParts) -> PublicCall:
    return PublicCall(session=session, now=process.clock.now(), parts=process)


async def _call(session: AsyncSession, process: Parts, bearer: HTTPAuthorizationCredentials | None) -> Call:
    now = process.clock.now()
    token = bearer.credentials if bearer is not None else None
    actor = await accounts.actor_of(session, access_token=token, signing_key=process.signing_key, now=now)
    return Call(session=session, now=now, parts=process, actor=actor)


async def _reading(session: ReadSession, process: ProcessParts, bearer: Bearer) -> Call:
    return await _call(session, process, bearer)


async def _visit(
    request: Request, session: AsyncSession, process: Parts, bearer: HTTPAuthorizationCredentials | None
) -> Visit:
    """Take who names nobody for a stranger; whoever tries to sign in and fails is refused, not shown less."""
    if bearer is None and "Authorization" not in request.headers:
        return Visit(session=session, now=process.clock.now(), parts=process, actor=None)
    call = await _call(session, process, bearer)
    return Visit(session=session, now=call.now, parts=process, actor=call.actor)


async def _maybe_reading(request: Request, session: ReadSession, process: ProcessParts, bearer: Bearer) -> Visit:
    return await _visit(request, session, process, bearer)


async def _writing(session: WriteSession, process: ProcessParts, bearer: Bearer) -> Call:
    return await _call(session, process, bearer)


PublicReading = Annotated[PublicCall, Depends(_public_reading, scope="function")]
PublicWriting = Annotated[PublicCall, Depends(_public_writing, scope="function")]
MaybeReading = Annotated[Visit, Depends(_maybe_reading, scope="function")]
Reading = Annotated[Call, Depends(_reading, scope="function")]
Writing = Annotated[Call, Depends(_writing, scope="function")]
