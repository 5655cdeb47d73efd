"""What must never be in the table of occupied time, asked in plain SQL that shares nothing with the service."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A hold whose time has run out and that nobody cleared yet stands in the constraints' way like any other.
THERAPIST_TWICE: Final = """
SELECT count(*) FROM booking a JOIN booking b ON a.therapist_id = b.therapist_id AND a.id < b.id
WHERE a.occupied && b.occupied
  AND a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
  AND a.kind IN ('individual', 'group') AND b.kind IN ('individual', 'group')
"""
CLIENT_TWICE: Final = """
SELECT count(*) FROM booking a JOIN booking b ON a.client_id = b.client_id AND a.id < b.id
WHERE a.during && b.during
  AND (a.status = 'confirmed' OR a.status = 'held' AND a.origin = 'client')
  AND (b.status = 'confirmed' OR b.status = 'held' AND b.origin = 'client')
"""
SEATS_TOO_MANY: Final = """
SELECT count(*) FROM booking g WHERE g.kind = 'group'
  AND g.capacity < (SELECT count(*) FROM booking s WHERE s.group_id = g.id AND s.status IN ('held', 'confirmed'))
"""
GROUPS_WITHOUT_SEATS: Final = """
SELECT count(*) FROM booking g WHERE g.kind = 'group' AND g.status = 'confirmed'
  AND NOT EXISTS (SELECT FROM booking s WHERE s.group_id = g.id AND s.status IN ('held', 'confirmed'))
"""
SEATS_WITHOUT_GROUPS: Final = """
SELECT count(*) FROM booking s WHERE s.kind = 'seat' AND s.status IN ('held', 'confirmed')
  AND NOT EXISTS (SELECT FROM booking g WHERE g.id = s.group_id AND g.status = 'confirmed')
"""
HOLDS_TOO_MANY: Final = """
SELECT count(*) FROM (SELECT FROM booking WHERE status = 'held' AND origin = 'client' AND expires_at > attune_now()
                      GROUP BY client_id HAVING count(*) > 3) AS clients
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaches:
    """How often each promise of the table is broken."""

    therapist_twice: int = 0
    client_twice: int = 0
    seats_too_many: int = 0
    groups_without_seats: int = 0
    seats_without_groups: int = 0
    holds_too_many: int = 0


NONE: Final = Breaches()


async def breaches(session: AsyncSession) -> Breaches:
    """Count every breach in the whole table."""

    async def count(statement: str) -> int:
        return int(await session.scalar(text(statement)) or 0)

    return Breaches(
        therapist_twice=await count(THERAPIST_TWICE),
        client_twice=await count(CLIENT_TWICE),
        seats_too_many=await count(SEATS_TOO_MANY),
        groups_without_seats=await count(GROUPS_WITHOUT_SEATS),
        seats_without_groups=await count(SEATS_WITHOUT_GROUPS),
        holds_too_many=await count(HOLDS_TOO_MANY),
    )
