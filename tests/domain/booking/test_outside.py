from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import slots, wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, Weekday
from domain.availability.slots import WhyNot
from domain.booking import outside
from domain.booking.outside import Booked, Times, Where
from domain.ids import BookingId, uuid7
from tests.build.availability import hours, instant, interval, schedule, session_type

NINE_TO_FIVE = schedule()  # New York, every day
NOTHING = Times(opened=(), closed=(), busy=())


def booked(starts_at: datetime, *, minutes: int = 50, before: int = 0, after: int = 10, zone: str = "UTC") -> Booked:
    during = Interval(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    return Booked(
        appointment_id=BookingId(uuid7()),
        session_type="individual_50",
        during=during,
        occupied=during.widened(before=timedelta(minutes=before), after=timedelta(minutes=after)),
        wall_start=wall_clock.local(starts_at, zone),
        zone=zone,
    )


def where(session: Booked, times: Times = NOTHING, of: Schedule = NINE_TO_FIVE) -> Where | None:
    found = outside.outside(of, times, sessions=(session,))
    return found[0].where if found else None


def test_a_session_within_the_hours_is_inside_wherever_it_starts() -> None:
    assert where(booked(instant("2027-03-01T09:00-05:00"))) is None
    assert where(booked(instant("2027-03-01T09:07-05:00"))) is None
    assert where(booked(instant("2027-03-01T16:10-05:00"))) is None


def test_a_session_that_sticks_out_of_the_hours_is_outside_and_its_buffers_do_not_count() -> None:
    assert where(booked(instant("2027-03-01T08:59-05:00"))) is Where.OUTSIDE_HOURS
    assert where(booked(instant("2027-03-01T16:11-05:00"))) is Where.OUTSIDE_HOURS
    assert where(booked(instant("2027-03-01T16:10-05:00"), after=60)) is None


def test_opened_time_joins_the_hours_it_touches() -> None:
    opened = Times(opened=(interval("2027-03-01T17:00-05:00", "2027-03-01T18:00-05:00"),), closed=(), busy=())

    assert where(booked(instant("2027-03-01T16:30-05:00")), opened) is None
    assert where(booked(instant("2027-03-01T17:30-05:00")), opened) is Where.OUTSIDE_HOURS


def test_closed_time_is_shut_to_the_session_and_not_to_its_buffers() -> None:
    closed = Times(opened=(), closed=(interval("2027-03-01T10:00-05:00", "2027-03-01T11:00-05:00"),), busy=())

    assert where(booked(instant("2027-03-01T10:30-05:00")), closed) is Where.CLOSED
    assert where(booked(instant("2027-03-01T09:05-05:00")), closed) is None
    assert where(booked(instant("2027-03-01T11:00-05:00"), before=30), closed) is None


def test_closed_wins_over_open() -> None:
    evening = interval("2027-03-01T18:00-05:00", "2027-03-01T20:00-05:00")

    assert where(booked(evening.starts_at), Times(opened=(evening,), closed=(evening,), busy=())) is Where.CLOSED


def test_busy_time_is_shut_to_the_buffers_too() -> None:
    busy = Times(opened=(), closed=(), busy=(interval("2027-03-01T10:00-05:00", "2027-03-01T11:00-05:00"),))

    assert where(booked(instant("2027-03-01T09:05-05:00")), busy) is Where.BUSY
    assert where(booked(instant("2027-03-01T09:00-05:00")), busy) is None
    assert where(booked(instant("2027-03-01T11:00-05:00"), before=1), busy) is Where.BUSY


def test_hours_past_midnight_reach_into_the_next_day_and_week() -> None:
    late = schedule(weekly_hours=hours("22:00", "02:00", Weekday.SUNDAY))

    assert where(booked(instant("2027-03-01T01:00-05:00")), of=late) is None
    assert where(booked(instant("2027-03-01T01:20-05:00")), of=late) is Where.OUTSIDE_HOURS


def test_who_moved_to_another_zone_sees_both_walls() -> None:
    session = booked(instant("2027-03-01T09:00-05:00"), zone="America/New_York")

    found = outside.outside(schedule(zone="America/Los_Angeles"), NOTHING, sessions=(session,))

    assert [(each.booked.wall_start.hour, each.wall_start.hour, each.zone) for each in found] == [
        (9, 6, "America/Los_Angeles")
    ]


MINUTES = st.integers(min_value=0, max_value=10 * 24 * 60)
AROUND = datetime(2027, 3, 10, tzinfo=UTC)  # New York's clocks go forward on March 14


@st.composite
def stretches(draw: st.DrawFn) -> list[Interval]:
    starts = draw(st.lists(MINUTES, max_size=3))
    return [
        Interval(
            starts_at=AROUND + timedelta(minutes=start),
            ends_at=AROUND + timedelta(minutes=start + draw(st.integers(min_value=1, max_value=2000))),
        )
        for start in starts
    ]


@given(opened=stretches(), closed=stretches(), busy=stretches(), start=MINUTES, until=st.integers(0, 23))
def test_it_agrees_with_what_the_schedule_would_offer(
    opened: list[Interval], closed: list[Interval], busy: list[Interval], start: int, until: int
) -> None:
    asked = schedule(weekly_hours=hours("09:00", f"{until:02}:00"), session_types=(session_type(before=5),))
    starts_at = AROUND + timedelta(minutes=start)

    found = where(booked(starts_at, before=5), Times(opened=opened, closed=closed, busy=busy), asked)

    why = slots.why_not(
        asked, asked.session_types[0], starts_at=starts_at, busy=busy, opened=opened, closed=closed, now=AROUND
    )
    if why is None:
        assert found is None
    elif why is WhyNot.OUTSIDE_HOURS:
        assert found in {Where.OUTSIDE_HOURS, Where.CLOSED}
    elif why is WhyNot.BUSY:
        assert found is Where.BUSY
    else:
        assert why is WhyNot.OFF_GRID
        assert found in {None, Where.BUSY}
