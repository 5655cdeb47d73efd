"""Count attempts at doors, before they are opened: what was counted stays counted, however the attempt ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.database import Database
from domain.throttle import service as throttle
from domain.throttle.service import Limit, RateLimited

SIGN_IN_BY_ADDRESS: Final = Limit(name="sign_in.address", attempts=10, window=timedelta(minutes=15))
SIGN_IN_BY_NETWORK: Final = Limit(name="sign_in.network", attempts=100, window=timedelta(minutes=15))
REGISTRATION_BY_ADDRESS: Final = Limit(name="registration.address", attempts=5, window=timedelta(hours=1))
REGISTRATION_BY_NETWORK: Final = Limit(name="registration.network", attempts=20, window=timedelta(hours=1))
ONE_TIME_CODE: Final = Limit(name="one_time_code", attempts=10, window=timedelta(minutes=15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of somebody or something at a door with a limit."""

    limit: Limit
    of: str


async def count(database: Database, *, attempts: Sequence[Attempt], factor: float, now: datetime) -> None:
    """Count attempts in a transaction of their own. factor: multiplies every limit. Raises RateLimited."""
    refusal: RateLimited | None = None
    async with database.transaction() as session:
        for attempt in attempts:
            try:
                await throttle.spend(session, limit=attempt.limit.scaled(factor), of=attempt.of, now=now)
            except RateLimited as error:
                refusal = error
    if refusal is not None:
        raise refusal
