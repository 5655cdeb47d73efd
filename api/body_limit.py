"""How much a request may bring: counted as it is read, and told by its length before anything is.

The framework's own limiter answers in plain text, so that a client would meet a refusal that is no problem document.
"""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES_MAX: Final = 256 * 1024
LARGE_BYTES_MAX: Final = 2 * 1024 * 1024
TOO_LARGE: Final = 413

CALENDAR_TYPE: Final = "text/calendar"
# What may be larger than JSON: by method, path and content type.
LARGE: Final = (("PUT", re.compile(r"/v1/therapists/me/busy-calendars/[^/]+"), CALENDAR_TYPE),)


def bytes_max(scope: Scope) -> int:
    """Give how many bytes the body of a request may have."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    is_large = any(
        scope.get("method") == method and kind == content_type and path.fullmatch(scope.get("path", ""))
        for method, path, content_type in LARGE
    )
    return LARGE_BYTES_MAX if is_large else JSON_BYTES_MAX


class BodyLimit:
    """ASGI middleware that lets no more of a body in than its kind may have: 256 KiB of JSON, 2 MiB of a calendar."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; reading beyond the limit raises the refusal where the body is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = bytes_max(scope)
        length = Headers(scope=scope).get("content-length", "0")
        declared = int(length) if length.isdecimal() and len(length) < 20 else most + 1  # noqa: PLR2004 - more digits than any length has
        read = 0

        async def counted() -> Message:
            nonlocal read
            if declared > most:
                raise HTTPException(TOO_LARGE)
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(TOO_LARGE)
            return message

        await self._app(scope, counted, send)
