"""Let the monitor look at whose credentials are due, and end in the same transaction what that makes unlawful."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking import lapse_service
from domain.database import Database
from domain.ids import TherapistId
from domain.licensing import monitor_queries, monitor_service
from domain.vault.cipher import Vault

log = structlog.get_logger()
LOOKED_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a round came to. failed: who could not be looked at; suspended_of: who lost something."""

    looked_at: int = 0
    suspended: int = 0
    to_review: int = 0
    cancelled: int = 0
    suspended_of: tuple[TherapistId, ...] = ()
    failed: tuple[TherapistId, ...] = ()


async def watch(database: Database, *, vault: Vault, now: datetime, up_to: int | None = None) -> Watched:
    """Look at whose credentials are due, those first that were not for the longest. up_to: therapists; None for all.

    Each has a transaction of their own. Who can't be looked at is passed over: their last good look grows old.
    """
    watched = Watched()
    seen = 0
    while up_to is None or seen < up_to:
        limit = LOOKED_AT_ONCE if up_to is None else min(LOOKED_AT_ONCE, up_to - seen)
        async with database.read() as session:
            due = await monitor_queries.due(session, passing_over=watched.failed, limit=limit, now=now)
        if not due:
            break
        for therapist_id in due:
            after = await _one(database, watched, therapist_id=therapist_id, vault=vault, now=now)
            if after is None:
                return watched
            watched = after
        seen += len(due)
    return watched


async def sweep(
    session: AsyncSession,  # noqa: ARG001 - it holds the sweep's lock; each therapist has a transaction of their own
    *,
    database: Database,
    vault: Vault,
    now: datetime,
) -> int:
    """Look at the next that are due, and give how many credentials were looked at."""
    watched = await watch(database, vault=vault, now=now, up_to=LOOKED_AT_ONCE)
    return watched.looked_at


async def _one(
    database: Database, watched: Watched, *, therapist_id: TherapistId, vault: Vault, now: datetime
) -> Watched | None:
    """Look at one therapist and add that up; None while a register is imported: its end makes everybody due."""
    try:
        async with database.transaction() as session:
            if not await monitor_queries.may_look(session):
                return None
            looked = await monitor_service.look(session, therapist_id=therapist_id, vault=vault, now=now)
            cancelled = await lapse_service.end(session, therapist_id=therapist_id, vault=vault, now=now)
    except Exception as error:  # noqa: BLE001 - the others are looked at all the same, and this one again
        log.warning("license_look_failed", therapist_id=str(therapist_id), error_kind=type(error).__name__)
        return replace(watched, failed=(*watched.failed, therapist_id))
    return replace(
        watched,
        looked_at=watched.looked_at + looked.looked_at,
        suspended=watched.suspended + looked.suspended,
        to_review=watched.to_review + looked.to_review,
        cancelled=watched.cancelled + cancelled,
        suspended_of=(*watched.suspended_of, therapist_id) if looked.suspended else watched.suspended_of,
    )
