"""Offer times, many therapists' at once.

The number of statements does not grow with the number of therapists. Nothing is written here, and nothing is promised:
an offer is what was free when it was looked at, and the database decides who gets it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import service as availability
from domain.availability.interval import Interval
from domain.availability.schedule import HORIZON_DAYS
from domain.booking import caseload, offer, offers_queries
from domain.booking.caseload import Standing
from domain.booking.offer import Offer, Practice
from domain.directory import service as directory
from domain.directory.service import ListedTherapist
from domain.errors import Flaw, Invalid
from domain.ids import BookingId, ClientId, TherapistId
from domain.licensing import jurisdictions
from domain.licensing import service as licensing
from domain.licensing.licenses import License
from domain.licensing.places import Window
from domain.therapists.service import TherapistNotFound

FARTHEST: Final = timedelta(days=HORIZON_DAYS.stop)


class SessionTypeUnknown(Invalid):
    """The therapist has no session type of this code."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/session_type", detail="This therapist has no session type of this code."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who looks for what. session_type: None for any individual one. place: None for any a license covers."""

    session_type: str | None
    place: str | None
    client_id: ClientId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was loaded: the practices, their licenses, and the client's own bare sessions."""

    practices: Mapping[TherapistId, Practice]
    licenses: Mapping[TherapistId, tuple[License, ...]]
    own: Sequence[Interval]


async def free(
    session: AsyncSession,
    *,
    therapist_ids: Collection[TherapistId],
    session_type: str | None,
    window: Interval,
    place: str | None,
    client_id: ClientId | None,
    now: datetime,
) -> Mapping[TherapistId, tuple[Offer, ...]]:
    """Give what the client can hold with each listed therapist who would take them on, starting within the window.

    session_type: None for any individual one. place: None for any that a verified license covers. client_id: whose own
    time is left out; None is somebody new. Offers are by start, then code; therapists without any are there too.
    """
    wish = Wish(session_type=session_type, place=place, client_id=client_id)
    bookable = _within_reach(window, now=now)
    if bookable is None:
        return {}
    known = await _open_to(session, therapist_ids=therapist_ids, window=bookable, wish=wish, now=now)
    return {
        therapist_id: offer.offers(practice, session_type=session_type, window=bookable, own=known.own, now=now)
        for therapist_id, practice in known.practices.items()
    }


async def earliest(
    session: AsyncSession,
    *,
    therapist_ids: Collection[TherapistId],
    wish: Wish,
    window: Interval,
    after: offer.Place | None,
    most: int,
    now: datetime,
) -> Sequence[Offer]:
    """Give the first offers of all these therapists together, by start, therapist and code, from after a place on."""
    bookable = _within_reach(window, now=now)
    if bookable is None:
        return ()
    known = await _open_to(session, therapist_ids=therapist_ids, window=bookable, wish=wish, now=now)
    return offer.earliest(
        known.practices.values(),
        session_type=wish.session_type,
        window=bookable,
        own=known.own,
        after=after,
        most=most,
        now=now,
    )


async def of_therapist(
    session: AsyncSession, *, therapist_id: TherapistId, wish: Wish, window: Interval, now: datetime
) -> Sequence[Offer]:
    """Give all offers of one therapist. Raises TherapistNotFound, SessionTypeUnknown."""
    listed = await directory.listed(session, therapist_ids=(therapist_id,), now=now)
    bookable = _within_reach(window, now=now)
    known = await loaded(
        session,
        licenses=await licensing.licenses_of(session, therapist_ids=listed),
        window=bookable or window,
        place=wish.place,
        client_id=wish.client_id,
    )
    practice = known.practices.get(therapist_id)
    if practice is None:
        raise TherapistNotFound
    if wish.session_type is not None and practice.kind_of(wish.session_type) is None:
        raise SessionTypeUnknown
    standing = await standings(session, therapists=listed, client_id=wish.client_id, now=now)
    if bookable is None or standing[therapist_id] is not Standing.OPEN:
        return ()
    return offer.offers(practice, session_type=wish.session_type, window=bookable, own=known.own, now=now)


async def standings(
    session: AsyncSession,
    *,
    therapists: Mapping[TherapistId, ListedTherapist],
    client_id: ClientId | None,
    now: datetime,
) -> Mapping[TherapistId, Standing]:
    """Say of each listed therapist whether they take this client on; None is somebody new."""
    if not therapists:
        return {}
    caseloads = await offers_queries.caseloads(session, therapist_ids=therapists.keys(), client_id=client_id, now=now)
    return {
        therapist_id: caseload.standing(
            caseloads[therapist_id],
            accepting_clients=therapist.accepting_clients,
            caseload_limit=therapist.caseload_limit,
        )
        for therapist_id, therapist in therapists.items()
    }


async def home(session: AsyncSession, *, client_id: ClientId) -> str | None:
    """Give the place a client says they will be in, or None before they have said so."""
    return await offers_queries.home(session, client_id=client_id)


def _within_reach(window: Interval, *, now: datetime) -> Interval | None:
    """Cut a window to what any schedule could offer at all, so that nobody makes us look at a century."""
    return Interval.or_none(
        starts_at=max(window.starts_at, now.astimezone(UTC)),
        ends_at=min(window.ends_at, now.astimezone(UTC) + FARTHEST),
    )


async def _open_to(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], window: Interval, wish: Wish, now: datetime
) -> Known:
    """Load the listed therapists who take the client on."""
    listed = await directory.listed(session, therapist_ids=therapist_ids, now=now)
    standing = await standings(session, therapists=listed, client_id=wish.client_id, now=now)
    taking_on = [therapist_id for therapist_id in listed if standing[therapist_id] is Standing.OPEN]
    return await loaded(
        session,
        licenses=await licensing.licenses_of(session, therapist_ids=taking_on),
        window=window,
        place=wish.place,
        client_id=wish.client_id,
    )


async def loaded(
    session: AsyncSession,
    *,
    licenses: Mapping[TherapistId, tuple[License, ...]],
    window: Interval,
    place: str | None,
    client_id: ClientId | None,
    besides: Collection[BookingId] = (),
) -> Known:
    """Load what stands for and against offers of the therapists whose licenses are given."""
    if not licenses:
        return Known(practices={}, licenses={}, own=())
    schedules = await availability.schedules_of(session, therapist_ids=licenses)
    engaged = await offers_queries.engagements(
        session, therapist_ids=licenses, window=window, client_id=client_id, besides=besides
    )
    practices = {
        therapist_id: Practice(
            therapist_id=therapist_id,
            schedule=schedule,
            permitted=_permitted(licenses.get(therapist_id, ()), place=place),
            engagements=tuple(engaged.by_therapist.get(therapist_id, ())),
        )
        for therapist_id, schedule in schedules.items()
    }
    return Known(practices=practices, licenses=licenses, own=engaged.own)


def _permitted(licenses: Sequence[License], *, place: str | None) -> tuple[Window, ...]:
    """Give the stretches of permission for the place, or with none for each place there is a license for."""
    places = sorted({each.jurisdiction for each in licenses}) if place is None else (place,)
    return tuple(window for each in places for window in jurisdictions.permitted_windows(licenses, place=each))
