"""Bodies and views of the waitlist. Nobody is told their place against another."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.v1.booking.schemas import SessionTypeCode
from api.wire import Body, Instant, Jurisdiction, View, WallTime, Zone
from domain.availability.schedule import SessionFormat, Weekday, WeeklyHours
from domain.booking.states import WaitlistStatus
from domain.booking.waiting import Entry, LiveOffer
from domain.booking.waitlist_service import Asked
from domain.errors import Flaw, Invalid
from domain.ids import MatchId, TherapistId


class EntryStatus(StrEnum):
    """Where somebody who waits stands; `offered` while a time is kept for them."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    ENDED = "ended"


class TimeWire(Body):
    """A time of the week at which a session could be. An end at or before the start is of the next day."""

    weekday: Weekday
    start: WallTime
    end: WallTime


class CreateWaitlistEntry(
    Body,
    json_schema_extra={
        "examples": [
            {
                "therapist_id": "01a206d2-0511-71af-b5b6-7a42e2744a94",
                "session_formats": ["video"],
                "times": [{"weekday": "tuesday", "start": "17:00", "end": "20:00"}],
                "until": "2027-06-01T00:00:00Z",
            }
        ]
    },
):
    """What to wait for: a time with one therapist, or with any of a match's.

    session_type: left out, any individual one. session_formats, times: empty, any. time_zone: of the times, else your
    own; jurisdiction: where you will be, else where your profile says.
    """

    therapist_id: UUID | None = None
    match_id: UUID | None = None
    session_type: SessionTypeCode | None = None
    session_formats: Annotated[tuple[SessionFormat, ...], Field(max_length=3)] = ()
    times: Annotated[tuple[TimeWire, ...], Field(max_length=50)]
    time_zone: Zone | None = None
    until: Instant
    jurisdiction: Jurisdiction | None = None

    def meant(self) -> tuple[TherapistId | None, MatchId | None]:
        """Give the therapist to wait for, or the match. Raises NobodyToWaitFor."""
        if (self.therapist_id is None) == (self.match_id is None):
            raise NobodyToWaitFor
        return (
            None if self.therapist_id is None else TherapistId(self.therapist_id),
            None if self.match_id is None else MatchId(self.match_id),
        )

    def asked(self, *, therapist_ids: Sequence[TherapistId]) -> Asked:
        """Give the domain's value."""
        return Asked(
            therapist_ids=tuple(therapist_ids),
            match_id=None if self.match_id is None else MatchId(self.match_id),
            session_type=self.session_type,
            session_formats=tuple(dict.fromkeys(self.session_formats)),
            times=tuple(WeeklyHours(weekday=each.weekday, start=each.start, end=each.end) for each in self.times),
            zone=self.time_zone,
            jurisdiction=self.jurisdiction,
            until=self.until.astimezone(UTC),
        )


class NobodyToWaitFor(Invalid):
    """Neither a therapist nor a match is named, or both."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/therapist_id", detail="Name one therapist_id, or one match_id."))


class OfferView(View):
    """A time that is kept for you. Book it with `POST /v1/appointments {hold_id}`, or let it pass."""

    hold_id: UUID
    therapist_id: UUID
    start: Instant
    end: Instant
    expires_at: Instant


class WaitlistEntryView(View):
    """What you wait for, and what is kept for you now."""

    id: UUID
    status: EntryStatus
    offer: OfferView | None
    therapist_ids: Sequence[UUID]
    session_type: str | None
    session_formats: Sequence[SessionFormat]
    times: Sequence[TimeWire]
    time_zone: str
    jurisdiction: str
    until: Instant


def entry_view(entry: Entry, *, now: datetime) -> WaitlistEntryView:
    """Present an entry to its client. now: aware."""
    wait = entry.wait
    status = entry.status_at(now)
    offered = entry.offered if status is WaitlistStatus.WAITING else None
    return WaitlistEntryView(
        id=entry.entry_id,
        status=EntryStatus.OFFERED if offered is not None else EntryStatus(status),
        offer=None if offered is None else _offer_view(offered),
        therapist_ids=wait.therapist_ids,
        session_type=wait.session_type,
        session_formats=wait.session_formats,
        times=[TimeWire(weekday=each.weekday, start=each.start, end=each.end) for each in wait.times],
        time_zone=wait.zone,
        jurisdiction=wait.jurisdiction,
        until=wait.until,
    )


def _offer_view(offer: LiveOffer) -> OfferView:
    return OfferView(
        hold_id=offer.hold_id,
        therapist_id=offer.therapist_id,
        start=offer.starts_at,
        end=offer.ends_at,
        expires_at=offer.expires_at,
    )
