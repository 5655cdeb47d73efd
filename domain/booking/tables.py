"""Occupied time: holds, appointments and group occurrences, which the database keeps from overlapping.

A seat's `occupied` is that of its group; only the group's own row shuts the therapist's time with it.
"""

from datetime import datetime, time

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, Weekday
from domain.booking.states import Attendance, Kind, Origin, Status, WaitlistStatus
from domain.booking.terms import CancellationTerms, Party, ReasonCode
from domain.database import Base, stored_enum
from domain.ids import AccountId, BookingId, ClientId, FeedId, MatchId, SeriesId, TherapistId, WaitlistEntryId
from domain.money import Money


class Booking(Base):
    """A hold or appointment of one client, a group's time, or a seat in a group.

    during: the bare session; occupied: with buffers; both half-open. wall_start: what the therapist's wall showed at
    the start when it was booked, by the rules of `zone` known then. origin: who made the hold; hold_number: which of
    the client's own three holds it is or was; in_place_of: the lost session for which the service gave it.
    """

    __tablename__ = "booking"

    id: Mapped[BookingId] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(stored_enum(Kind))
    status: Mapped[Status] = mapped_column(stored_enum(Status))
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id", ondelete="RESTRICT"))
    client_id: Mapped[ClientId | None] = mapped_column(ForeignKey("client.id", ondelete="RESTRICT"))
    session_type: Mapped[str]
    session_format: Mapped[SessionFormat | None] = mapped_column(stored_enum(SessionFormat))
    jurisdiction: Mapped[str | None]
    during: Mapped[Range[datetime]]
    occupied: Mapped[Range[datetime]]
    wall_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str]
    fee_minor: Mapped[int | None]
    currency: Mapped[str | None]
    free_cancellation_hours: Mapped[int | None]
    late_fee_percent: Mapped[int | None]
    match_id: Mapped[MatchId | None]
    group_id: Mapped[BookingId | None]
    seat_number: Mapped[int | None]
    capacity: Mapped[int | None]
    held_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[Party | None] = mapped_column(stored_enum(Party))
    reason_code: Mapped[ReasonCode | None] = mapped_column(stored_enum(ReasonCode))
    note_sealed: Mapped[bytes | None]
    fee_due_minor: Mapped[int | None]
    origin: Mapped[Origin] = mapped_column(stored_enum(Origin), server_default=Origin.CLIENT)
    hold_number: Mapped[int | None]
    series_id: Mapped[SeriesId | None]
    waitlist_entry_id: Mapped[WaitlistEntryId | None]
    in_place_of: Mapped[BookingId | None]
    attendance: Mapped[Attendance | None] = mapped_column(stored_enum(Attendance))
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def starts_at(self) -> datetime:
        """Give the start of the bare session."""
        return _bound(self.during.lower)

    @property
    def ends_at(self) -> datetime:
        """Give the end of the bare session."""
        return _bound(self.during.upper)

    @property
    def occupied_time(self) -> Interval:
        """Give the time it takes, or took, from the therapist: the session and its buffers."""
        return Interval(starts_at=_bound(self.occupied.lower), ends_at=_bound(self.occupied.upper))

    @property
    def fee(self) -> Money:
        """Give the fee of a client's session. ValueError for a group's own row."""
        if self.fee_minor is None or self.currency is None:
            raise ValueError("a group's own row has no fee")
        return Money(amount=self.fee_minor, currency=self.currency)

    @property
    def terms(self) -> CancellationTerms:
        """Give the terms copied when it was booked. ValueError for a group's own row."""
        if self.free_cancellation_hours is None or self.late_fee_percent is None:
            raise ValueError("a group's own row has no terms")
        return CancellationTerms(
            free_cancellation_hours=self.free_cancellation_hours, late_fee_percent=self.late_fee_percent
        )


class Series(Base):
    """A standing session: the same wall time of the therapist's zone every week. weeks: as many as were asked for."""

    __tablename__ = "series"

    id: Mapped[SeriesId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id", ondelete="RESTRICT"))
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id", ondelete="RESTRICT"))
    session_type: Mapped[str]
    session_format: Mapped[SessionFormat] = mapped_column(stored_enum(SessionFormat))
    weeks: Mapped[int]
    wall_start: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str]
    created_at: Mapped[datetime]


class WaitlistEntry(Base):
    """Somebody who waits for a time. That something is offered shows in a live hold with this entry's id.

    therapist_ids: with whom, one or those of a match. session_type: None for any individual one. session_formats:
    empty for any. until_at: an instant.
    """

    __tablename__ = "waitlist_entry"

    id: Mapped[WaitlistEntryId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id", ondelete="RESTRICT"))
    therapist_ids: Mapped[list[TherapistId]]
    match_id: Mapped[MatchId | None]
    session_type: Mapped[str | None]
    session_formats: Mapped[list[str]]
    jurisdiction: Mapped[str]
    zone: Mapped[str]
    until_at: Mapped[datetime]
    status: Mapped[WaitlistStatus] = mapped_column(stored_enum(WaitlistStatus))
    ended_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class WaitlistTime(Base):
    """When somebody who waits can come, week after week on the wall of the entry's zone."""

    __tablename__ = "waitlist_time"

    entry_id: Mapped[WaitlistEntryId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[Weekday] = mapped_column(stored_enum(Weekday))
    start_at: Mapped[time]
    end_at: Mapped[time]


class AttendanceReport(Base):
    """What one party said of a session; said once."""

    __tablename__ = "attendance_report"

    booking_id: Mapped[BookingId] = mapped_column(primary_key=True)
    party: Mapped[Party] = mapped_column(stored_enum(Party), primary_key=True)
    outcome: Mapped[Attendance] = mapped_column(stored_enum(Attendance))
    reported_at: Mapped[datetime]


class CalendarFeed(Base):
    """A calendar by secret address. token_digest: SHA-256 of the secret."""

    __tablename__ = "calendar_feed"

    id: Mapped[FeedId] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    token_digest: Mapped[bytes]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def _bound(instant: datetime | None) -> datetime:
    if instant is None:
        raise ValueError("the database refuses unbounded sessions")
    return instant
