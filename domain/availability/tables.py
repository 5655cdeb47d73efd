"""Schedules as they are stored: one row of rules, its weekly hours and its session types, each in the order given."""

from datetime import datetime, time

from sqlalchemy.orm import Mapped, mapped_column

from domain.availability.schedule import Weekday
from domain.database import Base, stored_enum
from domain.ids import TherapistId


class ScheduleRow(Base):
    """The rules of a therapist's schedule. version counts its changes."""

    __tablename__ = "schedule"

    therapist_id: Mapped[TherapistId] = mapped_column(primary_key=True)
    zone: Mapped[str]
    slot_interval_minutes: Mapped[int]
    minimum_notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    daily_limit: Mapped[int | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class WeeklyHoursRow(Base):
    """Hours that come back every week, on the wall of the schedule's zone."""

    __tablename__ = "weekly_hours"

    therapist_id: Mapped[TherapistId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[Weekday] = mapped_column(stored_enum(Weekday))
    start_at: Mapped[time]
    end_at: Mapped[time]


class SessionTypeRow(Base):
    """What can be booked."""

    __tablename__ = "session_type"

    therapist_id: Mapped[TherapistId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    minutes: Mapped[int]
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    fee_minor: Mapped[int]
    currency: Mapped[str]
    session_formats: Mapped[list[str]]
    capacity: Mapped[int]
