"""Say whether a client can have the start they want, why not, and what they could have instead.

Nothing is written here, and nothing is promised: the database decides who gets a time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.availability.open_hours import Span
from domain.availability.schedule import SessionFormat, SessionType
from domain.availability.slots import WhyNot
from domain.booking import nearest, offer, offers_queries, offers_service, practice_queries, queries
from domain.booking.caseload import Standing
from domain.booking.nearest import ALTERNATIVES
from domain.booking.offer import Offer, Practice, Refusal
from domain.booking.offers_service import FARTHEST, SessionTypeUnknown
from domain.booking.practice_queries import Known
from domain.booking.refusals import LicenseNotValidAtSession, OwnTimeOverlaps, SlotNotOffered, SlotTaken
from domain.booking.states import Status
from domain.booking.wanted import Wanted
from domain.errors import Flaw, Invalid, Unavailable
from domain.ids import BookingId, ClientId, TherapistId
from domain.licensing import jurisdictions
from domain.licensing import permission_queries as licensing
from domain.licensing.places import Period
from domain.therapists.service import TherapistNotFound

OTHERS_ASKED: Final = 12
LOOKS_MAX: Final = 3  # permissions change seldom; one that changes while it is looked at is looked at again
NEAR_OTHERS: Final = timedelta(days=14)
WORDS: Final = {
    WhyNot.NOTICE: "This start is past, or nearer than the notice the therapist needs.",
    WhyNot.HORIZON: "This start is further ahead than the therapist plans.",
    WhyNot.OUTSIDE_HOURS: "The session would not lie within the therapist's hours.",
    WhyNot.OFF_GRID: "The therapist's sessions do not start at this minute.",
    WhyNot.DAILY_LIMIT: "The therapist has as many sessions on that day as they take.",
    WhyNot.BUSY: "The therapist is engaged at that time.",
}

AGAINST: Final[dict[jurisdictions.Reason | None, str]] = {
    jurisdictions.Reason.EXPIRES_DURING_SESSION: "The therapist's license for that place ends before the session does.",
    jurisdictions.Reason.EXPIRED: "The therapist's license for that place ends before the session does.",
    jurisdictions.Reason.NOT_YET_VALID: "The therapist's license for that place does not hold yet at that time.",
    jurisdictions.Reason.REMOTE_ONLY: "The therapist may see clients in that place by video or phone only.",
    jurisdictions.Reason.NOT_CHECKED_LATELY: (
        "The therapist's license for that place is due to be checked again; until then nothing new is booked on it."
    ),
}


class FormatNotOffered(Invalid):
    """The session type is not held in this format."""

    def __init__(self, *, offered: Sequence[SessionFormat]) -> None:
        detail = f"This session type is held as {' or '.join(offered)}."
        super().__init__(Flaw(pointer="/session_format", detail=detail))


class PermissionsChange(Unavailable):
    """Whenever the therapist's permissions were looked at, they had just changed."""

    def __init__(self) -> None:
        super().__init__("The therapist's licenses are being looked at; send the request again in a moment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands for and against one client's sessions with one therapist. own: the client's bare time."""

    practice: Practice
    own: Sequence[Span]
    standing: Standing


async def why_not(
    session: AsyncSession,
    *,
    wanted: Wanted,
    place: str,
    client_id: ClientId,
    besides: Collection[BookingId] = (),
    now: datetime,
) -> Offer:
    """Give the offer of the start a client wants, or raise why there is none.

    The permissions it rests on stay until the transaction ends. besides: bookings that stand in nobody's way, such as
    the one to be moved. Raises TherapistNotFound, SessionTypeUnknown, FormatNotOffered, then in this order
    LicenseNotValidAtSession, SlotNotOffered, OwnTimeOverlaps, SlotTaken, with alternatives.
    """
    at = wanted.starts_at.astimezone(UTC)
    facts = await rely_on(
        session,
        therapist_id=wanted.therapist_id,
        window=Interval(starts_at=at, ends_at=at + timedelta(days=1)),
        place=place,
        client_id=client_id,
        besides=besides,
        now=now,
    )
    meant = offer.offer_of(facts.practice, kind_of(facts.practice, wanted), starts_at=at)
    in_person = wanted.session_format is SessionFormat.IN_PERSON
    refused = offer.refusal(facts.practice, meant, own=facts.own, in_person=in_person, now=now)
    if facts.standing is Standing.OPEN:
        if refused is None:
            return meant
        if refused.reason is Refusal.OWN_TIME:
            raise await own_time(session, during=meant.during, client_id=client_id, besides=besides)
    ways_on = await alternatives(session, instead_of=wanted, place=place, client_id=client_id, now=now)
    if refused is not None and refused.reason is Refusal.LICENSE:
        detail = await against_license(
            session,
            therapist_id=wanted.therapist_id,
            place=place,
            during=meant.during,
            in_person=in_person,
            now=now,
        )
        raise LicenseNotValidAtSession(detail, alternatives=ways_on)
    if facts.standing is not Standing.OPEN:
        raise SlotNotOffered("This therapist takes no new clients at present.", alternatives=ways_on)
    if refused is None or refused.hours is None:
        raise SlotTaken(alternatives=ways_on)
    raise SlotNotOffered(WORDS[refused.hours], alternatives=ways_on)


def kind_of(practice: Practice, wanted: Wanted) -> SessionType:
    """Give the session type that is wanted. Raises SessionTypeUnknown, FormatNotOffered."""
    kind = practice.kind_of(wanted.session_type)
    if kind is None:
        raise SessionTypeUnknown
    if wanted.session_format not in kind.session_formats:
        raise FormatNotOffered(offered=kind.session_formats)
    return kind


async def rely_on(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    window: Interval,
    place: str,
    client_id: ClientId,
    besides: Collection[BookingId] = (),
    now: datetime,
) -> Facts:
    """Give what stands for and against a client's sessions with a listed therapist that start within the window.

    The permissions they rest on stay until the transaction ends. Raises TherapistNotFound, PermissionsChange.
    """

    async def known() -> Known | None:
        found = await practice_queries.load(
            session,
            therapist_ids=(therapist_id,),
            client_id=client_id,
            window=window,
            place=place,
            besides=besides,
            now=now,
        )
        return found[0] if found else None

    seen = await known()
    if seen is None or not seen.listed:
        raise TherapistNotFound
    for _ in range(LOOKS_MAX):
        relied_on = await licensing.to_rely_on(session, therapist_id=therapist_id, place=place, now=now)
        if set(relied_on) == {each for each in seen.permits if each.place == place}:
            return Facts(practice=seen.practice, own=seen.own, standing=offers_service.standing_of(seen))
        seen = await known() or seen  # one was decided meanwhile: what it is now counts
    raise PermissionsChange


async def alternatives(
    session: AsyncSession,
    *,
    instead_of: Wanted,
    place: str,
    client_id: ClientId,
    not_during: Interval | None = None,
    now: datetime,
) -> tuple[Offer, ...]:
    """Give at most 3 sessions that the client can hold in place of the one wanted, and none in another's way.

    The same session type of the same therapist first, the nearest to the wanted start, before or after; then individual
    sessions of others for that place. Where nothing lies near the wanted start, such as beyond every horizon, the
    soonest. not_during: a time to be left out, such as one the therapist just gave up.
    """

    async def with_others(near: datetime) -> tuple[Offer, ...]:
        found = await _with_same(
            session,
            instead_of=instead_of,
            near=near,
            place=place,
            client_id=client_id,
            not_during=not_during,
            now=now,
        )
        if len(found) == ALTERNATIVES:
            return found
        around = Interval(starts_at=near - NEAR_OTHERS, ends_at=near + NEAR_OTHERS)
        others = await offers_queries.others(
            session, than=instead_of.therapist_id, place=place, during=around, limit=OTHERS_ASKED, now=now
        )
        theirs = await offers_service.free(
            session,
            therapist_ids=others,
            session_type=None,
            window=around,
            place=place,
            client_id=client_id,
            now=now,
        )
        fitting = [
            each
            for offers in theirs.values()
            for each in offers
            if instead_of.session_format in each.session_formats
            and not (not_during is not None and each.during.overlaps(not_during))
        ]
        return offer.apart(fitting, wanted=near, most=ALTERNATIVES, besides=found)

    soonest = now.astimezone(UTC)
    wanted = min(max(instead_of.starts_at, now), now + FARTHEST).astimezone(UTC)
    return await with_others(wanted) or (await with_others(soonest) if wanted > soonest else ())


async def _with_same(
    session: AsyncSession,
    *,
    instead_of: Wanted,
    near: datetime,
    place: str,
    client_id: ClientId,
    not_during: Interval | None,
    now: datetime,
) -> tuple[Offer, ...]:
    """Give at most 3 sessions of the same type with the same therapist, the nearest first."""
    found: tuple[Offer, ...] = ()
    for window in nearest.windows(near):
        bookable = offers_service.within_reach(window, now=now)
        if bookable is None or len(found) == ALTERNATIVES:
            break
        loaded = await practice_queries.load(
            session,
            therapist_ids=(instead_of.therapist_id,),
            client_id=client_id,
            window=bookable,
            place=place,
            now=now,
        )
        if not loaded or not offers_service.takes_on(loaded[0]):
            break
        sought = nearest.Sought(
            session_type=instead_of.session_type,
            session_format=instead_of.session_format,
            near=near,
            own=loaded[0].own,
            avoided=not_during,
        )
        found = nearest.same_kind(loaded[0].practice, sought, window=bookable, now=now)
    return found


async def own_time(
    session: AsyncSession, *, during: Interval, client_id: ClientId, besides: Collection[BookingId] = ()
) -> OwnTimeOverlaps:
    """Give the refusal that names what of the client's own stands at a time, where it still does."""
    own = await queries.own_overlap(session, client_id=client_id, during=during, besides=besides)
    if own is None:
        return OwnTimeOverlaps()
    return OwnTimeOverlaps(hold_id=own.id) if own.status is Status.HELD else OwnTimeOverlaps(appointment_id=own.id)


async def against_license(
    session: AsyncSession, *, therapist_id: TherapistId, place: str, during: Period, in_person: bool, now: datetime
) -> str:
    """Say in words why no license of a therapist's covers a session, as far as a client may know."""
    held = await licensing.why(session, therapist_id=therapist_id)
    permission = jurisdictions.may_practice(held, place=place, during=during, in_person=in_person, asked_at=now)
    return AGAINST.get(permission.reason, "The therapist has no verified license for that place.")
