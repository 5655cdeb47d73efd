"""Jobs: enqueued in the caller's transaction, worked at least once. The one import of pgqueuer.

A job's payload is a row's id and nothing else: jobs are kept and logged in tables of their own, where nothing personal
may stand. A handler looks at its row first and does nothing when the work is done, so that twice is once.
Correctness is carried by the rows and their sweepers, not by the queue.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from pgqueuer import PgQueuer, Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import DriverConnection, driver_connection
from domain.job import JobName

log = structlog.get_logger()

RETRY_DELAYS: Final = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600))
HEARTBEAT: Final = timedelta(minutes=5)


Handler = Callable[[UUID], Awaitable[None]]


async def enqueue(session: AsyncSession, *, job: JobName, row_id: UUID) -> None:
    """Enqueue a job about a row, once while one is waiting; it exists when the caller's transaction commits."""
    await session.flush()
    queries = Queries(AsyncpgDriver(await driver_connection(session)))
    await queries.enqueue(job.value, row_id.bytes, dedupe_key=f"{job.value}:{row_id}", on_conflict="skip")


class Worker:
    """Works jobs over a connection of its own until it is stopped."""

    def __init__(
        self, *, connect: Callable[[], Awaitable[DriverConnection]], handlers: Mapping[JobName, Handler]
    ) -> None:
        self._connect = connect
        self._handlers = handlers
        self._stopping = asyncio.Event()
        self._queuer: PgQueuer | None = None

    async def run(self) -> None:
        """Work until `stop`; a lost connection is opened again, after a pause that grows to 10 seconds."""
        pause = 0.2
        while not self._stopping.is_set():
            try:
                connection = await self._connect()
                try:
                    pause = 0.2
                    await self._work(connection)
                finally:
                    with suppress(Exception):
                        await connection.close(timeout=2)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever broke, jobs must go on
                log.warning("worker_restarts", error_kind=type(error).__name__)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
                pause = min(pause * 2, 10.0)

    def stop(self) -> None:
        """Take no further job; those in hand are finished."""
        self._stopping.set()
        if self._queuer is not None:
            self._queuer.shutdown.set()

    async def _work(self, connection: DriverConnection) -> None:
        queuer = PgQueuer.from_asyncpg_connection(connection)
        for name, handler in self._handlers.items():
            queuer.entrypoint(name.value, on_failure="hold")(_entrypoint(name, handler))
        self._queuer = queuer
        if self._stopping.is_set():
            return
        await queuer.qm.run(
            dequeue_timeout=timedelta(seconds=5),
            heartbeat_timeout=HEARTBEAT,
            shutdown_on_listener_failure=True,
        )


def _entrypoint(name: JobName, handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def work(job: Job) -> None:
        """Hand the row over; a failure is tried again later, and held for a person after the last try."""
        try:
            await handler(UUID(bytes=job.payload))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the job is tried again or held
            # pgqueuer keeps the traceback of what is raised: the cause, whose text may be personal, is left behind
            log.warning("job_failed", job=name.value, attempt=job.attempts, error_kind=type(error).__name__)
            if job.attempts < len(RETRY_DELAYS):
                raise RetryRequested(delay=RETRY_DELAYS[job.attempts], reason=type(error).__name__) from None
            raise RuntimeError(type(error).__name__) from None

    return work
