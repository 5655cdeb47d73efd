"""Load what stands for and against the offers of any number of therapists: one statement, spoken to the driver.

Every search, hold and booking begins with it. Each therapist is looked up by indexes of their own, so a generic plan
is a good one, and planning, which takes twenty times as long as running, is paid for once a connection. Reading through
whole tables is switched off meanwhile: a plan made while one was empty is kept. Whether a hold lives is for the
database's clock to say.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability.interval import Interval
from domain.availability.open_hours import Span
from domain.booking import practice_rows
from domain.booking.caseload import CLIENT_FOR, Caseload
from domain.booking.offer import Practice
from domain.booking.practice_rows import Exceptions, Rules, Sessions
from domain.database import DriverConnection, driver_connection
from domain.ids import BookingId, ClientId, TherapistId
from domain.licensing.permissions import Permit

# A session and its buffers last less than a day, and a local day reaches less than two days beyond any of its instants.
REACH: Final = timedelta(days=3)

# $1 therapists, $2 client or null, $3 and $4 the window, $5 now, $6 bookings that are left out
# A session that was said to have taken place while it lasts still takes its time, its therapist's and its client's.
# A client's own time is said by what it is not, or the planner may walk through an index of all rows that live.
PRACTICES: Final = f"""
SELECT t.id, t.accepting_clients, t.caseload_limit, t.in_person_jurisdiction AS rooms,
    t.session_access_sealed AS access,
    t.visible AND h.hours IS NOT NULL AND k.kinds IS NOT NULL AND coalesce(l.valid_now, false) AS listed,
    s.zone, s.slot_interval_minutes, s.minimum_notice_minutes, s.horizon_days, s.daily_limit,
    h.hours, k.kinds, l.permits, c.clients, coalesce(c.has_this_client, false) AS has_this_client,
    b.started, b.engaged_from, b.engaged_until, b.others,
    e.opened_from, e.opened_until, e.closed_from, e.closed_until, u.shut_from, u.shut_until,
    own.own_from, own.own_until
FROM unnest($1::uuid[]) AS asked (id)
JOIN therapist t ON t.id = asked.id
JOIN schedule s ON s.therapist_id = t.id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(weekday, start_at, end_at) ORDER BY position)::text AS hours
    FROM weekly_hours WHERE therapist_id = t.id) h
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(code, name, minutes, buffer_before_minutes, buffer_after_minutes, fee_minor,
        currency, session_formats, capacity) ORDER BY position)::text AS kinds
    FROM session_type WHERE therapist_id = t.id) k
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(id, license_id, jurisdiction, date_part('epoch', lower(during))::bigint,
            date_part('epoch', upper(during))::bigint, remote_only) ORDER BY jurisdiction, lower(during), id)
            FILTER (WHERE bookable_until > $5::timestamptz)::text AS permits,
        bool_or(during @> $5::timestamptz AND bookable_until IS NOT NULL) AS valid_now
    FROM practice_permission WHERE therapist_id = t.id) l
CROSS JOIN LATERAL (
    SELECT count(DISTINCT client_id) AS clients, bool_or(client_id = $2::uuid) AS has_this_client
    FROM booking
    WHERE therapist_id = t.id AND client_id IS NOT NULL AND status IN ('confirmed', 'completed')
        AND lower(during) > $5::timestamptz - interval '{CLIENT_FOR.days} days') c
CROSS JOIN LATERAL (
    SELECT array_agg(date_part('epoch', lower(during))::bigint) FILTER (WHERE kind = 'individual') AS started,
        array_agg(date_part('epoch', lower(occupied))::bigint)
            FILTER (WHERE kind = 'individual' AND status <> 'no_show') AS engaged_from,
        array_agg(date_part('epoch', upper(occupied))::bigint)
            FILTER (WHERE kind = 'individual' AND status <> 'no_show') AS engaged_until,
        (json_agg(json_build_array(id, group_id, status, session_type, date_part('epoch', lower(during))::bigint,
            date_part('epoch', upper(during))::bigint, date_part('epoch', lower(occupied))::bigint,
            date_part('epoch', upper(occupied))::bigint, capacity)) FILTER (WHERE kind <> 'individual'))::text AS others
    FROM booking
    WHERE therapist_id = t.id
        AND lower(during) >= $3::timestamptz - interval '{REACH.days} days'
        AND lower(during) < $4::timestamptz + interval '{REACH.days} days'
        AND (status IN ('confirmed', 'completed', 'no_show')
            OR (status = 'held' AND expires_at > (SELECT attune_now())))
        AND id <> ALL ($6::uuid[])) b
