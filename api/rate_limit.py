"""How often what keeps the processor busy may be asked for: by a network without an account, or by a therapist.

Attempts are counted in a short transaction of their own. Whether one can be counted never decides whether help comes:
while the database is away or slow, whoever writes that they want to die is read and answered uncounted.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from fastapi import Depends
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import ProcessParts
from api.network_address import NetworkAddress
from api.parts import Parts
from domain.access.actor import Actor
from domain.accounts import attempts_service
from domain.accounts.attempts_service import Attempt
from domain.throttle.service import Limit

log = structlog.get_logger()
READING_BY_NETWORK: Final = Limit(name="reading.network", attempts=60, window=timedelta(minutes=1))
UNKNOWN_FEED_BY_NETWORK: Final = Limit(name="unknown_feed.network", attempts=30, window=timedelta(minutes=15))
CALENDARS_BY_ACCOUNT: Final = Limit(name="busy_calendar.account", attempts=120, window=timedelta(hours=1))
PATIENCE_SECONDS: Final = 2.0


async def _count_reading(process: ProcessParts, caller: NetworkAddress) -> None:
    attempt = Attempt(limit=READING_BY_NETWORK, of=caller)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await attempts_service.count(
                process.database,
                attempts=(attempt,),
                factor=process.settings.rate_limit_factor,
                now=process.clock.now(),
            )
    except (SQLAlchemyError, OSError, TimeoutError) as error:  # help first: it goes on uncounted
        log.warning("reading_uncounted", error_kind=type(error).__name__)


async def count_unknown_feed(process: Parts, caller: str) -> None:
    """Count that a network asked for a calendar that is none; those that are stay open. Raises RateLimited."""
    await attempts_service.count(
        process.database,
        attempts=(Attempt(limit=UNKNOWN_FEED_BY_NETWORK, of=caller),),
        factor=process.settings.rate_limit_factor,
        now=process.clock.now(),
    )


async def count_calendar(process: Parts, *, by: Actor, now: datetime) -> None:
    """Count a calendar that somebody sends. Raises RateLimited."""
    await attempts_service.count(
        process.database,
        attempts=(Attempt(limit=CALENDARS_BY_ACCOUNT, of=str(by.account_id)),),
        factor=process.settings.rate_limit_factor,
        now=now,
    )


ReadingLimit: Final = Depends(_count_reading)
