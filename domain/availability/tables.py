"""Schedules as they are stored: one row of rules, its weekly hours and its session types, each in the order given.

Beside them stand exceptions, and calendars with the time they shut.
"""

from datetime import datetime, time

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.availability.schedule import ExceptionKind, Weekday
from domain.database import Base, stored_enum
from domain.ids import BusyCalendarId, ExceptionId, TherapistId


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


class ExceptionRow(Base):
    """A stretch of time that is open or closed whatever the weekly hours say. during: half-open."""

    __tablename__ = "schedule_exception"

    id: Mapped[ExceptionId] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId]
    kind: Mapped[ExceptionKind] = mapped_column(stored_enum(ExceptionKind))
    during: Mapped[Range[datetime]]
    note_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]


class BusyCalendarRow(Base):
    """A calendar of a therapist's, by name. source_sealed: what it said; expanded_until: how far it is read."""

    __tablename__ = "busy_calendar"

    id: Mapped[BusyCalendarId] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId]
    name: Mapped[str]
    source_sealed: Mapped[bytes]
    events: Mapped[int]
    expanded_until: Mapped[datetime]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class BusyTimeRow(Base):
    """A stretch of time that a calendar shuts, half-open; those of one calendar are disjoint, by position."""

    __tablename__ = "busy_time"

    calendar_id: Mapped[BusyCalendarId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId]
    during: Mapped[Range[datetime]]
