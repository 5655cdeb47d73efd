"""JSON read strictly: what PostgreSQL or arithmetic could not hold is refused here, as a 4xx.

Refused: null bytes, lone surrogates, NaN and infinities, nesting beyond 200, anything but UTF-8. The stock parser
takes all of them, and each became a 500 somewhere behind it.
"""

from collections.abc import Callable, Coroutine
from json import JSONDecodeError
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic_core import from_json

NULL_IN_ADDRESS: Final = "The address holds a null character."


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> object:
        """Parse the body. Raises JSONDecodeError, which the framework takes, without the body in it."""
        try:
            value: object = from_json(await self.body(), allow_inf_nan=False, cache_strings="keys")
        except ValueError:
            raise JSONDecodeError("The body is not JSON that can be read.", "", 0) from None
        if holds_null_byte(value):
            raise JSONDecodeError("The body holds a null character.", "", 0)
        return value


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
    """A route whose requests are strict; a null byte in the path or query is refused too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """Wrap the stock handler."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
                raise RequestValidationError([{"type": "null_byte", "loc": ("path",), "msg": NULL_IN_ADDRESS}])
            return await handler(StrictRequest(request.scope, request.receive))

        return strict
