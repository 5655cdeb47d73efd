"""The service is killed at random moments under load, and the database too: what was acknowledged stays."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx
import pytest
from sqlalchemy import text

from api.parts import Parts, parts_of
from domain.settings import Settings
from tests.build import booked, occupancy
from tests.build.availability import schedule, session_type
from tests.build.therapists import listed_therapist
from tests.crashes.load import Client, Ledger, send
from tests.crashes.machine import Machine, machine

CRASHES = int(os.environ.get("ATTUNE_CRASHES", "1"))  # `make crashes` has many more
DATABASE_CRASHES = int(os.environ.get("ATTUNE_DATABASE_CRASHES", "1"))
SEED = int(os.environ.get("ATTUNE_CRASH_SEED") or random.SystemRandom().randrange(10**6))
CLIENTS = 6
CRASH_AFTER_SECONDS = (0.05, 1.2)  # of being ready
FIRST_SUCCESS_WITHIN_SECONDS = 2.0
KINDS = (
    session_type(after=10),
    session_type(code="long_80", minutes=80, after=10),
    session_type(code="group_50", minutes=50, after=10, capacity=3),
)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path) as made:
        yield made


def parts_beside(running: Machine) -> Parts:
    """Give parts of our own over the machine's database, to prepare and to look at it."""
    assert running.address is not None
    return parts_of(Settings.model_validate({"database_url": running.address.dsn(), "data_dir": running.folder}))


async def people(running: Machine, http: httpx.AsyncClient, ledger: Ledger) -> list[Client]:
    parts = parts_beside(running)
    async with parts.database.write() as session:
        therapists = [
            await listed_therapist(session, schedule=schedule(session_types=KINDS, slot_interval=30)) for _ in range(2)
        ]
        await session.commit()
        made = [await booked.client(session, parts) for _ in range(CLIENTS)]
    await parts.database.close()
    return [
        Client(
            by=by,
            therapists=therapists,
            machine=running,
            http=http,
            ledger=ledger,
            random=random.Random(f"{SEED} {number}"),  # noqa: S311 - to be repeated, not to be secret
        )
        for number, by in enumerate(made)
    ]


async def crash_again_and_again(running: Machine) -> None:
    drawn = random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret
    crashes = ["service"] * CRASHES + ["database"] * DATABASE_CRASHES
    drawn.shuffle(crashes)
    for crash in crashes:
        await running.works.wait()  # so that there is something to lose
        await asyncio.sleep(drawn.uniform(*CRASH_AFTER_SECONDS))
        await (running.crash_service() if crash == "service" else running.crash_database())
    await running.works.wait()


async def under_load(clients: list[Client], running: Machine) -> None:
    """Crash while all clients go on, and let them end what they have begun."""
    done = asyncio.Event()

    async def crash() -> None:
        await crash_again_and_again(running)
        done.set()

    async with asyncio.TaskGroup() as tasks:
        for client in clients:
            tasks.create_task(client.go_on(done))
        tasks.create_task(crash())


async def rows(parts: Parts) -> dict[str, str]:
    """Give the state of every client's row by its id."""
    async with parts.database.read() as session:
        found = await session.execute(text("SELECT id::text, status FROM booking WHERE client_id IS NOT NULL"))
        return {row[0]: row[1] for row in found}


async def replays(http: httpx.AsyncClient, running: Machine, ledger: Ledger) -> Counter[str]:
    """Repeat everything that was acknowledged, and count how it is answered."""
    counted = Counter[str]()
    for each in ledger.acknowledged:
        again = await send(http, running, each.request)
        same = again is not None and (again.status_code, again.text) == (each.answer.status_code, each.answer.text)
        marked = again is not None and again.headers.get("Idempotent-Replayed") == "true"
        counted["replayed" if same and marked else "not replayed"] += 1
    return counted


async def test_what_was_acknowledged_survives_and_nothing_is_sold_twice(running: Machine) -> None:
    print(f"\nseed {SEED}: {CRASHES} kills of the service, {DATABASE_CRASHES} of the database")  # noqa: T201 - to repeat it
    ledger = Ledger()
    await running.start()

    async with httpx.AsyncClient(timeout=20, limits=httpx.Limits(keepalive_expiry=1)) as http:
        clients = await people(running, http, ledger)
        await under_load(clients, running)
        repeated = await replays(http, running, ledger)
    parts = parts_beside(running)
    found = await rows(parts)
    async with parts.database.read() as session:
        broken = await occupancy.breaches(session)
    await parts.database.close()

    first = sorted(running.first_successes)
    print(  # noqa: T201 - what `make crashes` is run for
        f"{dict(ledger.counts)}; {len(ledger.made)} rows made, {len(ledger.booked)} booked, {len(ledger.cancelled)} "
        f"cancelled; {dict(repeated)}; first success {median(first):.2f} s after being ready, at most {first[-1]:.2f} s"
    )
    assert found.keys() == ledger.made
    assert {id_ for id_, status in found.items() if status == "confirmed"} == ledger.booked - ledger.cancelled
    assert {id_ for id_, status in found.items() if status == "cancelled"} == ledger.cancelled
    assert broken == occupancy.NONE
    assert repeated == {"replayed": len(ledger.acknowledged)}
    assert len(first) == 1 + CRASHES + DATABASE_CRASHES
    assert first[-1] < FIRST_SUCCESS_WITHIN_SECONDS
