"""Therapists as the public sees them: in four statements, five with privileges, however many there are.

Only listed ones are found. One who is no longer listed is still shown to who already sees them: `known` says so.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import service as availability
from domain.concepts import vocabulary
from domain.directory import public, public_queries
from domain.directory.listing import ListingStatus
from domain.directory.public import PublicProfile, PublicTherapist, Sought
from domain.ids import TherapistId
from domain.licensing import jurisdictions
from domain.licensing import permission_queries as licensing
from domain.therapists.service import TherapistNotFound


async def therapist(session: AsyncSession, *, therapist_id: TherapistId, known: bool, now: datetime) -> PublicTherapist:
    """Show a therapist. known: whether the caller sees them even unlisted. Raises TherapistNotFound."""
    profile = await _visible(session, therapist_id=therapist_id, known=known, now=now)
    (shown,) = await _with_offer(session, [profile], now=now)
    return shown


async def therapists(
    session: AsyncSession, *, sought: Sought, after: TherapistId | None, limit: int, now: datetime
) -> Sequence[PublicTherapist]:
    """List listed therapists by id who answer to all that is sought. after: the id of the last one seen.

    Raises SoughtUnknown.
    """
    public.check(sought, vocabulary=vocabulary.load())
    found = await public_queries.listed(session, sought=sought, after=after, limit=limit, now=now)
    return await _with_offer(session, found, now=now)


async def practice_jurisdictions(
    session: AsyncSession, *, therapist_id: TherapistId, on: date | None, known: bool, now: datetime
) -> Sequence[str]:
    """Tell where practice may be booked for a day of each jurisdiction's calendar, sorted; None is today in UTC.

    known: whether the caller sees them even unlisted. Raises TherapistNotFound.
    """
    await _visible(session, therapist_id=therapist_id, known=known, now=now)
    held = await licensing.why(session, therapist_id=therapist_id)
    return jurisdictions.practicable_on(held, on=on or _day(now), asked_at=now)


async def _visible(session: AsyncSession, *, therapist_id: TherapistId, known: bool, now: datetime) -> PublicProfile:
    profile = await public_queries.one(session, therapist_id=therapist_id, now=now)
    if profile is None or not (known or profile.status is ListingStatus.LISTED):
        raise TherapistNotFound
    return profile


async def _with_offer(
    session: AsyncSession, profiles: Sequence[PublicProfile], *, now: datetime
) -> Sequence[PublicTherapist]:
    """Add what can be booked and where; one who is not listed any more may have no schedule."""
    ids = tuple(profile.therapist_id for profile in profiles)
    schedules = await availability.schedules_of(session, therapist_ids=ids)
    held = await licensing.credentials(session, therapist_ids=ids)
    return [
        PublicTherapist(
            profile=profile,
            session_types=schedules[profile.therapist_id].session_types if profile.therapist_id in schedules else (),
            practice_jurisdictions=jurisdictions.practicable_on(held[profile.therapist_id], on=_day(now), asked_at=now),
            supervised_by=jurisdictions.supervisors(held[profile.therapist_id], at=now),
        )
        for profile in profiles
    ]


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
