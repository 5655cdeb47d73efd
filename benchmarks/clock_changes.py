"""Compare what is offered with a walk over minutes: around every distinct change of clocks, the server in three zones.

Run it as `python -m benchmarks.clock_changes [first_year] [last_year]`, by default for 2026 to 2028; it exits with 1 if
anything is wrong. Looked at are seven days around each distinct change of a year, and seven days of a zone for each
offset that is kept all year. A case is one week of hours on one weekday alone, for each weekday, or on all seven; in
it sessions of 50 + 10 minutes lie on a grid of 60, or of 30 minutes on a grid of 15. What is offered comes by the way
all offers take, `offer.offers` over a practice, and `offer.refusal` must agree with each start of the whole week.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.availability import wall_clock
from domain.availability.interval import Interval
from domain.availability.schedule import WEEKDAYS, Schedule, SessionType, Weekday
from domain.booking import offer
from domain.booking.offer import Practice
from domain.ids import TherapistId, uuid7
from domain.licensing.places import Window
from tests.build.availability import hours, schedule, session_type
from tests.domain.availability import oracle

SERVER_ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
WHOLE_DAY = ("00:00", "00:00")
WINDOWS = (("09:00", "17:00"), ("13:00", "17:00"), ("00:00", "06:00"), ("22:00", "02:00"), WHOLE_DAY)
KINDS = ((session_type(minutes=50, after=10), 60), (session_type(minutes=30, after=0), 15))
LICENSED = Window(starts_at=datetime(2000, 1, 1, tzinfo=UTC), ends_at=datetime(2100, 1, 1, tzinfo=UTC))
CHILD = "--in-this-process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days of a zone that are looked at."""

    zone: str
    window: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One therapist's week: hours of a window on these days, and one kind of session."""

    week: Week
    hours: tuple[str, str]
    weekdays: tuple[Weekday, ...]
    kind: SessionType
    step: int

    def schedule(self) -> Schedule:
        """Give the rules of the case."""
        return schedule(
            zone=self.week.zone,
            weekly_hours=hours(*self.hours, *self.weekdays),
            session_types=(self.kind,),
            slot_interval=self.step,
        )


def weeks_of(year: int) -> list[Week]:
    """Give a week around each distinct change of the year, and one for each offset that some zone keeps all year."""
    changing = [Week(zone=change.zone, window=oracle.week_around(change)) for change in oracle.changes_of(year)]
    spring = datetime(year, 3, 8, tzinfo=UTC)
    window = Interval(starts_at=spring, ends_at=spring + timedelta(days=7))
    steady = [Week(zone=zone, window=window) for zone in _steady_zones(year)]
    return changing + steady


def _steady_zones(year: int) -> list[str]:
    by_offset: dict[timedelta | None, str] = {}
    for key in sorted(wall_clock.known_zones()):
        zone = wall_clock.zone(key)
        offsets = {
            (datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=d)).astimezone(zone).utcoffset() for d in range(366)
        }
        if len(offsets) == 1:
            by_offset.setdefault(offsets.pop(), key)
    return sorted(by_offset.values())


def wrong_of(week: Week) -> Iterator[tuple[Case, bool]]:
    """Give each case of a week, and whether it came out wrong."""
    now = week.window.starts_at - timedelta(hours=1)
    for window in WINDOWS:
        for kind, step in KINDS:
            daily = Case(week=week, hours=window, weekdays=WEEKDAYS, kind=kind, step=step)
            walked = oracle.starts(daily.schedule(), kind, window=week.window, now=now)
            yield daily, _offered(daily, now=now) != walked or not _agree(daily, walked, now=now)
            if window == WHOLE_DAY:  # such days touch, so that one alone is not a part of the seven
                continue
            for number, weekday in enumerate(WEEKDAYS):
                alone = Case(week=week, hours=window, weekdays=(weekday,), kind=kind, step=step)
                expected = [start for start in walked if _weekday_of_hours(start, daily) == number]
                yield alone, _offered(alone, now=now) != expected


def _practice(case: Case) -> Practice:
    return Practice(therapist_id=TherapistId(uuid7()), schedule=case.schedule(), permitted=(LICENSED,))


def _offered(case: Case, *, now: datetime) -> list[datetime]:
    found = offer.offers(_practice(case), session_type=case.kind.code, window=case.week.window, own=(), now=now)
    return [each.starts_at for each in found]


def _refusal(practice: Practice, case: Case, at: datetime, *, now: datetime) -> offer.Refused | None:
    meant = offer.offer_of(practice, case.kind, starts_at=at)
    return offer.refusal(practice, meant, own=(), in_person=False, now=now)


def _agree(case: Case, walked: Sequence[datetime], *, now: datetime) -> bool:
    """Tell whether each start of the walk, and none a minute beside it, could be held if it were asked for alone."""
    practice = _practice(case)
    starts = set(walked)
    beside = {start + timedelta(minutes=1) for start in walked} - starts
    return all(
        (
            offer.refusal(practice, offer.offer_of(practice, case.kind, starts_at=at), own=(), in_person=False, now=now)
            is None
        )
        == (at in starts)
        for at in starts | beside
    )


def _weekday_of_hours(start: datetime, case: Case) -> int:
    """Give the weekday on which the hours began that a start lies in."""
    opened = timedelta(hours=int(case.hours[0][:2]))
    return (start.astimezone(wall_clock.zone(case.week.zone)).replace(tzinfo=None) - opened).weekday()


def sweep(years: range) -> int:
    """Print, for each year, how many weeks and cases were looked at and how many came out wrong; give all wrong."""
    all_wrong = 0
    for year in years:
        weeks = weeks_of(year)
        cases, wrong = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for week in weeks:
            for case, is_wrong in wrong_of(week):
                cases[case.hours] += 1
                wrong[case.hours] += is_wrong
        all_wrong += wrong.total()
        by_window = ", ".join(f"{start}-{end} {wrong[start, end]}" for start, end in WINDOWS)
        print(
            f"TZ={os.environ.get('TZ', '')} ({time.strftime('%Z')}) {year}: {len(oracle.changes_of(year))} changes and "
            f"{len(weeks) - len(oracle.changes_of(year))} steady offsets, {cases.total()} cases, "
            f"{wrong.total()} wrong ({by_window})",
            flush=True,
        )
    return all_wrong


def main(arguments: list[str]) -> int:
    """Sweep in one child process for each server zone, since the zone of a process is read when it starts."""
    years = [argument for argument in arguments if argument != CHILD] or ["2026", "2028"]
    if CHILD in arguments:
        return min(sweep(range(int(years[0]), int(years[-1]) + 1)), 1)
    root = Path(__file__).parents[1]
    return max(
        subprocess.run(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-m", "benchmarks.clock_changes", CHILD, *years],
            check=False,
            cwd=root,
            env={**os.environ, "TZ": zone},
        ).returncode
        for zone in SERVER_ZONES
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
