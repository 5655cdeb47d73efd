"""A request that is worked in single statements where it can be, and else carefully, in a transaction.

The token's signature is checked here; whether its sign-in lives is asked in the first statement of either way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from fastapi.security.utils import get_authorization_scheme_param

from api.dependencies import Call, parts
from api.idempotency import Key, Once, keyed
from api.parts import Parts
from domain.accounts import service as accounts
from domain.accounts import tokens
from domain.accounts.tokens import Claims
from domain.replay import service as replay

# What the framework's scheme would say in the contract, where it is not asked for.
SIGNED_IN: Final[dict[str, object]] = {"security": [{"HTTPBearer": []}]}
SIGNED_IN_OR_NOT: Final[dict[str, object]] = {"security": [{"HTTPBearer": []}, {}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickCall:
    """A request by whoever holds a genuine token. now: aware, UTC, the same throughout the request."""

    parts: Parts
    claims: Claims
    request: replay.Request | None
    now: datetime

    async def carefully(self, work: Callable[[Call, Once], Awaitable[Response]]) -> Response:
        """Work in a transaction, which is committed before the answer is given. Raises NotAuthenticated."""
        async with self.parts.database.write.begin() as session:
            actor = await accounts.actor_of_claims(session, claims=self.claims, now=self.now)
            call = Call(session=session, now=self.now, parts=self.parts, actor=actor)
            return await work(call, Once(call=call, request=self.request))


def _token(request: Request) -> str | None:
    """Give the bearer token of a request, as the framework's own scheme would."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    return token if scheme.lower() == "bearer" and token else None


async def _quick(request: Request, key: Key = None) -> QuickCall:
    process = await parts(request)  # asked for by hand: every dependency takes its time
    now = process.clock.now()
    claims = tokens.read(_token(request), signing_key=process.signing_key, now=now)
    keyed_request = await keyed(request, key=key, account_id=claims.account_id)
    return QuickCall(parts=process, claims=claims, request=keyed_request, now=now)


Quick = Annotated[QuickCall, Depends(_quick, scope="function")]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickVisit:
    """A reading by anybody, who may hold a genuine token. claims: None for a stranger."""

    parts: Parts
    claims: Claims | None
    now: datetime


async def _quick_visit(request: Request) -> QuickVisit:
    """Take who names nobody for a stranger; whoever tries to sign in and fails is refused, not shown less."""
    process = await parts(request)
    now = process.clock.now()
    if "Authorization" not in request.headers:
        return QuickVisit(parts=process, claims=None, now=now)
    claims = tokens.read(_token(request), signing_key=process.signing_key, now=now)
    return QuickVisit(parts=process, claims=claims, now=now)


QuickLook = Annotated[QuickVisit, Depends(_quick_visit, scope="function")]
