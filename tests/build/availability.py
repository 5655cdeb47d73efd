"""Schedules and session types as tests need them."""

from datetime import UTC, datetime, time

from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, SessionFormat, SessionType, Weekday, WeeklyHours
from domain.money import Money


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def interval(starts_at: str, ends_at: str) -> Interval:
    return Interval(starts_at=instant(starts_at), ends_at=instant(ends_at))


def wall(text: str) -> time:
    return time.fromisoformat(text)


def hours(start: str, end: str, *weekdays: Weekday) -> tuple[WeeklyHours, ...]:
    """Give the same hours on these weekdays, or on all seven."""
    return tuple(
        WeeklyHours(weekday=weekday, start=wall(start), end=wall(end)) for weekday in weekdays or tuple(Weekday)
    )


def session_type(
    *,
    code: str = "individual_50",
    name: str = "Individual session",
    minutes: int = 50,
    before: int = 0,
    after: int = 10,
    fee: Money = Money(amount=15000, currency="usd"),  # noqa: B008 - Money is frozen
    session_formats: tuple[SessionFormat, ...] = (SessionFormat.VIDEO,),
    capacity: int = 1,
) -> SessionType:
    return SessionType(
        code=code,
        name=name,
        minutes=minutes,
        buffer_before_minutes=before,
        buffer_after_minutes=after,
        fee=fee,
        session_formats=session_formats,
        capacity=capacity,
    )


def schedule(
    *,
    zone: str = "America/New_York",
    weekly_hours: tuple[WeeklyHours, ...] = hours("09:00", "17:00"),
    session_types: tuple[SessionType, ...] = (session_type(),),
    slot_interval: int = 60,
    notice: int = 0,
    horizon_days: int = 366,
    daily_limit: int | None = None,
) -> Schedule:
    return Schedule(
        zone=zone,
        weekly_hours=weekly_hours,
        session_types=session_types,
        slot_interval_minutes=slot_interval,
        minimum_notice_minutes=notice,
        horizon_days=horizon_days,
        daily_limit=daily_limit,
    )
