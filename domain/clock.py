"""The one place the service reads the clock. Edges read it and pass `now` in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The machine's time plus a configured offset, by which expiry and deadlines can be tried from outside."""

    offset_seconds: float = 0.0

    def now(self) -> datetime:
        """Give the current instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds)
