"""Take time in two statements, where nothing stands in the way: one that looks, and one that writes everything.

Each is a transaction of its own, so there is no round trip for BEGIN and COMMIT. The second locks the permissions it
rests on and asks them again, holds the idempotency key, and writes the booking ON CONFLICT DO NOTHING; all that
belongs to the booking is written only if the booking is. Nothing written means that something stood in the way, and
who takes the careful path (`claim_service`, `book_service`) learns what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import asyncpg

from domain.availability.interval import Interval
from domain.booking.practice_queries import PRACTICES
from domain.database import DriverConnection
from domain.ids import AccountId, BookingId, MatchId, SessionId, TherapistId
from domain.insertion import Insertion, Shape, columns, placeholders


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as their token says, and the digest of their idempotency key."""

    account_id: AccountId
    session_id: SessionId
    key_digest: bytes | None


# $1 to $6 are those of PRACTICES; $7 sign-in, $8 digest of the idempotency key or null
WHO: Final = """
(SELECT account.id, account.role FROM account_session JOIN account ON account.id = account_session.account_id
    WHERE account_session.id = $7::uuid AND account.id = $2::uuid
        AND account_session.ended_at IS NULL AND account_session.expires_at > $5::timestamptz) who
LEFT JOIN LATERAL (SELECT id AS reply_id, request_digest, status AS reply_status, body_sealed FROM stored_reply
    WHERE account_id = $2::uuid AND key_digest = $8::bytea) reply ON true
"""
# $9 match or null
LOOK: Final = f"""
SELECT attune_now() AS db_now, who.role, client.jurisdiction AS home, reply.*,
    $9::uuid IS NULL OR EXISTS (SELECT FROM match WHERE id = $9::uuid AND client_id = $2::uuid) AS match_is_own,
    ARRAY(SELECT hold_number FROM booking WHERE client_id = $2::uuid AND status = 'held' AND origin = 'client')
        AS hold_numbers,
    EXISTS (SELECT FROM booking WHERE client_id = $2::uuid AND therapist_id = ANY ($1::uuid[])
        AND status IN ('confirmed', 'completed')) AS known,
    EXISTS (SELECT FROM booking WHERE client_id = $2::uuid AND therapist_id = ANY ($1::uuid[])
        AND status = 'held' AND origin <> 'client') AS given,
    practice.*
FROM {WHO}
LEFT JOIN client ON client.id = $2::uuid
LEFT JOIN ({PRACTICES}) practice ON true
"""

