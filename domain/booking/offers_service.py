"""Offer times, many therapists' at once.

The number of statements does not grow with the number of therapists. Nothing is written here, and nothing is promised:
an offer is what was free when it was looked at, and the database decides who gets it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.availability.schedule import HORIZON_DAYS, SessionFormat, SessionType
from domain.booking import caseload, offer, practice_queries
from domain.booking.caseload import Standing
from domain.booking.offer import Offer
from domain.booking.practice_queries import Known
from domain.database import DriverConnection
from domain.errors import Flaw, Invalid
from domain.ids import ClientId, TherapistId
from domain.therapists.service import TherapistNotFound

FARTHEST: Final = timedelta(days=HORIZON_DAYS.stop)


class SessionTypeUnknown(Invalid):
    """The therapist has no session type of this code."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/session_type", detail="This therapist has no session type of this code."))


# A start in whole seconds, what is booked, and the formats it can be held in.
Opening: TypeAlias = tuple[int, SessionType, tuple[SessionFormat, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who looks for what. session_type: None for any individual one. place: None for any a license covers."""

    session_type: str | None
    place: str | None
    client_id: ClientId | None


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
    bookable = within_reach(window, now=now)
    if bookable is None or not therapist_ids:
        return {}
    known = await practice_queries.load(
        session, therapist_ids=therapist_ids, client_id=client_id, window=bookable, place=place, now=now
    )
    return {
        each.practice.therapist_id: offer.offers(
            each.practice, session_type=session_type, window=bookable, own=each.own, now=now
        )
        for each in known
        if takes_on(each)
    }


async def earliest(
    connection: DriverConnection,
    *,
    therapist_ids: Collection[TherapistId],
    wish: Wish,
    window: Interval,
    after: offer.Place | None,
    most: int,
    now: datetime,
) -> Sequence[Offer]:
    """Give the first offers of all these therapists together, by start, therapist and code, from after a place on."""
    bookable = within_reach(window, now=now)
    if bookable is None:
        return ()
    known = await _fetched(connection, therapist_ids=therapist_ids, window=bookable, wish=wish, now=now)
    return offer.earliest(
        [each.practice for each in known if takes_on(each)],
        session_type=wish.session_type,
        window=bookable,
        own=known[0].own if known else (),
        after=after,
        most=most,
        now=now,
    )


async def of_therapist(
    connection: DriverConnection, *, therapist_id: TherapistId, wish: Wish, window: Interval, now: datetime
) -> Sequence[Opening]:
    """Give all that can be held with one therapist, by start, then code.

    Raises TherapistNotFound, SessionTypeUnknown.
    """
    bookable = within_reach(window, now=now)
    known = await _fetched(connection, therapist_ids=(therapist_id,), window=bookable or window, wish=wish, now=now)
    if not known or not known[0].listed:
        raise TherapistNotFound
    practice, own = known[0].practice, known[0].own
    if wish.session_type is not None and practice.kind_of(wish.session_type) is None:
        raise SessionTypeUnknown
    if bookable is None or not takes_on(known[0]):
        return ()
    found = [
        (start, kind, formats)
        for kind in sorted(practice.kinds(wish.session_type), key=attrgetter("code"))
        for start, formats in offer.starts(practice, kind, window=bookable, own=own, now=now)
    ]
    found.sort(key=itemgetter(0))  # it keeps the order of codes
    return found


def standing_of(known: Known) -> Standing:
    """Say whether a therapist takes the one on for whom they were loaded; listing is another thing."""
    return caseload.standing(
        known.caseload, accepting_clients=known.accepting_clients, caseload_limit=known.caseload_limit
    )


def takes_on(known: Known) -> bool:
    """Say whether a therapist is listed and takes the one on for whom they were loaded."""
    return known.listed and standing_of(known) is Standing.OPEN


def within_reach(window: Interval, *, now: datetime) -> Interval | None:
    """Cut a window to what any schedule could offer at all, so that nobody makes us look at a century."""
    return Interval.or_none(
        starts_at=max(window.starts_at, now.astimezone(UTC)),
        ends_at=min(window.ends_at, now.astimezone(UTC) + FARTHEST),
    )


async def home(connection: DriverConnection, *, client_id: ClientId) -> str | None:
    """Give the place a client says they will be in, or None before they have said so."""
    return await practice_queries.home(connection, client_id=client_id)


async def _fetched(
    connection: DriverConnection,
    *,
    therapist_ids: Collection[TherapistId],
    window: Interval,
    wish: Wish,
    now: datetime,
) -> Sequence[Known]:
    return await practice_queries.fetch(
        connection,
        therapist_ids=therapist_ids,
        client_id=wish.client_id,
        window=window,
        place=wish.place,
        now=now,
    )
