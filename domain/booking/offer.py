"""What can be held: a schedule's slots, less what licenses, bookings and the client's own time leave no room for.

A start is offered to a client when all of this holds, and is refused for the first that does not:

- License. One unbroken stretch of permission covers the bare session.
- Hours. The schedule offers the start: hours, grid, notice, horizon, daily limit (`availability/slots.py`).
- Own time. The bare session overlaps none of the client's own holds and appointments, with whomever.
- Rivals. The session with its buffers overlaps nothing that the therapist is engaged in. A group that already meets is
  no rival of its own seats: while one is free, its start is offered, and joining it takes nothing of the daily limit.

`offers` and `refusal` go through the same rules, so that what is shown and what is taken can't disagree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Final, TypeAlias

from domain.availability import slots, wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import HORIZON_DAYS, Schedule, SessionFormat, SessionType
from domain.availability.slots import NONE_TAKEN, Slot, WhyNot
from domain.ids import TherapistId
from domain.licensing.places import Window
from domain.money import Money

# A list of many therapists' offers is by start, then therapist, then code.
Place: TypeAlias = tuple[datetime, TherapistId, str]
FIRST_STRETCH: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A session that can be held. kind: what is booked, as the schedule says; zone: the therapist's."""

    therapist_id: TherapistId
    kind: SessionType
    zone: str
    starts_at: datetime
    ends_at: datetime

    @property
    def session_type(self) -> str:
        """Give the code of the session type."""
        return self.kind.code

    @property
    def place(self) -> Place:
        """Give its place in a list of many therapists' offers."""
        return self.starts_at, self.therapist_id, self.kind.code

    @property
    def session_formats(self) -> tuple[SessionFormat, ...]:
        """Give the formats it can be held in."""
        return self.kind.session_formats

    @property
    def fee(self) -> Money:
        """Give what it costs."""
        return self.kind.fee

    @property
    def capacity(self) -> int:
        """Give the seats; more than one makes it a group."""
        return self.kind.capacity

    @property
    def during(self) -> Interval:
        """Give the bare session."""
        return Interval(starts_at=self.starts_at, ends_at=self.ends_at)

    @property
    def occupied(self) -> Interval:
        """Give the time it takes from the therapist: the session and its buffers."""
        return slots.occupied(Slot(starts_at=self.starts_at, ends_at=self.ends_at), self.kind)

    @property
    def wall_start(self) -> datetime:
        """Give what the therapist's wall shows at the start: a naive time, to be kept beside the instant."""
        return wall_clock.local(self.starts_at, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """A session the therapist has or had: one client's, or a group's with all its seats.

    live: it still takes the therapist's time; otherwise it only counts for its day. seats_left: 0 unless a group.
    """

    session_type: str
    during: Interval
    occupied: Interval
    live: bool
    seats_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What is known of one therapist. permitted: a session must lie within one of these; engagements: in any order."""

    therapist_id: TherapistId
    schedule: Schedule
    permitted: tuple[Window, ...]
    engagements: tuple[Engagement, ...]

    def kind_of(self, session_type: str) -> SessionType | None:
        """Give the session type of a code, or nothing."""
        return next((kind for kind in self.schedule.session_types if kind.code == session_type), None)

    def kinds(self, session_type: str | None) -> tuple[SessionType, ...]:
        """Give the session types of a code, or with none all individual ones."""
        return tuple(
            kind
            for kind in self.schedule.session_types
            if (kind.capacity == 1 if session_type is None else kind.code == session_type)
        )


class Refusal(StrEnum):
    """Why a start can't be held, in the order in which it is asked."""

    LICENSE = "license"
    HOURS = "hours"
    OWN_TIME = "own_time"
    RIVALS = "rivals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The first reason against a start. hours: what the schedule says against it, where it is that."""

    reason: Refusal
    hours: WhyNot | None = None


def offer_of(practice: Practice, kind: SessionType, *, starts_at: datetime) -> Offer:
    """Make the offer of a start, whether or not it is free. starts_at: aware UTC."""
    return Offer(
        therapist_id=practice.therapist_id,
        kind=kind,
        zone=practice.schedule.zone,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=kind.minutes),
    )


def offers(
    practice: Practice, *, session_type: str | None, window: Interval, own: Sequence[Interval], now: datetime
) -> tuple[Offer, ...]:
    """Give what starts within the window, by start, then code.

    session_type: None for any individual one. own: the client's bare sessions, with whomever.
    """
    found = [
        offer
        for kind in practice.kinds(session_type)
        for offer in _offers_of_kind(practice, kind, window=window, own=own, now=now)
    ]
    found.sort(key=lambda offer: (offer.starts_at, offer.session_type))
    return tuple(found)


def later_in_series(practice: Practice) -> Practice:
    """Give the practice as it binds the later sessions of a series: neither notice nor horizon is asked."""
    rules = replace(practice.schedule, minimum_notice_minutes=0, horizon_days=HORIZON_DAYS.stop - 1)
    return replace(practice, schedule=rules)


