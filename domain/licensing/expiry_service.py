"""Tell therapists in time that a license of theirs ends, unless a later one of theirs covers the place."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.accounts import queries as accounts
from domain.ids import AccountId, uuid7_of
from domain.licensing import expiry, expiry_queries, permission_queries, places
from domain.notices import service as notices
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.vault.cipher import Vault

TOLD_AT_ONCE: Final = 100
FIRST: Final = timedelta(days=max(expiry.THRESHOLDS) + 1)  # a day more, since days begin earlier in the east


async def sweep(session: AsyncSession, *, vault: Vault, now: datetime) -> int:
    """Write to the next therapists whose licenses end, and give how many letters those were."""
    letters = 0
    for row in await expiry_queries.ending(session, until=now.date() + FIRST, limit=TOLD_AT_ONCE, now=now):
        threshold = expiry.due(
            last_day=permission_queries.credential(row).last_day,
            today=places.today(row.jurisdiction, now=now),
            told=row.expiry_told_days,
        )
        if threshold is None:
            continue
        row.expiry_told_days = threshold
        account = await accounts.by_id(session, account_id=AccountId(row.therapist_id))
        if account is None or await expiry_queries.goes_on(session, row=row):
            continue
        posted = await notices.post_once(
            session,
            about=uuid7_of(row.id, label=f"{row.expires_on}:{threshold}"),
            whom=account.id,
            kind=NoticeKind.LICENSES_CHANGED,
            to=account.email,
            message=wording.licenses_changed(),
            vault=vault,
            now=now,
        )
        letters += posted
    return letters
