"""What works beside the requests: jobs as they come, and sweeps every half minute.

A composition root: it makes its own connections, vault and mailer from the settings. Sweeps carry what a queue can't
promise (a job lost, a row past its time); each runs in one process at a time.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.accounts import registration_service as registrations
from domain.availability import calendars_service
from domain.booking import attendance_service, closing_service, expiry_service, waitlist_service, watch_service
from domain.booking import jobs as booking
from domain.clock import Clock
from domain.database import Address, Database, DriverConnection, address_of, connect, server_settings
from domain.job import JobName
from domain.licensing import expiry_service as license_expiry_service
from domain.notices import jobs as notices
from domain.notices.configured_mailer import mailer_of
from domain.notices.message import Mailer
from domain.queue import Handler, Worker
from domain.replay import service as replay
from domain.settings import Settings
from domain.throttle import service as throttle
from domain.vault.cipher import vault_of

log = structlog.get_logger()
SWEEP_EVERY_SECONDS: Final = 30.0
SWEEP_LOCK: Final = 0x7377_6565_7000


class Sweep(Protocol):
    """Tidies rows that are past their time, and gives how many those were."""

    async def __call__(self, session: AsyncSession, *, now: datetime) -> int:
        """Work in the caller's transaction."""


# Each has a lock of its own, by its place here.
SWEEPS: Final[tuple[tuple[str, Sweep], ...]] = (
    ("notices", notices.sweep),
    ("notices_given_up", notices.give_up),
    ("stored_replies", replay.forget_old),
    ("counters", throttle.forget_old),
    ("registrations", registrations.forget_old),
    ("waits_past", waitlist_service.end_past),
    ("licenses_lost", closing_service.sweep),
    ("sessions_without_a_word", attendance_service.complete_unattended),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Jobs and sweeps of one process."""

    database: Database
    worker: Worker
    sweeps: tuple[tuple[str, Sweep], ...]
    clock: Clock
    stopping: asyncio.Event

    async def run(self) -> None:
        """Work until `stop`, then finish what is in hand."""
        try:
            await asyncio.gather(self.worker.run(), self._sweep_for_ever())
        finally:
            await self.database.close()

    def stop(self) -> None:
        """Take nothing new."""
        self.stopping.set()
        self.worker.stop()

    async def sweep(self) -> None:
        """Run every sweep once; one that fails leaves the others alone."""
        for number, (name, sweep) in enumerate(self.sweeps):
            try:
                async with self.database.transaction() as session:
                    if await session.scalar(select(func.pg_try_advisory_xact_lock(SWEEP_LOCK + number))):
                        count = await sweep(session, now=self.clock.now())
                        if count:
                            log.info("swept", kind=name, count=count)
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("sweep_failed", kind=name, error_kind=type(error).__name__)

    async def _sweep_for_ever(self) -> None:
        while not self.stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), SWEEP_EVERY_SECONDS)
            if not self.stopping.is_set():
                await self.sweep()


def mailer_as_set(settings: Settings) -> Mailer:
    """Make the mailer the settings name; nothing connects yet. Raises ValueError, without the URL."""
    mail_url = settings.mail_url.get_secret_value() if settings.mail_url is not None else None
    return mailer_of(mail_url, data_dir=settings.data_dir, sender=settings.mail_sender)


def create(settings: Settings) -> Working:
    """Make the worker of one process; nothing connects yet. Raises ValueError for URLs and keys that are none."""
    if settings.database_url is None:
        raise ValueError("no database URL")
    address = address_of(settings.database_url.get_secret_value())
    clock = Clock(offset_seconds=settings.clock_offset_seconds)
    vault = vault_of(settings.vault_key.get_secret_value())
    database = connect(
        address, role=settings.database_role, pool_size=3, clock_offset_seconds=settings.clock_offset_seconds
    )
    mailer = mailer_as_set(settings)

    async def deliver(notice_id: UUID) -> None:
        await notices.deliver(notice_id, database=database, vault=vault, mailer=mailer, clock=clock)

    handlers: dict[JobName, Handler] = {
        JobName.NOTICE_DELIVER: deliver,
        JobName.WAITLIST_OFFER: partial(booking.offer_waiting, database=database, vault=vault, clock=clock),
        JobName.PRACTICE_REVIEW: partial(booking.review_practice, database=database, vault=vault, clock=clock),
        JobName.PERMISSIONS_REWRITE: partial(booking.bring_in_line, database=database, vault=vault, clock=clock),
        JobName.BOOKING_CONFIRMED: partial(booking.tell_of_booking, database=database, vault=vault, clock=clock),
    }

    return Working(
        database=database,
        worker=Worker(connect=partial(_listen, address, settings), handlers=handlers),
        sweeps=(
            *SWEEPS,
            ("holds_run_out", partial(expiry_service.sweep, vault=vault)),
            ("licenses_ending", partial(license_expiry_service.sweep, vault=vault)),
            ("licenses_watched", partial(watch_service.sweep, database=database, vault=vault)),
            ("busy_calendars", partial(calendars_service.sweep, vault=vault)),
        ),
        clock=clock,
        stopping=asyncio.Event(),
    )


async def _listen(address: Address, settings: Settings) -> DriverConnection:
    """Open the connection jobs are listened for and taken over; it may stay idle."""
    return await asyncpg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        database=address.database,
        ssl=address.sslmode,
        timeout=5,
        server_settings=server_settings(
            role=None if address.user == settings.database_role else settings.database_role,
            clock_offset_seconds=settings.clock_offset_seconds,
        ),
    )
