"""How much a request may bring: counted as it is read, and told by its length before anything is.

The framework's own limiter answers in plain text, so that a client would meet a refusal that is no problem document.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES_MAX: Final = 256 * 1024
TOO_LARGE: Final = 413


class BodyLimit:
    """ASGI middleware that lets no more than 256 KiB of a body in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; reading beyond the limit raises the refusal where the body is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        declared = int(length) if length.isdecimal() and len(length) < 20 else JSON_BYTES_MAX + 1  # noqa: PLR2004 - more digits than any length has
        read = 0

        async def counted() -> Message:
            nonlocal read
            if declared > JSON_BYTES_MAX:
                raise HTTPException(TOO_LARGE)
            message = await receive()
            read += len(message.get("body", b""))
            if read > JSON_BYTES_MAX:
                raise HTTPException(TOO_LARGE)
            return message

        await self._app(scope, counted, send)
