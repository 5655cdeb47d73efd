"""Stretches of time that are open or closed whatever the weekly hours say, and what makes one possible.

Where an opened and a closed one overlap, closed wins (`slots.py`). Exceptions may overlap each other: each is taken
back on its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.availability.interval import Interval
from domain.availability.schedule import ExceptionKind
from domain.errors import Flaw, Invalid

LENGTH_MAX: Final = timedelta(days=366)
AHEAD_MAX: Final = 1_000
NOTE_LENGTH_MAX: Final = 500


class ExceptionImpossible(Invalid):
    """The exception contradicts itself or leaves its bounds; every flaw is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewException:
    """What a therapist says of a stretch of time. Instants are aware UTC. note: for their own eyes."""

    kind: ExceptionKind
    starts_at: datetime
    ends_at: datetime
    note: str | None

    def during(self) -> Interval:
        """Give the stretch, half-open. ValueError where `check` would refuse it."""
        return Interval(starts_at=self.starts_at, ends_at=self.ends_at)


def check(exception: NewException, *, now: datetime) -> None:
    """Refuse an exception that can't be, or that changes nothing. Raises ExceptionImpossible with every flaw found."""
    flaws = tuple(_flaws(exception, now=now))
    if flaws:
        raise ExceptionImpossible(*flaws)


def _flaws(exception: NewException, *, now: datetime) -> Iterator[Flaw]:
    for name, instant in (("start", exception.starts_at), ("end", exception.ends_at)):
        if instant.second or instant.microsecond:
            yield Flaw(pointer=f"/{name}", detail="An instant in whole minutes.")
    if exception.ends_at <= exception.starts_at:
        yield Flaw(pointer="/end", detail="It must be later than `start`.")
    elif exception.ends_at <= now:
        yield Flaw(pointer="/end", detail="This time is past; an exception reaches into what is ahead.")
    elif exception.ends_at - exception.starts_at > LENGTH_MAX:
        yield Flaw(pointer="/end", detail=f"At most {LENGTH_MAX.days} days after `start`.")
    if exception.note is not None and len(exception.note) > NOTE_LENGTH_MAX:
        yield Flaw(pointer="/note", detail=f"At most {NOTE_LENGTH_MAX} characters.")
