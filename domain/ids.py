"""Identifiers: UUIDv7 (RFC 9562), one type per table, so that the checker refuses one kind for another.

An id is never a secret: what opens a door is drawn with `secrets` and stored as a digest.
"""

import hashlib
import secrets
import time
from typing import NewType
from uuid import UUID

AccountId = NewType("AccountId", UUID)
SessionId = NewType("SessionId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
ClientId = NewType("ClientId", UUID)  # the client's account id: an account has one role for good
TherapistId = NewType("TherapistId", UUID)  # the therapist's account id, for the same reason
LicenseId = NewType("LicenseId", UUID)
PermissionId = NewType("PermissionId", UUID)
BookingId = NewType("BookingId", UUID)  # a hold and the appointment it becomes are one row
MatchId = NewType("MatchId", UUID)
FormResponseId = NewType("FormResponseId", UUID)
NoticeId = NewType("NoticeId", UUID)
ExceptionId = NewType("ExceptionId", UUID)
BusyCalendarId = NewType("BusyCalendarId", UUID)
SeriesId = NewType("SeriesId", UUID)
WaitlistEntryId = NewType("WaitlistEntryId", UUID)
TaskId = NewType("TaskId", UUID)
FeedId = NewType("FeedId", UUID)


def uuid7() -> UUID:
    """Draw a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits. Source: RFC 9562 section 5.7."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def uuid7_of(row: UUID, *, label: str) -> UUID:
    """Derive the id of what may be made only once for a row and a label: always the same, with the row's milliseconds.

    What is made under it a second time meets the primary key.
    """
    drawn = hashlib.sha256(row.bytes + label.encode()).digest()
    value = int.from_bytes(row.bytes[:6] + drawn[:10])
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