def refusal(practice: Practice, offer: Offer, *, own: Sequence[Interval], now: datetime) -> Refused | None:
    """Give the first reason against an offer, or None when it can be held."""
    if not _permits(practice, Slot(starts_at=offer.starts_at, ends_at=offer.ends_at)):
        return Refused(reason=Refusal.LICENSE)
    group = _group_to_join(practice, offer.kind, starts_at=offer.starts_at)
    hours = slots.why_not(
        practice.schedule,
        offer.kind,
        starts_at=offer.starts_at,
        busy=(),
        taken_by_local_day=NONE_TAKEN if group else _taken_by_local_day(practice),
        now=now,
    )
    if hours is not None:
        return Refused(reason=Refusal.HOURS, hours=hours)
    if any(offer.during.overlaps(each) for each in own):
        return Refused(reason=Refusal.OWN_TIME)
    if group is None and any(offer.occupied.overlaps(each) for each in _busy(practice)):
        return Refused(reason=Refusal.RIVALS)
    return None


def earliest(
    practices: Iterable[Practice],
    *,
    session_type: str | None,
    window: Interval,
    own: Sequence[Interval],
    after: Place | None,
    most: int,
    now: datetime,
) -> tuple[Offer, ...]:
    """Give the first offers of all practices within the window, by place, from after a place on.

    Looks at ever longer stretches, so that a page of a long window is not paid for with all of it.
    """
    asked = tuple(practices)
    begins = window.starts_at if after is None else max(window.starts_at, after[0])
    length = FIRST_STRETCH
    found: list[Offer] = []
    while begins < window.ends_at and len(found) < most:
        stretch = Interval(starts_at=begins, ends_at=min(begins + length, window.ends_at))
        part = [
            each
            for practice in asked
            for each in offers(practice, session_type=session_type, window=stretch, own=own, now=now)
            if after is None or each.place > after
        ]
        part.sort(key=attrgetter("place"))
        found += part
        begins, length = stretch.ends_at, length * 2
    return tuple(found[:most])


def apart(
    offers: Iterable[Offer], *, wanted: datetime, most: int, besides: tuple[Offer, ...] = ()
) -> tuple[Offer, ...]:
    """Pick the offers nearest to a wanted start that leave room for each other, so that all of them can be held.

    besides: what was picked before, which comes first and counts.
    """
    picked = list(besides)
    for offer in sorted(offers, key=lambda each: (abs(each.starts_at - wanted), each.place)):
        if len(picked) >= most:
            break
        if not any(_in_each_others_way(offer, other) for other in picked):
            picked.append(offer)
    return tuple(picked)


def _in_each_others_way(one: Offer, other: Offer) -> bool:
    same_therapist = one.therapist_id == other.therapist_id
    return one.occupied.overlaps(other.occupied) if same_therapist else one.during.overlaps(other.during)


def _offers_of_kind(
    practice: Practice, kind: SessionType, *, window: Interval, own: Sequence[Interval], now: datetime
) -> list[Offer]:
    """Find one session type's offers, in any order."""
    # a bare session keeps clear of the client's own time just as of closed time, so the one is handed over as the other
    free = slots.free(
        practice.schedule,
        kind,
        window=window,
        busy=_busy(practice),
        closed=own,
        taken_by_local_day=_taken_by_local_day(practice),
        now=now,
    )
    joined = [
        Slot(starts_at=each.during.starts_at, ends_at=each.during.ends_at)
        for each in practice.engagements
        if _can_be_joined(each, kind)
        and window.holds(each.during.starts_at)
        and slots.is_offered(practice.schedule, kind, starts_at=each.during.starts_at, busy=(), closed=own, now=now)
    ]
    permitted_throughout = any(
        each.starts_at <= window.starts_at and window.ends_at + timedelta(minutes=kind.minutes) <= each.ends_at
        for each in practice.permitted
    )
    return [
        Offer(
            therapist_id=practice.therapist_id,
            kind=kind,
            zone=practice.schedule.zone,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for slot in (*free, *joined)
        if permitted_throughout or _permits(practice, slot)
    ]


def _permits(practice: Practice, slot: Slot) -> bool:
    return any(window.covers(slot) for window in practice.permitted)


def _busy(practice: Practice) -> list[Interval]:
    return [each.occupied for each in practice.engagements if each.live]


def _can_be_joined(engagement: Engagement, kind: SessionType) -> bool:
    """Tell whether a group of this kind meets there that has a seat; one of another length is another thing."""
    during = engagement.during
    return (
        engagement.live
        and engagement.seats_left > 0
        and engagement.session_type == kind.code
        and during.ends_at - during.starts_at == timedelta(minutes=kind.minutes)
    )


def _group_to_join(practice: Practice, kind: SessionType, *, starts_at: datetime) -> Engagement | None:
    return next(
        (each for each in practice.engagements if each.during.starts_at == starts_at and _can_be_joined(each, kind)),
        None,
    )


def _taken_by_local_day(practice: Practice) -> Mapping[date, int]:
    """Count the sessions by the therapist's local date of their start; nothing is counted where there is no limit."""
    if practice.schedule.daily_limit is None:
        return NONE_TAKEN
    zone = practice.schedule.zone
    return Counter(wall_clock.local(each.during.starts_at, zone).date() for each in practice.engagements)
