"""What an admin sees of sessions the service cancelled because nothing permitted them: no client's name, id or address.

Of what a client lost in one go only the first is written about, so being told is a matter of all of it together.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.availability.schedule import SessionFormat
from domain.ids import BookingId


class Told(StrEnum):
    """Whether a message has reached the client's mail server."""

    SENT = "sent"
    WAITING = "waiting"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSession:
    """A session that was cancelled. offered, accepted: whether another was held for the client, and taken."""

    appointment_id: BookingId
    starts_at: datetime
    ends_at: datetime
    session_format: SessionFormat | None
    jurisdiction: str | None
    cancelled_at: datetime
    told: Told
    offered: bool
    accepted: bool
