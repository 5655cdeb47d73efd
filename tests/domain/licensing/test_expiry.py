from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.licensing import expiry, expiry_service
from domain.notices.message import NoticeKind
from domain.notices.tables import Notice
from tests.build import therapists

LAST = date(2027, 6, 30)


@pytest.mark.parametrize(
    ("left", "told", "due"),
    [
        (91, None, None),
        (90, None, 90),
        (89, 90, None),
        (31, 90, None),
        (30, 90, 30),
        (29, None, 30),  # the monitor stood still: one letter, the nearest
        (7, 30, 7),
        (0, 7, None),
        (0, None, 7),
        (-1, None, None),
    ],
)
def test_each_threshold_is_told_once_and_a_missed_one_made_good(left: int, told: int | None, due: int | None) -> None:
    assert expiry.due(last_day=LAST, today=LAST - timedelta(days=left), told=told) == due


async def letters(session: AsyncSession, parts: Parts, *, left: int) -> int:
    """Sweep so many days before the last day, at noon UTC, and count all letters that wait."""
    at = datetime.combine(LAST - timedelta(days=left), datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)
    await expiry_service.sweep(session, vault=parts.vault, now=at)
    counted = select(func.count()).where(Notice.kind == NoticeKind.LICENSES_CHANGED)
    return await session.scalar(counted) or 0


async def test_a_therapist_gets_three_letters_in_all(session: AsyncSession, parts: Parts) -> None:
    await therapists.license_of(session, therapist_id=await therapists.profile(session), expires_on=LAST)
    before = await letters(session, parts, left=120)

    counts = [await letters(session, parts, left=left) - before for left in (91, 90, 60, 30, 30, 8, 7, 1, 0)]

    assert counts == [0, 1, 1, 2, 2, 2, 3, 3, 3]


async def test_who_has_renewed_already_gets_none(session: AsyncSession, parts: Parts) -> None:
    therapist_id = await therapists.profile(session)
    await therapists.license_of(session, therapist_id=therapist_id, expires_on=LAST)
    await therapists.license_of(session, therapist_id=therapist_id, expires_on=date(2029, 6, 30))
    before = await letters(session, parts, left=120)

    assert await letters(session, parts, left=30) == before
