"""What can be held: a schedule's slots, less what licenses, bookings and the client's own time leave no room for.

A start is offered to a client when all of this holds, and is refused for the first that does not:

- License. One unbroken stretch of permission covers the bare session, in the client's place, or for a session in person
  in the place of the therapist's rooms, where that is known.
- Hours. The schedule offers the start: hours, exceptions, calendars, grid, notice, horizon, daily limit
  (`availability/slots.py`). A calendar shuts the session with its buffers, a closed exception the bare session.
- Own time. The bare session overlaps none of the client's own holds and appointments, with whomever.
- Rivals. The session with its buffers overlaps nothing that the therapist is engaged in. A group that already meets is
  no rival of its own seats: while one is free, its start is offered, and joining it takes nothing of the daily limit.

`offers` and `refusal` go through the same rules, so that what is shown and what is taken can't disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Final, TypeAlias

from domain.availability import slots, wall_clock
from domain.availability.interval import Interval
from domain.availability.open_hours import Span
from domain.availability.schedule import HORIZON_DAYS, Schedule, SessionFormat, SessionType
from domain.availability.slots import Slot, WhyNot
from domain.availability.wall_clock import EPOCH
from domain.ids import TherapistId
from domain.licensing.places import Window
from domain.money import Money

# A list of many therapists' offers is by start, then therapist, then code.
Place: TypeAlias = tuple[datetime, TherapistId, str]
FIRST_STRETCH: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A session that can be held. kind: what is booked, as the schedule says; zone: the therapist's.

    session_formats: those of the kind's in which it can be held, by what the licenses permit.
    """

    therapist_id: TherapistId
    kind: SessionType
    zone: str
    starts_at: datetime
    ends_at: datetime
    session_formats: tuple[SessionFormat, ...]

    @property
    def session_type(self) -> str:
        """Give the code of the session type."""
        return self.kind.code

    @property
    def place(self) -> Place:
        """Give its place in a list of many therapists' offers."""
        return self.starts_at, self.therapist_id, self.kind.code

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
class Group:
    """A group that meets, with somebody in it. Times in whole seconds; occupied: with buffers."""

    session_type: str
    starts_s: int
    ends_s: int
    occupied: Span
    seats_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What is known of one therapist. Times are half-open, in whole seconds, in any order.

    permitted: a session must lie within one of these; permitted_in_person: the same for one at the therapist's rooms,
    None where that is no other. engaged: holds and appointments with their buffers, groups among them; started:
    the starts that count for their days; groups: those one could join. opened, closed: exceptions to the weekly hours;
    shut: what calendars say is busy.
    """

    therapist_id: TherapistId
    schedule: Schedule
    permitted: tuple[Window, ...]
    permitted_in_person: tuple[Window, ...] | None = None
    engaged: tuple[Span, ...] = ()
    started: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()
    opened: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()
    shut: tuple[Span, ...] = ()

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
        session_formats=kind.session_formats,
    )


def offers(
    practice: Practice, *, session_type: str | None, window: Interval, own: Sequence[Span], now: datetime
) -> tuple[Offer, ...]:
    """Give what starts within the window, by start, then code.

    session_type: None for any individual one. own: the client's bare sessions, with whomever.
    """
    found = [
        (start, kind.code, kind, formats)
        for kind in practice.kinds(session_type)
        for start, formats in starts(practice, kind, window=window, own=own, now=now)
    ]
    found.sort(key=itemgetter(0, 1))
    return tuple(made(practice, kind, start=start, formats=formats) for start, _, kind, formats in found)


def starts(
    practice: Practice, kind: SessionType, *, window: Interval, own: Sequence[Span], now: datetime
) -> list[tuple[int, tuple[SessionFormat, ...]]]:
    """Give the starts of one session type within the window, ascending, each with the formats it can be held in.

    In whole seconds: offers for who has many to look at. own: the client's bare sessions, with whomever.
    """
    # a bare session keeps clear of the client's own time just as of closed time, so the one is handed over as the other
    shut = (*practice.closed, *own)
    free = slots.free_starts(
        practice.schedule,
        kind,
        window=window,
        busy=(*practice.engaged, *practice.shut),
        opened=practice.opened,
        closed=shut,
        full_days=slots.days_full(practice.schedule, practice.started),
        now=now,
    )
    joined = [
        group.starts_s
        for group in practice.groups
        if _can_be_joined(group, kind)
        and window.holds(_instant(group.starts_s))
        and _hours_against(practice, kind, starts_at=_instant(group.starts_s), group=group, own=own, now=now) is None
    ]
    if joined:
        free = sorted((*free, *joined))
    return _permitted_starts(practice, kind, free)


def later_in_series(practice: Practice) -> Practice:
    """Give the practice as it binds the later sessions of a series: neither notice nor horizon is asked."""
    rules = replace(practice.schedule, minimum_notice_minutes=0, horizon_days=HORIZON_DAYS.stop - 1)
    return replace(practice, schedule=rules)


def refusal(practice: Practice, offer: Offer, *, own: Sequence[Span], in_person: bool, now: datetime) -> Refused | None:
    """Give the first reason against an offer, or None when it can be held.

    in_person: whether it is to be held at the therapist's rooms, where telehealth alone permits nothing.
    """
    rooms = practice.permitted if practice.permitted_in_person is None else practice.permitted_in_person
    if not any(window.covers(offer) for window in (rooms if in_person else practice.permitted)):
        return Refused(reason=Refusal.LICENSE)
    group = _group_to_join(practice, offer.kind, starts_at=offer.starts_at)
    hours = _hours_against(practice, offer.kind, starts_at=offer.starts_at, group=group, own=(), now=now)
    if hours is not None:
        return Refused(reason=Refusal.HOURS, hours=hours)
    begins, ends = _seconds(offer.starts_at), _seconds(offer.ends_at)
    if any(own_begins < ends and begins < own_ends for own_begins, own_ends in own):
        return Refused(reason=Refusal.OWN_TIME)
    from_s, until_s = slots.spans((offer.occupied,))[0]
    if group is None and any(begun < until_s and from_s < over for begun, over in practice.engaged):
        return Refused(reason=Refusal.RIVALS)
    return None


def earliest(
    practices: Iterable[Practice],
    *,
    session_type: str | None,
    window: Interval,
    own: Sequence[Span],
    after: Place | None,
    most: int,
    now: datetime,
) -> tuple[Offer, ...]:
    """Give the first offers of all practices within the window, by place, from after a place on.

    Looks at ever longer stretches, so that a page of a long window is not paid for with all of it.
    """
    asked = sorted(practices, key=attrgetter("therapist_id"))
    begins = window.starts_at if after is None else max(window.starts_at, after[0])
    length = FIRST_STRETCH
    found: list[Offer] = []
    while begins < window.ends_at and len(found) < most:
        stretch = Interval(starts_at=begins, ends_at=min(begins + length, window.ends_at))
        part = [
            (start, number, kind.code, kind, formats)
            for number, practice in enumerate(asked)
            for kind in practice.kinds(session_type)
            for start, formats in starts(practice, kind, window=stretch, own=own, now=now)
        ]
        part.sort(key=itemgetter(0, 1, 2))
        for start, number, _, kind, formats in part:
            each = made(asked[number], kind, start=start, formats=formats)
            if after is None or each.place > after:
                found.append(each)
                if len(found) == most:
                    break
        begins, length = stretch.ends_at, length * 2
    return tuple(found)


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


def made(practice: Practice, kind: SessionType, *, start: int, formats: tuple[SessionFormat, ...]) -> Offer:
    """Make the offer of a start in whole seconds, in the formats it can be held in."""
    slot = slots.slot(start, kind.minutes * 60)
    return Offer(
        therapist_id=practice.therapist_id,
        kind=kind,
        zone=practice.schedule.zone,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        session_formats=formats,
    )


def _permitted_starts(
    practice: Practice, kind: SessionType, free: list[int]
) -> list[tuple[int, tuple[SessionFormat, ...]]]:
    """Leave out what no license covers, and name for each start the formats in which one does."""
    if not free:
        return []
    length_s = kind.minutes * 60
    remote = _inner(practice.permitted)
    rooms = remote if practice.permitted_in_person is None else _inner(practice.permitted_in_person)
    first, last = free[0], free[-1] + length_s
    if _covered(first, last, remote) and (rooms is remote or _covered(first, last, rooms)):
        return [(start, kind.session_formats) for start in free]
    found = []
    for start in free:
        ends = start + length_s
        within, in_rooms = _covered(start, ends, remote), _covered(start, ends, rooms)
        formats = tuple(
            each for each in kind.session_formats if (in_rooms if each is SessionFormat.IN_PERSON else within)
        )
        if formats:
            found.append((start, formats))
    return found


def _inner(windows: Iterable[Window]) -> list[Span]:
    return [(slots.ceil_s(window.starts_at), slots.floor_s(window.ends_at)) for window in windows]


def _covered(begins: int, ends: int, within: Sequence[Span]) -> bool:
    return any(from_s <= begins and ends <= until_s for from_s, until_s in within)


def _hours_against(
    practice: Practice,
    kind: SessionType,
    *,
    starts_at: datetime,
    group: Group | None,
    own: Sequence[Span],
    now: datetime,
) -> WhyNot | None:
    """Say what the schedule, its exceptions and calendars have against a start; joining a group fills no day more."""
    return slots.refusal(
        practice.schedule,
        kind,
        starts_at=starts_at,
        busy=practice.shut,
        opened=practice.opened,
        closed=(*practice.closed, *own),
        full_days=frozenset() if group is not None else slots.days_full(practice.schedule, practice.started),
        now=now,
    )


def _can_be_joined(group: Group, kind: SessionType) -> bool:
    """Tell whether a group is of this kind and has a seat; one of another length is another thing."""
    return (
        group.seats_left > 0 and group.session_type == kind.code and group.ends_s - group.starts_s == kind.minutes * 60
    )


def _group_to_join(practice: Practice, kind: SessionType, *, starts_at: datetime) -> Group | None:
    start = _seconds(starts_at)
    return next((each for each in practice.groups if each.starts_s == start and _can_be_joined(each, kind)), None)


def _seconds(instant: datetime) -> int:
    return slots.floor_s(instant)


def _instant(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)
