"""What exceptions close and calendars shut is never offered, from the text of a calendar to the slot."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import slots
from domain.availability.interval import Interval
from tests.build.availability import hours, schedule, session_type
from tests.build.calendars import WINDOW, calendar, event, read

MINUTE = timedelta(minutes=1)
DAYS = 61
STARTS = st.integers(0, DAYS * 1440).map(lambda minutes: WINDOW.starts_at + minutes * MINUTE)
LENGTHS = st.integers(1, 3000).map(lambda minutes: minutes * MINUTE)
STRETCHES = st.lists(
    st.builds(lambda starts_at, length: Interval(starts_at=starts_at, ends_at=starts_at + length), STARTS, LENGTHS),
    max_size=4,
)


def stamp(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%SZ}"


@given(
    opened=STRETCHES,
    closed=STRETCHES,
    events=st.lists(st.tuples(STARTS, LENGTHS, st.integers(1, 9), st.integers(1, 5)), min_size=1, max_size=5),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    before=st.sampled_from([0, 15]),
)
def test_no_slot_lies_in_closed_time_or_over_an_event(
    opened: list[Interval],
    closed: list[Interval],
    events: list[tuple[datetime, timedelta, int, int]],
    zone: str,
    before: int,
) -> None:
    source = calendar(
        *(
            event(
                f"DTSTART:{stamp(starts_at)}",
                f"DTEND:{stamp(starts_at + length)}",
                f"RRULE:FREQ=DAILY;INTERVAL={interval};COUNT={count}",
                uid=str(number),
            )
            for number, (starts_at, length, interval, count) in enumerate(events)
        )
    )
    asked = schedule(zone=zone, weekly_hours=hours("08:00", "20:00"), slot_interval=30)
    kind = session_type(before=before, after=10)

    reading = read(source, zone=zone)
    offered = slots.free(
        asked, kind, window=WINDOW, busy=reading.busy, opened=opened, closed=closed, now=WINDOW.starts_at
    )

    taking_place = [
        Interval(starts_at=start, ends_at=start + length)
        for starts_at, length, interval, count in events
        for start in (starts_at + timedelta(days=interval * number) for number in range(count))
    ]
    sessions = [Interval(starts_at=slot.starts_at, ends_at=slot.ends_at) for slot in offered]
    occupied = [slots.occupied(slot, kind) for slot in offered]
    # Beyond the window nothing was read: what begins there shuts nothing here.
    near = [each for each in taking_place if each.starts_at < WINDOW.ends_at]
    assert reading.ignored == ()
    assert not any(each.overlaps(shut) for each in sessions for shut in closed)
    assert not any(each.overlaps(event_time) for each in occupied for event_time in near)