CROSS JOIN LATERAL (
    SELECT array_agg(date_part('epoch', lower(during))::bigint) FILTER (WHERE kind = 'open') AS opened_from,
        array_agg(date_part('epoch', upper(during))::bigint) FILTER (WHERE kind = 'open') AS opened_until,
        array_agg(floor(date_part('epoch', lower(during)))::bigint) FILTER (WHERE kind = 'closed') AS closed_from,
        array_agg(ceil(date_part('epoch', upper(during)))::bigint) FILTER (WHERE kind = 'closed') AS closed_until
    FROM schedule_exception
    WHERE therapist_id = t.id
        AND upper(during) > $3::timestamptz - interval '{REACH.days} days'
        AND lower(during) < $4::timestamptz + interval '{REACH.days} days') e
CROSS JOIN LATERAL (
    SELECT array_agg(floor(date_part('epoch', lower(during)))::bigint) AS shut_from,
        array_agg(ceil(date_part('epoch', upper(during)))::bigint) AS shut_until
    FROM busy_time
    WHERE therapist_id = t.id
        AND upper(during) > $3::timestamptz - interval '{REACH.days} days'
        AND lower(during) < $4::timestamptz + interval '{REACH.days} days') u
CROSS JOIN (
    SELECT array_agg(date_part('epoch', lower(during))::bigint) AS own_from,
        array_agg(date_part('epoch', upper(during))::bigint) AS own_until
    FROM booking
    WHERE client_id = $2::uuid
        AND lower(during) >= $3::timestamptz - interval '{REACH.days} days'
        AND lower(during) < $4::timestamptz + interval '{REACH.days} days'
        AND status NOT IN ('expired', 'released', 'cancelled', 'no_show')
        AND (status <> 'held' OR (origin = 'client' AND expires_at > (SELECT attune_now())))
        AND id <> ALL ($6::uuid[])) own
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A therapist with a schedule, and how they stand to whoever asks. permits: what may be booked on, anywhere."""

    practice: Practice
    permits: tuple[Permit, ...]
    listed: bool
    accepting_clients: bool
    caseload_limit: int
    caseload: Caseload
    own: tuple[Span, ...]


async def load(
    session: AsyncSession,
    *,
    therapist_ids: Collection[TherapistId],
    client_id: ClientId | None,
    window: Interval,
    place: str | None,
    besides: Collection[BookingId] = (),
    now: datetime,
) -> list[Known]:
    """Load those of these therapists who have a schedule, in any order.

    place: where the client will be; None for any place that is permitted. besides: bookings that are left out.
    """
    await session.flush()
    connection = await driver_connection(session)
    await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off")
    found = await fetch(
        connection,
        therapist_ids=therapist_ids,
        client_id=client_id,
        window=window,
        place=place,
        besides=besides,
        now=now,
    )
    # what else is said may need the plan of its values
    await connection.execute("SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on")
    return found


async def fetch(
    connection: DriverConnection,
    *,
    therapist_ids: Collection[TherapistId],
    client_id: ClientId | None,
    window: Interval,
    place: str | None,
    besides: Collection[BookingId] = (),
    now: datetime,
) -> list[Known]:
    """Load the same over the driver's own connection."""
    rows = await connection.fetch(
        PRACTICES, list(set(therapist_ids)), client_id, window.starts_at, window.ends_at, now, list(besides)
    )
    return [known(row, place=place) for row in rows]


def known(row: asyncpg.Record, *, place: str | None) -> Known:
    """Read one row of the statement."""
    return Known(
        practice=practice_rows.practice(
            therapist_id=TherapistId(row["id"]),
            rules=Rules(
                zone=row["zone"],
                slot_interval_minutes=row["slot_interval_minutes"],
                minimum_notice_minutes=row["minimum_notice_minutes"],
                horizon_days=row["horizon_days"],
                daily_limit=row["daily_limit"],
                hours=row["hours"] or "[]",
                kinds=row["kinds"] or "[]",
            ),
            permits_text=row["permits"],
            place=place,
            rooms=row["rooms"],
            sessions=Sessions(
                started=row["started"],
                engaged_from=row["engaged_from"],
                engaged_until=row["engaged_until"],
                others=row["others"],
            ),
            exceptions=Exceptions(
                opened_from=row["opened_from"],
                opened_until=row["opened_until"],
                closed_from=row["closed_from"],
                closed_until=row["closed_until"],
                shut_from=row["shut_from"],
                shut_until=row["shut_until"],
            ),
        ),
        permits=practice_rows.permits(row["permits"]),
        listed=row["listed"],
        accepting_clients=row["accepting_clients"],
        caseload_limit=row["caseload_limit"],
        caseload=Caseload(clients=row["clients"], has_this_client=row["has_this_client"]),
        own=practice_rows.spans(row["own_from"], row["own_until"]),
    )


async def home(connection: DriverConnection, *, client_id: ClientId) -> str | None:
    """Give the place a client says they will be in, or None before they have said so."""
    place: str | None = await connection.fetchval("SELECT jurisdiction FROM client WHERE id = $1", client_id)
    return place