BOOKING: Final = Shape(
    table="booking",
    columns=(
        ("id", "uuid"),
        ("kind", "text"),
        ("status", "text"),
        ("therapist_id", "uuid"),
        ("client_id", "uuid"),
        ("session_type", "text"),
        ("session_format", "text"),
        ("jurisdiction", "text"),
        ("during", "tstzrange"),
        ("occupied", "tstzrange"),
        ("wall_start", "timestamp"),
        ("zone", "text"),
        ("fee_minor", "integer"),
        ("currency", "text"),
        ("free_cancellation_hours", "integer"),
        ("late_fee_percent", "integer"),
        ("match_id", "uuid"),
        ("held_at", "timestamptz"),
        ("expires_at", "timestamptz"),
        ("confirmed_at", "timestamptz"),
        ("origin", "text"),
        ("hold_number", "integer"),
        ("version", "integer"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
    ),
)
# $1 the permissions relied on, $2 the key's lock or null, $3 the client, who is locked where their holds are counted
GATES: Final = """
me AS MATERIALIZED (
    SELECT id FROM client
    WHERE id = $3::uuid AND ($2::bigint IS NULL OR pg_try_advisory_xact_lock($2::bigint)) {locking}),
relied AS MATERIALIZED (
    SELECT practice_permission.id FROM me, practice_permission
    WHERE practice_permission.id = ANY ($1::uuid[]) AND bookable_until > attune_now() FOR SHARE OF practice_permission),
free AS MATERIALIZED (
    SELECT id FROM me WHERE (SELECT count(*) FROM relied) = cardinality($1::uuid[]))
"""
LOCKING: Final = {True: "FOR NO KEY UPDATE", False: ""}
OWN_PARAMETERS: Final = 3


async def look(
    connection: DriverConnection,
    *,
    caller: Caller,
    therapist_id: TherapistId,
    match_id: MatchId | None,
    window: Interval,
    now: datetime,
) -> asyncpg.Record | None:
    """Load who asks, what they were answered under the key, and the practice; None where the sign-in has ended."""
    row: asyncpg.Record | None = await connection.fetchrow(
        LOOK,
        [therapist_id],
        caller.account_id,
        window.starts_at,
        window.ends_at,
        now,
        [],
        caller.session_id,
        caller.key_digest,
        match_id,
    )
    return row


async def take(
    connection: DriverConnection,
    *,
    booking: Insertion,
    along: Sequence[Insertion],
    relied_on: Sequence[object],
    lock: int | None,
    client_id: AccountId,
    counted: bool,
) -> bool:
    """Write a booking and the rows that belong to it, all or nothing; False where something stood in the way.

    counted: whether it is one of the client's three holds.
    """
    statement = _taking(tuple(each.shape for each in along), counted)
    values = [value for row in (booking, *along) for value in row.values]
    return bool(await connection.fetchval(statement, list(relied_on), lock, client_id, *values))


@lru_cache(maxsize=64)
def _taking(along: tuple[Shape, ...], counted: bool) -> str:  # noqa: FBT001 - the cache takes no keywords cheaply
    first = OWN_PARAMETERS + 1
    taken = (
        f"taken AS (INSERT INTO booking ({columns(BOOKING)}) SELECT {placeholders(BOOKING, first=first)} FROM free"
        " ON CONFLICT DO NOTHING RETURNING id)"
    )
    gates = GATES.format(locking=LOCKING[counted])
    parts = [gates, taken, *_written(along, first=first + len(BOOKING.columns))]
    return f"WITH {', '.join(parts)} SELECT EXISTS (SELECT FROM taken)"


def _written(along: Sequence[Shape], *, first: int) -> list[str]:
    """Give the parts of a statement that write rows where one was taken."""
    parts = []
    for number, shape in enumerate(along):
        parts.append(
            f"along_{number} AS (INSERT INTO {shape.table} ({columns(shape)}) "
            f"SELECT {placeholders(shape, first=first)} FROM taken)"
        )
        first += len(shape.columns)
    return parts


# $1 hold, $2 account, $3 sign-in, $4 digest of the key or null, $5 now
LOOK_AT_HOLD: Final = f"""
SELECT who.role, reply.*, held.*, t.visible
        AND EXISTS (SELECT FROM weekly_hours WHERE therapist_id = t.id)
        AND EXISTS (SELECT FROM session_type WHERE therapist_id = t.id)
        AND coalesce(l.valid_now, false) AS listed,
    l.permits, t.session_access_sealed AS access,
    EXISTS (SELECT FROM booking WHERE client_id = $2::uuid AND therapist_id = t.id
        AND status IN ('confirmed', 'completed')) AS known
FROM {WHO.replace("$7", "$3").replace("$8", "$4")}
LEFT JOIN LATERAL (
    SELECT id, kind, status, therapist_id, client_id, session_type, session_format, jurisdiction,
        lower(during) AS starts_at, upper(during) AS ends_at, lower(occupied) AS occupied_from,
        upper(occupied) AS occupied_until, wall_start, zone, fee_minor, currency, free_cancellation_hours,
        late_fee_percent, match_id, group_id, seat_number, capacity, held_at, expires_at, origin, hold_number,
        version, created_at
    FROM booking WHERE id = $1::uuid AND client_id = $2::uuid AND status = 'held' AND origin = 'client'
        AND expires_at > attune_now()) held ON true
LEFT JOIN therapist t ON t.id = held.therapist_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(id, license_id, jurisdiction, date_part('epoch', lower(during))::bigint,
            date_part('epoch', upper(during))::bigint, remote_only) ORDER BY jurisdiction, lower(during), id)
            FILTER (WHERE bookable_until > $5::timestamptz)::text AS permits,
        bool_or(during @> $5::timestamptz AND bookable_until IS NOT NULL) AS valid_now
    FROM practice_permission WHERE therapist_id = t.id) l ON true
"""


async def look_at_hold(
    connection: DriverConnection, *, caller: Caller, hold_id: BookingId, now: datetime
) -> asyncpg.Record | None:
    """Load who asks, what they were answered under the key, and their live hold; None where the sign-in has ended."""
    row: asyncpg.Record | None = await connection.fetchrow(
        LOOK_AT_HOLD, hold_id, caller.account_id, caller.session_id, caller.key_digest, now
    )
    return row


async def confirm(
    connection: DriverConnection,
    *,
    hold_id: BookingId,
    version: int,
    along: Sequence[Insertion],
    relied_on: Sequence[object],
    lock: int | None,
    client_id: AccountId,
    now: datetime,
) -> bool:
    """Turn a live hold into an appointment and write the rows that belong to it, all or nothing."""
    statement = _confirming(tuple(each.shape for each in along))
    values = [value for row in along for value in row.values]
    return bool(await connection.fetchval(statement, list(relied_on), lock, client_id, hold_id, version, now, *values))


@lru_cache(maxsize=64)
def _confirming(along: tuple[Shape, ...]) -> str:
    taken = """taken AS (
        UPDATE booking SET status = 'confirmed', confirmed_at = attune_now(), version = version + 1,
            updated_at = $6::timestamptz
        FROM free
        WHERE booking.id = $4::uuid AND client_id = $3::uuid AND status = 'held' AND origin = 'client'
            AND version = $5::integer AND expires_at > attune_now()
        RETURNING booking.id)"""
    gates = GATES.format(locking=LOCKING[False])
    parts = [gates, taken, *_written(along, first=OWN_PARAMETERS + 4)]
    return f"WITH {', '.join(parts)} SELECT EXISTS (SELECT FROM taken)"
