"""Rows of the statement that loads practices, read into what offers are made of.

Schedules and permissions come as JSON texts, which change seldom: what was read of a text is kept, so that most
requests read none. What changes from request to request, sessions and busy time, comes as whole seconds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, TypeAlias
from uuid import UUID

from domain.availability.open_hours import Span
from domain.availability.schedule import Schedule, SessionFormat, SessionType, Weekday, WeeklyHours
from domain.availability.wall_clock import EPOCH
from domain.booking.offer import Group, Practice
from domain.booking.states import COUNTED, LIVE, Status
from domain.ids import LicenseId, PermissionId, TherapistId
from domain.licensing import permissions
from domain.licensing.permissions import Permit
from domain.licensing.places import Window
from domain.money import Money

KEPT: Final = 8192  # texts; a therapist has one or two
Seconds: TypeAlias = Sequence[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A schedule as it is stored: its rules, and its hours and session types as JSON."""

    zone: str
    slot_interval_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    hours: str
    kinds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What a therapist has near a window. others: groups and seats as JSON, or None where there are none."""

    started: Seconds
    engaged_from: Seconds
    engaged_until: Seconds
    others: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """What opens and closes near a window, and what calendars shut."""

    opened_from: Seconds
    opened_until: Seconds
    closed_from: Seconds
    closed_until: Seconds
    shut_from: Seconds
    shut_until: Seconds


@dataclass(slots=True, kw_only=True)
class _Seats:
    """A group while its seats are counted."""

    session_type: str
    starts_s: int
    ends_s: int
    occupied: Span
    capacity: int
    counted: int = 0
    living: int = 0


@lru_cache(maxsize=KEPT)
def schedule(rules: Rules) -> Schedule:
    """Read a schedule."""
    return Schedule(
        zone=rules.zone,
        weekly_hours=tuple(
            WeeklyHours(weekday=Weekday(weekday), start=time.fromisoformat(start), end=time.fromisoformat(end))
            for weekday, start, end in json.loads(rules.hours)
        ),
        session_types=tuple(
            SessionType(
                code=code,
                name=name,
                minutes=minutes,
                buffer_before_minutes=before,
                buffer_after_minutes=after,
                fee=Money(amount=fee_minor, currency=currency),
                session_formats=tuple(SessionFormat(each) for each in formats),
                capacity=capacity,
            )
            for code, name, minutes, before, after, fee_minor, currency, formats, capacity in json.loads(rules.kinds)
        ),
        slot_interval_minutes=rules.slot_interval_minutes,
        minimum_notice_minutes=rules.minimum_notice_minutes,
        horizon_days=rules.horizon_days,
        daily_limit=rules.daily_limit,
    )


@lru_cache(maxsize=KEPT)
def permits(text: str | None) -> tuple[Permit, ...]:
    """Read permissions."""
    return tuple(
        Permit(
            permission_id=PermissionId(UUID(permission_id)),
            license_id=LicenseId(UUID(license_id)),
            place=place,
            window=Window(starts_at=_instant(from_s), ends_at=_instant(until_s)),
            remote_only=remote_only,
        )
        for permission_id, license_id, place, from_s, until_s, remote_only in json.loads(text or "[]")
    )


@lru_cache(maxsize=KEPT)
def permitted(text: str | None, *, place: str | None, in_person: bool) -> tuple[Window, ...]:
    """Give the stretches of permission for the place, or with none for each place there is one for."""
    held = permits(text)
    places = sorted({each.place for each in held}) if place is None else (place,)
    return tuple(window for each in places for window in permissions.windows(held, place=each, in_person=in_person))


def _instant(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def practice(
    *,
    therapist_id: TherapistId,
    rules: Rules,
    permits_text: str | None,
    place: str | None,
    rooms: str | None,
    sessions: Sessions,
    exceptions: Exceptions,
) -> Practice:
    """Put together what is known of one therapist. rooms: the place where sessions in person are held, if known."""
    started, engaged, groups = _engagements(sessions)
    remote = permitted(permits_text, place=place, in_person=False)
    in_rooms = permitted(permits_text, place=rooms or place, in_person=True)
    return Practice(
        therapist_id=therapist_id,
        schedule=schedule(rules),
        permitted=remote,
        permitted_in_person=None if in_rooms == remote else in_rooms,
        engaged=engaged,
        started=started,
        groups=groups,
        opened=spans(exceptions.opened_from, exceptions.opened_until),
        closed=spans(exceptions.closed_from, exceptions.closed_until),
        shut=spans(exceptions.shut_from, exceptions.shut_until),
    )


def spans(begins: Seconds, ends: Seconds) -> tuple[Span, ...]:
    """Pair what begins with what ends; None is nothing."""
    return tuple(zip(begins or (), ends or (), strict=True))


def _engagements(sessions: Sessions) -> tuple[tuple[int, ...], tuple[Span, ...], tuple[Group, ...]]:
    started = tuple(sessions.started or ())
    engaged = spans(sessions.engaged_from, sessions.engaged_until)
    if sessions.others is None:
        return started, engaged, ()
    met = [group for group in _groups(sessions.others) if group.counted > 0]
    living = [group for group in met if group.living > 0]
    return (
        (*started, *(group.starts_s for group in met)),
        (*engaged, *(group.occupied for group in met)),  # its row takes the time, whatever was said of its seats
        tuple(
            Group(
                session_type=group.session_type,
                starts_s=group.starts_s,
                ends_s=group.ends_s,
                occupied=group.occupied,
                seats_left=group.capacity - group.living,
            )
            for group in living
        ),
    )


def _groups(others: str) -> list[_Seats]:
    """Read groups and count their seats; one without any takes no time."""
    rows = json.loads(others)
    groups = {
        booking_id: _Seats(
            session_type=session_type,
            starts_s=starts_s,
            ends_s=ends_s,
            occupied=(from_s, until_s),
            capacity=capacity,
        )
        for booking_id, group_id, _, session_type, starts_s, ends_s, from_s, until_s, capacity in rows
        if group_id is None
    }
    for _, group_id, status, *_ in rows:
        if group_id in groups:
            groups[group_id].counted += Status(status) in COUNTED or Status(status) in LIVE
            groups[group_id].living += Status(status) in LIVE
    return list(groups.values())
