"""Offer times: many therapists' at once, the one a client wants, and others where that one is gone.

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
from domain.availability.schedule import HORIZON_DAYS, SessionFormat
from domain.availability.slots import WhyNot
from domain.booking import caseload, offer, offers_queries, queries
from domain.booking.caseload import Standing
from domain.booking.offer import Offer, Practice, Refusal, Refused
from domain.booking.refusals import LicenseNotValidAtSession, OwnTimeOverlaps, SlotNotOffered, SlotTaken
from domain.booking.states import Status
from domain.directory import service as directory
from domain.directory.service import ListedTherapist
from domain.errors import Flaw, Invalid
from domain.ids import ClientId, TherapistId
from domain.licensing import jurisdictions
from domain.licensing import service as licensing
from domain.licensing.licenses import License
from domain.licensing.places import Window
from domain.therapists.service import TherapistNotFound

ALTERNATIVES: Final = 3
OTHERS_ASKED: Final = 12
# How far from the wanted start alternatives are looked for, with the same therapist and with others.
NEAR_SAME: Final = timedelta(days=31)
NEAR_OTHERS: Final = timedelta(days=14)
FARTHEST: Final = timedelta(days=HORIZON_DAYS.stop)
WORDS: Final = {
    WhyNot.NOTICE: "This start is past, or nearer than the notice the therapist needs.",
    WhyNot.HORIZON: "This start is further ahead than the therapist plans.",
    WhyNot.OUTSIDE_HOURS: "The session would not lie within the therapist's hours.",
    WhyNot.OFF_GRID: "The therapist's sessions do not start at this minute.",
    WhyNot.DAILY_LIMIT: "The therapist has as many sessions on that day as they take.",
    WhyNot.BUSY: "The therapist is engaged at that time.",
}


class SessionTypeUnknown(Invalid):
    """The therapist has no session type of this code."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/session_type", detail="This therapist has no session type of this code."))


