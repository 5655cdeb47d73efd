"""Answers to forms and instruments: what was said and what came of it are sealed, the rest says where it stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import BookingId, ClientId, FormResponseId
from domain.intake.states import ResponseStatus


class FormResponse(Base):
    """A client's answers to one version of a form, or to one instrument.

    share: whether therapists may read a measure that belongs to no appointment. version counts the changes of the row;
    result_sealed is there once it is submitted.
    """

    __tablename__ = "form_response"
    __table_args__ = (UniqueConstraint("booking_id", "form_id"),)

    id: Mapped[FormResponseId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id", ondelete="RESTRICT"))
    booking_id: Mapped[BookingId | None] = mapped_column(ForeignKey("booking.id", ondelete="RESTRICT"))
    form_id: Mapped[UUID | None]
    form_version: Mapped[int | None]
    instrument: Mapped[str | None]
    status: Mapped[ResponseStatus] = mapped_column(stored_enum(ResponseStatus))
    answers_sealed: Mapped[bytes]
    result_sealed: Mapped[bytes | None]
    share: Mapped[bool]
    due_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
