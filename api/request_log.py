"""The outermost layer of every request: its id, its log line, its metrics, and an answer when all else broke.

A log line names the route as declared, never the address that was asked, and nothing that was sent.
"""

import re
import time
from typing import Final

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import broken
from api.told_path import told
from domain.ids import uuid7

log = structlog.get_logger()
REQUEST_ID: Final = re.compile(rb"^[A-Za-z0-9_-]{8,64}$")
REQUESTS: Final = Counter("attune_requests_total", "Requests answered", ("method", "route", "status"))
SECONDS: Final = Histogram(
    "attune_request_seconds",
    "Time to the last byte of the answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestLog:
    """ASGI middleware; no BaseHTTPMiddleware, which abandons running queries when a client goes away."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and see to its id, headers, log line and metrics."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode() if REQUEST_ID.match(given) else str(uuid7())
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last stop
            response = broken(Request(scope), error)
            if status == 0:
                await response(scope, receive, answer)
        finally:
            self._record(scope, status=status, seconds=time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")

    @staticmethod
    def _record(scope: Scope, *, status: int, seconds: float) -> None:
        route = _declared(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        REQUESTS.labels(method, route, str(status)).inc()
        SECONDS.labels(method, route).observe(seconds)
        log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))


def _declared(scope: Scope) -> str:
    """Give the path with its parameters' names in place of their values: an id in a log tells who met whom."""
    if "route" not in scope:
        return "unmatched"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(segment, segment) for segment in told(scope["path"]).split("/"))
