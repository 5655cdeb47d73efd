"""Measure booking over HTTP against pgbench that runs the same statements, at the same concurrency, in one run.

Each request has its token verified and its sign-in looked up, an idempotency key, the audit, the form of a first
session and a job. Run it as `python -m benchmarks.booking [seconds]`; `make bench` does.
"""

import asyncio
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import asyncpg

from benchmarks import ground
from benchmarks.ground import Ground, Measured, Served
from domain.audit import entry
from domain.booking import at_once_queries
from domain.ids import TherapistId
from domain.intake import attaching
from domain.job import SHAPE as JOB
from domain.replay.service import SHAPE as REPLY
from tests.build.accounts import Person
from tests.build.availability import hours, schedule, session_type
from tests.build.booked import wire

CONNECTIONS = 16
THERAPISTS = 200
CLIENTS = 128
ROUNDS = 5
MINUTES = 10
HOURS = 7_200  # bookings are spread over 300 days: nobody has a week full of ten minutes
STRIDE = 1_009  # has no divisor in common with them, so that each hour comes once
# open all week, so that there are starts enough for every round
OPEN = schedule(
    weekly_hours=hours("00:00", "00:00"),
    session_types=(session_type(minutes=MINUTES, after=0),),
    slot_interval=MINUTES,
    zone="Etc/UTC",
    horizon_days=366,
)
FIRST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
EARLIER_ROWS = 100_000
OPTIONS = (
    "-c role=attune_service -c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"  # as the API's
)
EARLIER_CLIENTS = 2_000


def bookings(therapists: list[TherapistId], people: list[Person], *, numbers: Iterator[int]) -> Callable[[], bytes]:
    """Give requests that never meet: each client at ever later times, each time with another therapist."""

    def following() -> bytes:
        number = next(numbers)
        turn, who = divmod(number, len(people))
        body = {
            "therapist_id": str(therapists[(who + turn) % len(therapists)]),
            "session_type": "individual_50",
            "start": wire(FIRST + timedelta(hours=turn * STRIDE % HOURS)),
            "session_format": "video",
        }
        headers = (*people[who].headers.items(), ("Idempotency-Key", f"bench-{number}"))
        return ground.request("POST", "/v1/appointments", headers=headers, body=json.dumps(body).encode())

    return following


async def prepare(of: Ground, therapists: list[TherapistId], people: list[Person]) -> None:
    """Give people numbers for pgbench, and fill the table as some years would."""
    owner = await asyncpg.connect(of.address.dsn())
    await owner.execute("CREATE TABLE bench_therapist (n integer PRIMARY KEY, id uuid, permission_id uuid)")
    await owner.execute("CREATE TABLE bench_client (n integer PRIMARY KEY, id uuid, session_id uuid)")
    for number, therapist_id in enumerate(therapists):
        await owner.execute(
            "INSERT INTO bench_therapist SELECT $1, $2, id FROM practice_permission WHERE therapist_id = $2",
            number,
            therapist_id,
        )
    for number, person in enumerate(people):
        await owner.execute(
            "INSERT INTO bench_client VALUES ($1, $2, $3)", number, person.actor.account_id, person.actor.session_id
        )
    await owner.execute(
        "CREATE TABLE bench_earlier AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, $1::integer - 1) n",
        EARLIER_CLIENTS,
    )
    await owner.execute(
        "INSERT INTO account (id, email, password_hash, role, time_zone, created_at) "
        "SELECT id, n || '@earlier.example', 'none', 'client', 'Etc/UTC', now() FROM bench_earlier"
    )
    await owner.execute(
        "INSERT INTO client (id, preferred_name_sealed, birth_date_sealed, jurisdiction, time_zone, languages, "
        "version, created_at, updated_at) "
        "SELECT id, '', '', 'US-OH', 'Etc/UTC', '{en}', 1, now(), now() FROM bench_earlier"
    )
    await owner.execute(
        "INSERT INTO booking (id, kind, status, therapist_id, client_id, session_type, session_format, jurisdiction, "
        "during, occupied, wall_start, zone, fee_minor, currency, free_cancellation_hours, late_fee_percent, "
        "confirmed_at, version, created_at, updated_at) "
        "SELECT gen_random_uuid(), 'individual', 'completed', t.id, c.id, 'individual_50', 'video', 'US-OH', "
        "tstzrange(at, at + interval '50 minutes'), tstzrange(at, at + interval '60 minutes'), at AT TIME ZONE 'UTC', "
        "'Etc/UTC', 15000, 'usd', 24, 50, at, 1, at, at "
        "FROM (SELECT n, now() - interval '100 days' - n * interval '1 minute' AS at "
        "FROM generate_series(1, $1::integer) n) AS made "
        "JOIN bench_therapist t ON t.n = made.n % $2 JOIN bench_earlier c ON c.n = made.n % $3",
        EARLIER_ROWS,
        len(therapists),
        EARLIER_CLIENTS,
    )
    await owner.execute("GRANT SELECT ON bench_therapist, bench_client TO attune_service")
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


