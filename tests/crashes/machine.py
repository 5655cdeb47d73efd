"""A service and its database that can be killed apart from each other, and come back."""

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from domain import migration
from domain.database import Address
from domain.embedded_server import EmbeddedServer
from tests.serve.running import Service, serving


@dataclass(kw_only=True)
class Machine:
    """What runs. since: when it was last ready, by the monotonic clock; works: a request has succeeded since then."""

    folder: Path
    database: ExitStack = field(default_factory=ExitStack)
    service: ExitStack = field(default_factory=ExitStack)
    address: Address | None = None
    running: Service | None = None
    since: float = 0.0
    works: asyncio.Event = field(default_factory=asyncio.Event)
    first_successes: list[float] = field(default_factory=list)

    @property
    def url(self) -> str | None:
        """Give where the service is, or None while it is down."""
        return None if self.running is None else self.running.url

    async def start(self) -> None:
        """Start both."""
        await asyncio.to_thread(self._start_database)
        await asyncio.to_thread(self._start_service)
        self._ready()

    async def crash_service(self) -> None:
        """Kill every process of the service at once, and start it anew."""
        assert self.running is not None
        killed, self.running = self.running, None
        await asyncio.to_thread(killed.kill_all)
        self.service.close()
        await asyncio.to_thread(self._start_service)
        self._ready()

    async def crash_database(self) -> None:
        """Stop the database as a power cut would, and start it anew beside the service that goes on."""
        await asyncio.to_thread(self._server().kill)
        self.database.close()
        await asyncio.to_thread(self._start_database)
        self._ready()

    def succeeded(self) -> None:
        """Note that a request succeeded."""
        if not self.works.is_set():
            self.first_successes.append(time.monotonic() - self.since)
            self.works.set()

    def _ready(self) -> None:
        self.since = time.monotonic()
        self.works.clear()

    def _server(self) -> EmbeddedServer:
        return EmbeddedServer(self.folder / "database")

    def _start_database(self) -> None:
        self.address = self.database.enter_context(self._server().owned())
        migration.upgrade(database_url=self.address.dsn())

    def _start_service(self) -> None:
        assert self.address is not None
        extra = {"ATTUNE_DATABASE_URL": self.address.dsn()}
        self.running = self.service.enter_context(serving(self.folder / "service", extra=extra))


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """Have a machine for a while, and leave no process of it behind, also when we are told to end."""
    made = Machine(folder=folder)
    before = signal.signal(signal.SIGTERM, _unwind)
    try:
        yield made
    finally:
        signal.signal(signal.SIGTERM, before)
        with made.database, made.service:
            pass


def _unwind(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)
