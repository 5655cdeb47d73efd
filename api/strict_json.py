"""JSON read strictly: what PostgreSQL or arithmetic could not hold is refused here, as a 4xx.

Refused: null bytes, lone surrogates, NaN and infinities, nesting beyond 200, anything but UTF-8. The stock parser
takes all of them, and each became a 500 somewhere behind it. Refused too: more values than anybody means to send, since
each may be a flaw to name, and a list of 100,000 wrong ones held every other request up for seconds.
"""

from collections.abc import Callable, Collection, Coroutine
from json import JSONDecodeError
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.types import Receive, Scope, Send

from api.second_try import trying_again

NULL_IN_ADDRESS: Final = "The address holds a null character."
VALUES_MOST: Final = 5_000


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> object:
        """Parse the body. Raises JSONDecodeError, which the framework takes, without the body in it."""
        try:
            value: object = from_json(await self.body(), allow_inf_nan=False, cache_strings="keys")
        except ValueError:
            raise JSONDecodeError("The body is not JSON that can be read.", "", 0) from None
        if more_values_than(VALUES_MOST, value):
            raise JSONDecodeError("The body holds too many values.", "", 0)
        if holds_null_byte(value):
            raise JSONDecodeError("The body holds a null character.", "", 0)
        return value


def more_values_than(most: int, value: object) -> bool:
    """Say whether lists and objects within hold more than so many values altogether."""
    pending = [value]
    count = 0
    while pending and count <= most:
        item = pending.pop()
        held: Collection[object] = ()
        if isinstance(item, dict):
            held = item.values()
        elif isinstance(item, list):
            held = item
        count += len(held)
        if count <= most:
            pending.extend(held)
    return count > most


def holds_null_byte(value: object) -> bool:
    """Say whether any string or key within holds U+0000. Nesting is bounded by the parser."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if "\x00" in item:
                return True
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
    return False


class StrictRoute(APIRoute):
    """A route whose requests are strict; a null byte in the path or query is refused too.

    A transaction that PostgreSQL gave up is tried again.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work the request, and again where PostgreSQL gave its transaction up."""
        await trying_again(super().handle)(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """Wrap the stock handler."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
                raise RequestValidationError([{"type": "null_byte", "loc": ("path",), "msg": NULL_IN_ADDRESS}])
            return await handler(StrictRequest(request.scope, request.receive))

        return strict
