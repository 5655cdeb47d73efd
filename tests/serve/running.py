"""`attune` as processes: started in a session of their own, and gone when a test is over, whatever became of it."""

import email
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from domain.embedded_server import EmbeddedServer

ATTUNE = str(Path(sys.executable).with_name("attune"))
PASSWORD = "correct horse battery staple 42!"
READY_WITHIN_SECONDS = 40.0
GONE_WITHIN_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running `attune serve`. data_dir: also where its mail and the embedded server are."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    said: Path

    @property
    def url(self) -> str:
        """Give where it is."""
        return f"http://127.0.0.1:{self.port}"

    def session(self) -> set[int]:
        """Give the processes of its session that live; the embedded server has a session of its own."""
        return {number for number in _processes() if _session_of(number) == self.process.pid}

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the process that was started, and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(GONE_WITHIN_SECONDS)

    def left(self) -> set[int]:
        """Give what is left of it and of its database."""
        return self.session() | database_processes(self.data_dir)

    def kill_all(self) -> None:
        """Kill the whole process group, as a machine short of memory would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(GONE_WITHIN_SECONDS)


def environment(data_dir: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Give an environment without anybody's settings but the given ones."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
    return {**plain, "ATTUNE_DATA_DIR": str(data_dir), "ATTUNE_RATE_LIMIT_FACTOR": "1000", **extra}


@contextmanager
def serving(data_dir: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Serve until ready, and leave nothing of it behind but the data."""
    data_dir.mkdir(parents=True, exist_ok=True)
    said = data_dir / "said.log"
    port = free_port()
    with said.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [ATTUNE, "serve", "--port", str(port), *arguments],
            cwd=data_dir,
            env=environment(data_dir, extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    service = Service(process=process, port=port, data_dir=data_dir, said=said)
    try:
        _wait_until_ready(service)
        yield service
    finally:
        service.kill_all()
        if (data_dir / "postgres").exists():
            EmbeddedServer(data_dir).kill()


def attune(data_dir: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 - our own program
        [ATTUNE, *arguments],
        cwd=data_dir,
        env=environment(data_dir, extra or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=READY_WITHIN_SECONDS,
    )


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def registered(service: Service, address: str) -> None:
    """Register a client and answer the mail."""
    body = {"email": address, "password": PASSWORD, "role": "client", "time_zone": "America/New_York"}
    taken = httpx.post(f"{service.url}/v1/accounts", json=body)
    assert taken.status_code == 202, taken.text
    verified = httpx.post(f"{service.url}/v1/accounts/verification", json={"token": token_for(service, address)})
    assert verified.status_code == 200, verified.text


def token_for(service: Service, address: str) -> str:
    """Wait for the mail to an address and give the token it bears."""
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for file in (service.data_dir / "mail").glob("*.eml"):
            letter = email.message_from_bytes(file.read_bytes())
            if letter["To"] == address and letter["X-Attune-Token"]:
                return str(letter["X-Attune-Token"])
        time.sleep(0.05)
    raise AssertionError("no mail came")


def signed_in(service: Service, address: str, **more: str) -> httpx.Response:
    """Try to sign in."""
    return httpx.post(f"{service.url}/v1/sessions", json={"email": address, "password": PASSWORD, **more})


def database_processes(data_dir: Path) -> set[int]:
    """Give the PostgreSQL servers that run on a data directory."""
    return {number for number in _processes() if str(data_dir / "postgres").encode() in _command_of(number)}


def after_a_while(find: Callable[[], set[int]]) -> set[int]:
    """Give the processes that are still found when others have had time to end."""
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while (found := find()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and service.process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{service.url}/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"it is not ready: {service.said.read_text()[-2000:]}")


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _command_of(number: int) -> bytes:
    try:
        return (Path("/proc") / str(number) / "cmdline").read_bytes()
    except OSError:
        return b""


def _session_of(number: int) -> int | None:
    """Give the session of a process that lives, and None for one that is gone or waits to be buried."""
    try:
        fields = (Path("/proc") / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])
