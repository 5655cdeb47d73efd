"""Compare slots with a walk over minutes around every distinct change of clocks, with the server in three zones.

Run it as `python -m benchmarks.clock_changes [first_year] [last_year]`, by default for 2026 to 2028; it exits with 1 if
any slot is wrong. Every case is seven days around a change, every weekday with the same hours, and sessions of 50 + 10
minutes on a grid of 60, and of 30 minutes on a grid of 15.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from domain.availability import slots
from tests.build.availability import hours, schedule, session_type
from tests.domain.availability import oracle

SERVER_ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
WINDOWS = (("09:00", "17:00"), ("13:00", "17:00"), ("00:00", "06:00"), ("22:00", "02:00"), ("00:00", "00:00"))
KINDS = ((session_type(minutes=50, after=10), 60), (session_type(minutes=30, after=0), 15))
CHILD = "--in-this-process"


def sweep(years: range) -> int:
    """Print, for each year and window, how many changes were looked at and how many came out wrong."""
    wrong_in_all = 0
    for year in years:
        changes = oracle.changes_of(year)
        wrong = {window: set[oracle.Change]() for window in WINDOWS}
        for change in changes:
            around = oracle.week_around(change)
            for window in WINDOWS:
                for kind, step in KINDS:
                    asked = schedule(zone=change.zone, weekly_hours=hours(*window), slot_interval=step)
                    found = slots.free(asked, kind, window=around, busy=(), now=around.starts_at)
                    expected = oracle.starts(asked, kind, window=around, now=around.starts_at)
                    if [slot.starts_at for slot in found] != expected:
                        wrong[window].add(change)
        wrong_in_all += sum(map(len, wrong.values()))
        counted = ", ".join(f"{start}-{end}: {len(wrong[start, end])}" for start, end in WINDOWS)
        print(f"TZ={os.environ.get('TZ', '')} ({time.strftime('%Z')}) {year}: {len(changes)} changes; wrong {counted}")
    return wrong_in_all


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
