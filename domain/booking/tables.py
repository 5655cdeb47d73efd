"""Occupied time: holds, appointments and group occurrences, which the database keeps from overlapping.

A seat's `occupied` is that of its group; only the group's own row shuts the therapist's time with it.
"""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.availability.schedule import SessionFormat
from domain.booking.states import Kind, Status
from domain.booking.terms import CancellationTerms, Party, ReasonCode
from domain.database import Base, stored_enum
from domain.ids import BookingId, ClientId, MatchId, TherapistId
from domain.money import Money


class Booking(Base):
    """A hold or appointment of one client, a group's time, or a seat in a group.

    during: the bare session; occupied: with buffers; both half-open. wall_start: what the therapist's wall showed at
    the start when it was booked, by the rules of `zone` known then.
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


def _bound(instant: datetime | None) -> datetime:
    if instant is None:
        raise ValueError("the database refuses unbounded sessions")
    return instant
