"""The life of a hold and of the appointment it becomes: one row, whose states follow the table below and nothing else.

What is held or confirmed is alive: it occupies the therapist's time and the client's, and the database lets nothing
else live there. A group's own row, on which seats hang, is confirmed while a seat lives and released with its last.
"""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a row stands for: a session of one client, a group's time of the therapist, a client's seat in a group."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    SEAT = "seat"


class Status(StrEnum):
    """Where a hold or an appointment stands."""

    HELD = "held"
    EXPIRED = "expired"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


class Origin(StrEnum):
    """Who made a hold: its client, or the service for somebody who waits or has lost a session.

    A hold the service gives shuts the therapist's time and not the client's, and counts apart.
    """

    CLIENT = "client"
    WAITLIST = "waitlist"
    REHOMING = "rehoming"


class WaitlistStatus(StrEnum):
    """Where somebody who waits stands; that a time is offered shows in a live hold of theirs."""

    WAITING = "waiting"
    BOOKED = "booked"
    ENDED = "ended"


class Attendance(StrEnum):
    """Whether a session took place, and who was not there."""

    ATTENDED = "attended"
    CLIENT_NO_SHOW = "client_no_show"
    THERAPIST_NO_SHOW = "therapist_no_show"


class Event(StrEnum):
    """What can happen to it."""

    EXPIRE = "expire"
    RELEASE = "release"
    RENEW = "renew"
    CONFIRM = "confirm"
    MOVE = "move"
    CANCEL = "cancel"
    ATTEND = "attend"
    MISS = "miss"


TRANSITIONS: Final[dict[tuple[Status, Event], Status]] = {
    (Status.HELD, Event.EXPIRE): Status.EXPIRED,
    (Status.HELD, Event.RELEASE): Status.RELEASED,
    (Status.HELD, Event.RENEW): Status.HELD,
    (Status.HELD, Event.CONFIRM): Status.CONFIRMED,
    (Status.CONFIRMED, Event.MOVE): Status.CONFIRMED,
    (Status.CONFIRMED, Event.CANCEL): Status.CANCELLED,
    (Status.CONFIRMED, Event.ATTEND): Status.COMPLETED,
    (Status.CONFIRMED, Event.MISS): Status.NO_SHOW,
    # completed for want of a word, which comes later after all; or decided otherwise by an admin
    (Status.COMPLETED, Event.ATTEND): Status.COMPLETED,
    (Status.COMPLETED, Event.MISS): Status.NO_SHOW,
    (Status.NO_SHOW, Event.MISS): Status.NO_SHOW,
    (Status.NO_SHOW, Event.ATTEND): Status.COMPLETED,
}

LIVE: Final = frozenset({Status.HELD, Status.CONFIRMED})
COUNTED: Final = (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW)  # what fills a day
APPOINTMENT: Final = frozenset({Status.CONFIRMED, Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW})


def after(status: Status, event: Event) -> Status | None:
    """Give the state that follows, or None where the event is not possible."""
    return TRANSITIONS.get((status, event))
