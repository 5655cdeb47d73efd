"""The busy calendars of a therapist: what they may be called, how many there may be, and how far they are read."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.availability.interval import Interval
from domain.errors import Flaw, Invalid

CALENDARS_MAX: Final = 20
# What all calendars of a therapist may keep and shut together: they are read again together when the zone changes.
KEPT_BYTES_MAX: Final = 4 * 1024 * 1024
STRETCHES_MAX: Final = 20_000
# A calendar is read from yesterday, for buffers of what is under way, to beyond the farthest horizon of 366 days.
BEFORE: Final = timedelta(days=1)
AHEAD: Final = timedelta(days=400)
# It is read anew when less than this is left, so that the farthest horizon lies within what is read at all times.
LEFT_MIN: Final = timedelta(days=370)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}", re.ASCII)


class CalendarNameImpossible(Invalid):
    """The name is none that a calendar may have."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/name", detail="1 to 50 letters, digits, hyphens or underscores."))


def check_name(name: str) -> None:
    """Refuse a name that a calendar can't have. Raises CalendarNameImpossible."""
    if not _NAME.fullmatch(name):
        raise CalendarNameImpossible


def window(now: datetime) -> Interval:
    """Give the stretch for which a calendar is read at an aware instant."""
    present = now.astimezone(UTC)
    return Interval(starts_at=present - BEFORE, ends_at=present + AHEAD)
