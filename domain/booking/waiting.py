"""Somebody who waits for a time: what fits them, and how long it is kept for them.

- A session fits when it is of the type they named (or with none any individual one), has a format they take, lies
  wholly within their times, and starts before they stop waiting.
- Nobody is offered a time again that they let pass, nor one that overlaps it: then it is the next one's turn.
- What is offered is kept for two hours, and never past the notice the therapist needs. With less than ten minutes left
  until then it is offered to nobody: it could not be answered in peace.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.availability import weekly_times
from domain.availability.interval import Interval
from domain.availability.schedule import BUFFER_MINUTES, SessionFormat, WeeklyHours
from domain.booking.offer import Offer
from domain.booking.states import WaitlistStatus
from domain.ids import BookingId, ClientId, MatchId, TherapistId, WaitlistEntryId

KEPT_FOR: Final = timedelta(hours=2)
KEPT_AT_LEAST: Final = timedelta(minutes=10)
BUFFER_MAX: Final = timedelta(minutes=BUFFER_MINUTES.stop - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What somebody waits for. session_type: None for any individual one. session_formats, times: empty for any.

    zone: of the times, an IANA key. until: aware.
    """

    therapist_ids: tuple[TherapistId, ...]
    match_id: MatchId | None
    session_type: str | None
    session_formats: tuple[SessionFormat, ...]
    jurisdiction: str
    times: tuple[WeeklyHours, ...]
    zone: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOffer:
    """A time that is kept for somebody who waits."""

    hold_id: BookingId
    therapist_id: TherapistId
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody's place in the queue. offered: the time that is kept for them now."""

    entry_id: WaitlistEntryId
    client_id: ClientId
    wait: Wait
    status: WaitlistStatus
    created_at: datetime
    offered: LiveOffer | None

    def status_at(self, now: datetime) -> WaitlistStatus:
        """Give where it stands: who waited until `now` waits no more, though no sweep has written it yet. now: aware.

        Nothing can be kept for them then: every offer passes before its session starts, and that is before the end.
        """
        over = self.status is WaitlistStatus.WAITING and self.wait.until <= now
        return WaitlistStatus.ENDED if over else self.status


def may_fit(wait: Wait, *, freed: Interval) -> bool:
    """Tell whether any session near a freed time could fit, without looking at the therapist's schedule."""
    near = freed.widened(before=BUFFER_MAX, after=BUFFER_MAX)
    if near.starts_at >= wait.until:
        return False
    if not wait.times:
        return True
    return any(each.overlaps(near) for each in weekly_times.stretches(wait.times, zone=wait.zone, during=near))


def fitting(
    wait: Wait, offers: Iterable[Offer], *, window: Interval, freed: Interval | None, offered: Collection[Interval]
) -> tuple[Offer, ...]:
    """Give the offers that fit: the ones nearest to a freed time first, without one the soonest.

    window: in which all of them start. freed: a time they must take from the therapist; None for any. offered: bare
    sessions of that therapist that this entry was offered before.
    """
    free_time = weekly_times.stretches(wait.times, zone=wait.zone, during=window) if wait.times else None
    found = [
        offer
        for offer in offers
        if offer.starts_at < wait.until
        and not any(offer.during.overlaps(each) for each in offered)
        and (freed is None or offer.occupied.overlaps(freed))
        and format_of(wait, offer) is not None
        and (free_time is None or weekly_times.lies_within(offer.during, free_time))
    ]
    if freed is not None:
        found.sort(key=lambda offer: (abs(offer.occupied.starts_at - freed.starts_at), offer.place))
    return tuple(found)


def format_of(wait: Wait, offer: Offer) -> SessionFormat | None:
    """Give the first format the client takes that the session can be held in, or None."""
    if not wait.session_formats:
        return offer.session_formats[0]
    return next((each for each in wait.session_formats if each in offer.session_formats), None)


def kept_until(offer: Offer, *, notice_minutes: int, now: datetime, kept_for: timedelta = KEPT_FOR) -> datetime | None:
    """Give how long an offer is kept for somebody, or None where that is too short to answer. now: aware."""
    until = min(now + kept_for, offer.starts_at - timedelta(minutes=notice_minutes))
    return until if until - now >= KEPT_AT_LEAST else None