def pgbench_script(of: Ground) -> Path:
    """Write the two statements of a booking as pgbench runs them: the same text, with its own values put in."""
    client = "(SELECT id FROM bench_client WHERE n = :c)"
    therapist = "(SELECT id FROM bench_therapist WHERE n = :t)"
    at = f"(timestamptz '{FIRST.isoformat()}' + interval '30 minutes' + :k / {CLIENTS} * interval '1 hour')"
    look = {
        1: f"ARRAY[{therapist}]",
        2: client,
        3: at,
        4: f"({at} + interval '1 day')",
        5: "now()",
        6: "ARRAY[]",
        7: "(SELECT session_id FROM bench_client WHERE n = :c)",
        8: "sha256((:k)::text::bytea)",
        9: "NULL",
    }
    along = (entry.SHAPE, attaching.DRAFT, entry.SHAPE, JOB, REPLY)
    values = {
        1: "ARRAY[(SELECT permission_id FROM bench_therapist WHERE n = :t)]",
        2: ":k",
        3: client,
    }
    during = f"tstzrange({at}, {at} + interval '{MINUTES} minutes')"
    written = [
        # booking
        "md5(:k::text)", "'individual'", "'confirmed'", therapist, client, "'individual_50'", "'video'", "'US-OH'",
        during, during,
        f"({at} AT TIME ZONE 'UTC')", "'Etc/UTC'", "15000", "'usd'", "24", "50", "NULL", "NULL", "NULL", "now()",
        "'client'", "NULL", "1", "now()", "now()",
        # its audit
        "md5('a' || :k::text)", "now()", client, "'client'", "'appointment.book'", "'booking'", "md5(:k::text)",
        # the form and its audit
        "md5('f' || :k::text)", client, "md5(:k::text)", "md5('form')", "1", "'draft'", "true", at, "1", "now()",
        "now()", "decode(repeat('ab', 90), 'hex')",
        "md5('b' || :k::text)", "now()", client, "'client'", "'form_response.write'", "'form_response'",
        "md5('f' || :k::text)",
        # the job
        "0", "'queued'", "'booking.confirmed'", "decode(md5(:k::text), 'hex')", "'booking.confirmed:' || :k",
        # the reply
        "md5('r' || :k::text)", client, "sha256((:k)::text::bytea)", "sha256((:k)::text::bytea)", "201",
        "decode(repeat('ab', 900), 'hex')", "now()",
    ]  # fmt: skip
    values |= dict(enumerate(written, 4))
    take = at_once_queries._taking(along, False)  # noqa: SLF001, FBT003 - the product's own statement is what is measured
    text = "\n".join(
        (
            f"\\set k random(0, {CLIENTS * HOURS - 1})",
            f"\\set c :k % {CLIENTS}",
            f"\\set t (:k + :k / {CLIENTS}) % {THERAPISTS}",
            f"{_filled(at_once_queries.LOOK, look)};",
            f"{_filled(take, values)};",
        )
    )
    path = of.folder / "booking.pgbench"
    path.write_text(text)
    return path


def _filled(statement: str, values: dict[int, str]) -> str:
    """Put values in place of placeholders, on one line, as pgbench reads them."""
    filled = re.sub(r"\$(\d+)", lambda found: values[int(found[1])], statement)
    return " ".join(filled.split())


def run_pgbench(of: Ground, script: Path, *, seconds: float) -> float:
    """Give the transactions a second of the same statements, which are not wrapped in BEGIN and COMMIT either."""
    address = of.address
    done = subprocess.run(  # noqa: S603 - the program that came with the server
        [
            ground.PGBENCH, "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", "--jobs=2",
            f"--time={round(seconds)}", f"--file={script}", f"--host={address.host}", f"--port={address.port}",
            f"--username={address.user}", address.database,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 60,
        env={"PGOPTIONS": OPTIONS},
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(done.stderr[-2000:])
    return float(found[1])


async def measure(of: Ground, served: Served, *, seconds: float) -> None:
    """Measure in turn and print."""
    therapists = await ground.therapists(of, count=THERAPISTS, kept=OPEN)
    people = await ground.clients(of, count=CLIENTS)
    await prepare(of, therapists, people)
    script = pgbench_script(of)
    following = bookings(therapists, people, numbers=itertools.count())
    await ground.load(served, connections=CONNECTIONS, seconds=2, following=following)
    run_pgbench(of, script, seconds=2)
    seen: list[Measured] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        seen.append(await ground.load(served, connections=CONNECTIONS, seconds=seconds, following=following))
        bare.append(run_pgbench(of, script, seconds=seconds))
    assert all(set(each.statuses) == {201} for each in seen), [each.statuses for each in seen]
    ratios = [http.rate / pgbench for http, pgbench in zip(seen, bare, strict=True)]
    print(f"booking, {CONNECTIONS} connections, one API process, {ROUNDS} rounds of {seconds:g} s: medians")
    print(f"  HTTP      {median(each.rate for each in seen):7.0f} a second")
    print(f"  pgbench   {median(bare):7.0f} a second, the same statements")
    print(f"  ratio     {median(ratios):7.2f} ({min(ratios):.2f}, {max(ratios):.2f}); at least 0.35")
    cpu = [each.cpu_ms for each in seen]
    print(f"  API CPU   {median(cpu):7.2f} ms a booking ({min(cpu):.2f}, {max(cpu):.2f}); at most 1.5")
    p50, p99 = (median(each.percentile(percent) for each in seen) for percent in (50, 99))
    print(f"  p50, p99  {p50:7.1f}, {p99:.1f} ms")


def main() -> None:
    """Run it all."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with ground.ground() as of, ground.serving(of) as served:
        asyncio.run(measure(of, served, seconds=seconds))


if __name__ == "__main__":
    main()
