"""Measure the CPU of one slot search: Monday to Friday 09-12 and 13-17, 50 + 10 minutes, 28 days, 40 bookings.

Run it as `python -m benchmarks.slot_engine`. The yardstick is twenty plain lines that ask zoneinfo about every slot,
run between our own rounds, since the speed of a shared machine changes from second to second.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from statistics import median

from domain.availability import slots, wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, Schedule, SessionFormat, SessionType, WeeklyHours
from domain.money import Money

ZONE = "America/New_York"
BOOKINGS = 40
SEARCH_DAYS = 28
ROUNDS = 9
SEARCHES = 300

INDIVIDUAL = SessionType(
    code="individual_50",
    name="Individual session",
    minutes=50,
    buffer_before_minutes=0,
    buffer_after_minutes=10,
    fee=Money(amount=15000, currency="usd"),
    session_formats=(SessionFormat.VIDEO,),
    capacity=1,
)
SCHEDULE = Schedule(
    zone=ZONE,
    weekly_hours=tuple(
        WeeklyHours(weekday=weekday, start=start, end=end)
        for weekday in WEEKDAYS[:5]
        for start, end in ((wall(9), wall(12)), (wall(13), wall(17)))
    ),
    session_types=(INDIVIDUAL,),
    slot_interval_minutes=60,
    minimum_notice_minutes=0,
    horizon_days=366,
    daily_limit=None,
)

Work = Callable[[Interval, list[Interval]], object]


def bookings(window: Interval, *, seed: int) -> list[Interval]:
    """Draw the fixture's bookings from the slots of the window."""
    now = window.starts_at - timedelta(days=1)
    offered = slots.free(SCHEDULE, INDIVIDUAL, window=window, busy=(), now=now)
    drawn = random.Random(seed).sample(offered, BOOKINGS)  # noqa: S311 - a fixture, not a secret
    return [slots.occupied(slot, INDIVIDUAL) for slot in drawn]


def search(window: Interval, busy: list[Interval]) -> int:
    """Search once and count the slots."""
    now = window.starts_at - timedelta(days=1)
    return len(slots.free(SCHEDULE, INDIVIDUAL, window=window, busy=busy, now=now))


def cpu_ms(work: Work, window: Interval, busy: list[Interval]) -> float:
    """Give the CPU of one call in milliseconds."""
    began = time.process_time()
    for _ in range(SEARCHES):
        work(window, busy)
    return (time.process_time() - began) * 1000 / SEARCHES


def window_from(on: date) -> Interval:
    """Give the window of four weeks from a local date's midnight."""
    until = on + timedelta(days=SEARCH_DAYS)
    return Interval(
        starts_at=wall_clock.bound(datetime.combine(on, wall(0)), ZONE),
        ends_at=wall_clock.bound(datetime.combine(until, wall(0)), ZONE),
    )


def plain(window: Interval, busy: list[Interval]) -> int:
    """Count the slots the plain way: every start of every day through zoneinfo, rivals compared one by one."""
    zone = wall_clock.zone(ZONE)
    found: list[tuple[datetime, datetime]] = []
    taken = sorted((each.starts_at, each.ends_at) for each in busy)
    on, until = window.starts_at.astimezone(zone).date(), window.ends_at.astimezone(zone).date()
    while on <= until:
        for hours in SCHEDULE.weekly_hours:
            if WEEKDAYS[on.weekday()] is hours.weekday:
                start, closes = datetime.combine(on, hours.start), datetime.combine(on, hours.end)
                while start + timedelta(minutes=INDIVIDUAL.minutes) <= closes:
                    starts_at = start.replace(tzinfo=zone).astimezone(UTC)
                    ends_at = starts_at + timedelta(minutes=INDIVIDUAL.minutes)
                    free_again_at = ends_at + timedelta(minutes=INDIVIDUAL.buffer_after_minutes)
                    if window.holds(starts_at) and not any(a < free_again_at and starts_at < b for a, b in taken):
                        found.append((starts_at, ends_at))
                    start += timedelta(minutes=SCHEDULE.slot_interval_minutes)
        on += timedelta(days=1)
    return len(found)


def forgetful(window: Interval, busy: list[Interval]) -> int:
    """Search with no slot made before."""
    slots.slot.cache_clear()
    return search(window, busy)


def offered(window: Interval, busy: list[Interval]) -> bool:
    """Ask about one start."""
    starts_at = window.starts_at + timedelta(days=2, hours=10)
    return slots.is_offered(SCHEDULE, INDIVIDUAL, starts_at=starts_at, busy=busy, now=window.starts_at)


def main() -> None:
    """Print the measurements: medians of several rounds, and the best round."""
    for name, on in (("over the change of March 2027", date(2027, 3, 1)), ("without a change", date(2027, 6, 7))):
        window = window_from(on)
        busy = bookings(window, seed=7)
        assert search(window, busy) == plain(window, busy)
        print(f"{name}: {search(window, busy)} slots, {BOOKINGS} bookings; CPU, median (best)")
        works: dict[str, Work] = {
            "plain zoneinfo lines": plain,
            "free, slots made anew": forgetful,
            "free, slots kept": search,
            "is_offered": offered,
        }
        rounds: dict[str, list[float]] = {label: [] for label in works}
        for _ in range(ROUNDS):
            for label, work in works.items():
                rounds[label].append(cpu_ms(work, window, busy))
        for label, measured in rounds.items():
            print(f"  {label:<24}{median(measured):.4f} ms  ({min(measured):.4f})")


if __name__ == "__main__":
    main()
