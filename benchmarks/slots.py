"""Measure searches of slots over HTTP, and the race of many for one: run it as `python -m benchmarks.slots [seconds]`.

- One therapist, 28 days, 40 sessions: against a bare endpoint that only reads the same rows, in turn, in one run.
- 100 therapists, 31 days, 30 sessions each: the first page of `GET /v1/slots`, and its statements beside those for 2.
- 50 clients who want one time at once: the slowest answer.
"""

import asyncio
import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import quote

import asyncpg

from benchmarks import ground
from benchmarks.ground import Ground, Measured, Served
from domain.availability.schedule import Weekday
from domain.ids import TherapistId
from tests.build.accounts import Person
from tests.build.availability import hours, schedule, session_type
from tests.build.booked import wire

BARE = "benchmarks.bare:app"
CONNECTIONS = 16
THERAPISTS = 100
ROUNDS = 5
RACES = 30
RACERS = 50
WEEK = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
# what the peers were measured with: 09 to 12 and 13 to 17, sessions of 50 and 10 minutes
KEPT = schedule(
    weekly_hours=(*hours("09:00", "12:00", *WEEK), *hours("13:00", "17:00", *WEEK)),
    session_types=(session_type(minutes=50, after=10),),
    slot_interval=60,
)
BEGINS = (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


async def fill(of: Ground, therapists: list[TherapistId], *, sessions: int) -> None:
    """Give each therapist so many sessions within the month, at hours they work."""
    owner = await asyncpg.connect(of.address.dsn())
    await owner.execute(
        "CREATE TABLE IF NOT EXISTS bench_earlier AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, 3999) n"
    )
    await owner.execute(
        "INSERT INTO account (id, email, password_hash, role, time_zone, created_at) "
        "SELECT id, n || '@earlier.example', 'none', 'client', 'Etc/UTC', now() FROM bench_earlier "
        "ON CONFLICT DO NOTHING"
    )
    await owner.execute(
        "INSERT INTO client (id, preferred_name_sealed, birth_date_sealed, jurisdiction, time_zone, languages, "
        "version, created_at, updated_at) "
        "SELECT id, '', '', 'US-OH', 'Etc/UTC', '{en}', 1, now(), now() FROM bench_earlier ON CONFLICT DO NOTHING"
    )
    await owner.execute(
        "INSERT INTO booking (id, kind, status, therapist_id, client_id, session_type, session_format, jurisdiction, "
        "during, occupied, wall_start, zone, fee_minor, currency, free_cancellation_hours, late_fee_percent, "
        "confirmed_at, version, created_at, updated_at) "
        "SELECT gen_random_uuid(), 'individual', 'confirmed', t.id, c.id, 'individual_50', 'video', 'US-OH', "
        "tstzrange(at, at + interval '50 minutes'), tstzrange(at, at + interval '60 minutes'), at AT TIME ZONE 'UTC', "
        "'America/New_York', 15000, 'usd', 24, 50, now(), 1, now(), now() "
        "FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, number) "
        "CROSS JOIN generate_series(1, $2::integer) AS made (n) "
        "CROSS JOIN LATERAL (SELECT ((now() AT TIME ZONE 'America/New_York')::date + (made.n % 20) "
        "+ interval '34 hours' + (made.n / 20 * 3) * interval '1 hour') AT TIME ZONE 'America/New_York' AS at) AS time "
        "JOIN bench_earlier c ON c.n = (t.number * 40 + made.n) % 4000 ON CONFLICT DO NOTHING",
        therapists,
        sessions,
    )
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


def same(request: bytes) -> Callable[[], bytes]:
    """Give the same request again and again."""
    return lambda: request


async def one_therapist(served: Served, bare: Served, therapist_id: TherapistId, *, seconds: float) -> None:
    """Measure one search against the reading of its rows."""
    begins, ends = wire(BEGINS), wire(BEGINS + timedelta(days=28))
    search = ground.request(
        "GET", f"/v1/therapists/{therapist_id}/slots?session_type=individual_50&from={quote(begins)}&to={quote(ends)}"
    )
    reading = ground.request("GET", f"/bare/{therapist_id}?starts_from={quote(begins)}&to={quote(ends)}")
    for server, request in ((served, search), (bare, reading)):
        await ground.load(server, connections=CONNECTIONS, seconds=1, following=same(request))
    searches: list[Measured] = []
    readings: list[Measured] = []
    for _ in range(ROUNDS):
        searches.append(await ground.load(served, connections=CONNECTIONS, seconds=seconds, following=same(search)))
        readings.append(await ground.load(bare, connections=CONNECTIONS, seconds=seconds, following=same(reading)))
    assert all(set(each.statuses) == {200} for each in (*searches, *readings))
    ratios = [one.rate / other.rate for one, other in zip(searches, readings, strict=True)]
    print(f"slots of one therapist, 28 days, {CONNECTIONS} connections, {ROUNDS} rounds of {seconds:g} s: medians")
    print(f"  search    {median(each.rate for each in searches):7.0f} a second")
    print(f"  bare      {median(each.rate for each in readings):7.0f} a second, the same rows")
    print(f"  ratio     {median(ratios):7.2f} ({min(ratios):.2f}, {max(ratios):.2f}); at least 0.65")
    cpu = median(each.cpu_ms for each in searches), median(each.cpu_ms for each in readings)
    print(f"  API CPU   {cpu[0]:7.2f} ms a search, {cpu[1]:.2f} ms a bare reading")


async def many_therapists(served: Served, therapists: list[TherapistId], *, seconds: float) -> None:
    """Measure the first page of slots of many."""
    begins, ends = wire(BEGINS), wire(BEGINS + timedelta(days=31))
    for count in (2, len(therapists)):
        whose = "&".join(f"therapist_id={each}" for each in therapists[:count])
        page = ground.request("GET", f"/v1/slots?{whose}&from={quote(begins)}&to={quote(ends)}")
        seen = await ground.load(served, connections=1, seconds=seconds, following=same(page))
        assert set(seen.statuses) == {200}
        p50, p95 = seen.percentile(50), seen.percentile(95)
        print(f"first page of slots of {count} therapists, 31 days: p50 {p50:.1f} ms (at most 80), p95 {p95:.1f} ms")


async def race(served: Served, therapist_id: TherapistId, people: list[Person]) -> None:
    """Let many want one time at once, again and again; each wins at most once."""
    slowest: list[float] = []
    statuses: Counter[int] = Counter()
    days = (BEGINS + timedelta(days=60 + number) for number in itertools.count())
    starts = list(itertools.islice((day for day in days if day.weekday() < 5), RACES))  # noqa: PLR2004 - Saturday
    for start in starts:
        at = datetime.fromisoformat(f"{start:%Y-%m-%d}T15:00:00+00:00")
        body = {
            "therapist_id": str(therapist_id),
            "session_type": "individual_50",
            "start": wire(at),
            "session_format": "video",
        }
        sent = json.dumps(body).encode()
        requests = iter(
            ground.request("POST", "/v1/appointments", headers=tuple(one.headers.items()), body=sent)
            for one in people[:RACERS]
        )
        seen = await ground.load(served, connections=RACERS, seconds=30, following=lambda: next(requests, None))  # noqa: B023 - used up in its own turn
        slowest.append(max(seen.seconds) * 1000)
        statuses.update(seen.statuses)
    assert set(statuses) <= {201, 409, 422}, statuses
    print(f"{RACERS} for one time, {RACES} races: answers {dict(statuses)}")
    print(f"  slowest   {median(slowest):7.0f} ms, at worst {max(slowest):.0f} ms; at most 500")


async def measure(of: Ground, served: Served, bare: Served, *, seconds: float) -> None:
    """Measure one after another, and print."""
    therapists = await ground.therapists(of, count=THERAPISTS, kept=KEPT)
    people = await ground.clients(of, count=RACERS)
    await fill(of, therapists, sessions=30)
    await fill(of, therapists[:1], sessions=40)
    await one_therapist(served, bare, therapists[0], seconds=seconds)
    await many_therapists(served, therapists, seconds=seconds)
    await race(served, therapists[1], people)


def main() -> None:
    """Run it all."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    with (
        ground.ground() as of,
        ground.serving(of) as served,
        ground.serving(of, application=BARE) as bare,
    ):
        asyncio.run(measure(of, served, bare, seconds=seconds))


if __name__ == "__main__":
    main()
