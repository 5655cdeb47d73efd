"""Logs: one JSON object a line, and only keys of an allow-list, so that nothing personal slips in."""

import logging
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds", "error_kind", "where",
        "job", "attempt", "count", "kind", "worker", "logger", "revision", "reason",
    }
)  # fmt: skip


def keep_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every key that is not allowed, and say how many went."""
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    if len(kept) < len(event):
        kept["count"] = len(event) - len(kept)
    return kept


class _Quiet(logging.Handler):
    """Pass what libraries log on as its kind only: their words may hold what was sent."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "none"
        structlog.get_logger().warning("library_log", logger=record.name, error_kind=kind)


def configure() -> None:
    """Write our logs to standard error; of libraries only warnings and worse, and only that they were there."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Quiet()], force=True)
