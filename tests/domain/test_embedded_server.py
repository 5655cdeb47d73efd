"""The embedded server, on data directories of its own: short ones, and one whose path would not fit a socket."""

import asyncio
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from domain.database import Address, DriverConnection
from domain.embedded_server import EmbeddedServer, ServerInUse

KILLED_OWNER = """
import os, signal, sys
from pathlib import Path
from domain.embedded_server import EmbeddedServer

owned = EmbeddedServer(Path(sys.argv[1])).owned()
owned.__enter__()
os.kill(os.getpid(), signal.SIGKILL)
"""


def ask(address: Address, question: str) -> str:
    """Give the one value a statement gives, as text."""

    async def asked() -> str:
        connection: DriverConnection = await asyncpg.connect(address.dsn(), timeout=5)
        try:
            return str(await connection.fetchval(question))
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as beside:  # the tests' event loop is not to be nested
        return beside.submit(asyncio.run, asked()).result()


def answers(address: Address) -> bool:
    try:
        return ask(address, "SELECT 1") == "1"
    except (OSError, asyncpg.PostgresError):
        return False


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was used once, with more in its name than a socket's path or a shell would take."""
    folder = tmp_path_factory.mktemp("server") / ("Ada's data " + "x" * 110)
    with EmbeddedServer(folder).owned() as address:
        ask(address, "CREATE TABLE kept AS SELECT 42 AS answer")
    return folder


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def test_what_was_stored_is_there_at_the_next_start(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).owned() as address:
        assert ask(address, "SELECT answer FROM kept") == "42"

    assert not answers(address)


def test_a_socket_whose_path_would_be_too_long_stands_elsewhere(data_dir: Path) -> None:
    assert len(bytes(data_dir)) > 107

    assert EmbeddedServer(Path("/srv/attune")).address().host == "/srv/attune/postgres"
    assert len(EmbeddedServer(data_dir).address().host) < 90


def test_the_server_listens_on_no_network_and_lets_nobody_else_in(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).owned() as address:
        listens_on = ask(address, "SHOW listen_addresses")
        folder = Path(address.host).stat()

    assert listens_on == ""
    assert stat.S_IMODE(folder.st_mode) == 0o700


def test_a_second_owner_is_refused(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).owned() as address:
        with pytest.raises(ServerInUse), EmbeddedServer(data_dir).owned(patience_seconds=0):
            pass

        assert answers(address)


def test_a_running_server_is_shared_and_left_running(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).owned() as address:
        with EmbeddedServer(data_dir).shared() as shared:
            assert shared == address
            assert ask(shared, "SELECT answer FROM kept") == "42"

        assert answers(address)


def test_a_server_nobody_owns_is_started_to_be_shared_and_stopped_again(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).shared() as address:
        assert ask(address, "SELECT answer FROM kept") == "42"

    assert not answers(address)


def test_who_wants_to_share_while_the_owner_goes_becomes_the_owner(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    lock = os.open(data_dir / "server.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Timer(0.5, lambda: os.close(lock)).start()

    with server.shared(patience_seconds=10) as address:
        assert ask(address, "SELECT answer FROM kept") == "42"


def test_a_killed_server_is_started_again_with_all_that_was_committed(data_dir: Path) -> None:
    with EmbeddedServer(data_dir).owned() as address:
        ask(address, "CREATE TABLE IF NOT EXISTS late AS SELECT 7 AS answer")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        while answers(address):
            time.sleep(0.05)

    with EmbeddedServer(data_dir).owned() as address:
        assert ask(address, "SELECT answer FROM late") == "7"


def test_a_server_its_killed_owner_left_running_is_taken_over_and_stopped(data_dir: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_OWNER, str(data_dir)], check=False)  # noqa: S603 - our own
    assert killed.returncode == -signal.SIGKILL
    running = postmaster(data_dir)
    assert answers(EmbeddedServer(data_dir).address())

    with EmbeddedServer(data_dir).owned(patience_seconds=0) as address:
        assert postmaster(data_dir) == running
        assert ask(address, "SELECT answer FROM kept") == "42"

    assert not answers(address)


def test_an_initialisation_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    for left in ("postgres", "postgres.new"):
        (tmp_path / "data" / left / "base").mkdir(parents=True)
        (tmp_path / "data" / left / "postgresql.conf").write_text("half of a li")

    with EmbeddedServer(tmp_path / "data").owned() as address:
        assert answers(address)

    assert not (tmp_path / "data" / "postgres.new").exists()