class FormatNotOffered(Invalid):
    """The session type is not held in this format."""

    def __init__(self, *, offered: Sequence[SessionFormat]) -> None:
        detail = f"This session type is held as {' or '.join(offered)}."
        super().__init__(Flaw(pointer="/session_format", detail=detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who looks for what. session_type: None for any individual one. place: None for any a license covers."""

    session_type: str | None
    place: str | None
    client_id: ClientId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
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
    known = await _known(
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


async def why_not(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    session_type: str,
    starts_at: datetime,
    session_format: SessionFormat,
    place: str,
    client_id: ClientId,
    now: datetime,
) -> Offer:
    """Give the offer of the start a client wants, or raise why there is none.

    The license it rests on stays until the transaction ends. starts_at: aware. Raises TherapistNotFound,
    SessionTypeUnknown, FormatNotOffered, then in this order LicenseNotValidAtSession, SlotNotOffered, OwnTimeOverlaps,
    SlotTaken, with alternatives.
    """
    listed = await directory.listed(session, therapist_ids=(therapist_id,), now=now)
    if therapist_id not in listed:
        raise TherapistNotFound
    at = starts_at.astimezone(UTC)
    around = Interval(starts_at=at, ends_at=at + timedelta(days=1))
    licenses = {therapist_id: await licensing.licenses_to_rely_on(session, therapist_id=therapist_id)}
    known = await _known(session, licenses=licenses, window=around, place=place, client_id=client_id)
    practice = known.practices.get(therapist_id)
    if practice is None:
        raise TherapistNotFound
    kind = practice.kind_of(session_type)
    if kind is None:
        raise SessionTypeUnknown
    if session_format not in kind.session_formats:
        raise FormatNotOffered(offered=kind.session_formats)
    wanted = offer.offer_of(practice, kind, starts_at=at)
    refused = offer.refusal(practice, wanted, own=known.own, now=now)
    standing = (await standings(session, therapists=listed, client_id=client_id, now=now))[therapist_id]
    if refused is None and standing is Standing.OPEN:
        return wanted
    if refused is not None and refused.reason is Refusal.OWN_TIME and standing is Standing.OPEN:
        raise await _own_time(session, wanted=wanted, client_id=client_id)
    ways_on = await alternatives(
        session,
        therapist_id=therapist_id,
        session_type=session_type,
        starts_at=at,
        session_format=session_format,
        place=place,
        client_id=client_id,
        now=now,
    )
    if refused is not None and refused.reason is Refusal.LICENSE:
        raise LicenseNotValidAtSession(
            _against_license(known.licenses.get(therapist_id, ()), place=place, wanted=wanted), alternatives=ways_on
        )
    if standing is not Standing.OPEN:
        raise SlotNotOffered("This therapist takes no new clients at present.", alternatives=ways_on)
    raise _refusal(refused, alternatives=ways_on)


async def alternatives(  # noqa: PLR0913 - what was wanted, by whom and when
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    session_type: str,
    starts_at: datetime,
    session_format: SessionFormat,
    place: str,
    client_id: ClientId,
    now: datetime,
    not_during: Interval | None = None,
) -> tuple[Offer, ...]:
    """Give at most 3 sessions that the client can hold in place of the one wanted, and none in another's way.

    The same session type of the same therapist first, the nearest to the wanted start, before or after; then individual
    sessions of others for that place. Where nothing lies near the wanted start, such as beyond every horizon, the
    soonest. not_during: a time to be left out, such as one the therapist just gave up.
    """
    avoided = () if not_during is None else (not_during,)

    async def around(
        near: datetime, therapists: Collection[TherapistId], kind: str | None, reach: timedelta
    ) -> list[Offer]:
        found = await free(
            session,
            therapist_ids=therapists,
            session_type=kind,
            window=Interval(starts_at=near - reach, ends_at=near + reach),
            place=place,
            client_id=client_id,
            now=now,
        )
        return [
            each
            for offers in found.values()
            for each in offers
            if session_format in each.session_formats and not any(each.during.overlaps(time) for time in avoided)
        ]

    async def nearest(near: datetime) -> tuple[Offer, ...]:
        same = offer.apart(await around(near, (therapist_id,), session_type, NEAR_SAME), wanted=near, most=ALTERNATIVES)
        if len(same) == ALTERNATIVES:
            return same
        others = await offers_queries.others(
            session,
            than=therapist_id,
            place=place,
            during=Interval(starts_at=near - NEAR_OTHERS, ends_at=near + NEAR_OTHERS),
            limit=OTHERS_ASKED,
            now=now,
        )
        offered = await around(near, others, None, NEAR_OTHERS)
        return offer.apart(offered, wanted=near, most=ALTERNATIVES, besides=same)

    soonest = now.astimezone(UTC)
    wanted = min(max(starts_at, now), now + FARTHEST).astimezone(UTC)
    return await nearest(wanted) or (await nearest(soonest) if wanted > soonest else ())


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
) -> _Known:
    """Load the listed therapists who take the client on."""
    listed = await directory.listed(session, therapist_ids=therapist_ids, now=now)
    standing = await standings(session, therapists=listed, client_id=wish.client_id, now=now)
    taking_on = [therapist_id for therapist_id in listed if standing[therapist_id] is Standing.OPEN]
    return await _known(
        session,
        licenses=await licensing.licenses_of(session, therapist_ids=taking_on),
        window=window,
        place=wish.place,
        client_id=wish.client_id,
    )


async def _known(
    session: AsyncSession,
    *,
    licenses: Mapping[TherapistId, tuple[License, ...]],
    window: Interval,
    place: str | None,
    client_id: ClientId | None,
) -> _Known:
    """Load what stands for and against offers of the therapists whose licenses are given."""
    if not licenses:
        return _Known(practices={}, licenses={}, own=())
    schedules = await availability.schedules_of(session, therapist_ids=licenses)
    engaged = await offers_queries.engagements(session, therapist_ids=licenses, window=window, client_id=client_id)
    practices = {
        therapist_id: Practice(
            therapist_id=therapist_id,
            schedule=schedule,
            permitted=_permitted(licenses.get(therapist_id, ()), place=place),
            engagements=tuple(engaged.by_therapist.get(therapist_id, ())),
        )
        for therapist_id, schedule in schedules.items()
    }
    return _Known(practices=practices, licenses=licenses, own=engaged.own)


def _permitted(licenses: Sequence[License], *, place: str | None) -> tuple[Window, ...]:
    """Give the stretches of permission for the place, or with none for each place there is a license for."""
    places = sorted({each.jurisdiction for each in licenses}) if place is None else (place,)
    return tuple(window for each in places for window in jurisdictions.permitted_windows(licenses, place=each))


def _against_license(licenses: Sequence[License], *, place: str, wanted: Offer) -> str:
    permission = jurisdictions.may_practice(licenses, place=place, during=wanted.during)
    match permission.reason:
        case jurisdictions.Reason.EXPIRES_DURING_SESSION | jurisdictions.Reason.EXPIRED:
            return "The therapist's license for that place ends before the session does."
        case jurisdictions.Reason.NOT_YET_VALID:
            return "The therapist's license for that place does not hold yet at that time."
        case _:
            return "The therapist has no verified license for that place."


async def _own_time(session: AsyncSession, *, wanted: Offer, client_id: ClientId) -> OwnTimeOverlaps:
    own = await queries.own_overlap(session, client_id=client_id, during=wanted.during)
    if own is None:
        return OwnTimeOverlaps()
    return OwnTimeOverlaps(hold_id=own.id) if own.status is Status.HELD else OwnTimeOverlaps(appointment_id=own.id)


def _refusal(refused: Refused | None, *, alternatives: tuple[Offer, ...]) -> SlotNotOffered | SlotTaken:
    if refused is None or refused.hours is None:
        return SlotTaken(alternatives=alternatives)
    return SlotNotOffered(WORDS[refused.hours], alternatives=alternatives)
