"""Run the service: find or start its database, refuse what is not fit, and hand over to the server.

The server's process is the one that owns the embedded PostgreSQL, whatever the number of workers; on SIGTERM requests
in flight finish, then the database stops. Workers end themselves when their supervisor is gone.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api import logs
from api.demo import load_demo
from api.parts import parts_of
from domain import migration, worker
from domain.database import Database
from domain.embedded_server import EmbeddedServer
from domain.settings import Settings


class NotFit(Exception):
    """The service must not start like this; the sentence says why and what to do."""


@contextmanager
def database_for_serving(settings: Settings) -> Iterator[Settings]:
    """Give settings with a database: the given one, or the embedded server, owned and migrated."""
    if settings.database_url is not None:
        yield settings
        return
    with EmbeddedServer(settings.data_dir).owned() as address:
        migration.upgrade(database_url=address.dsn())
        yield settings.model_copy(update={"database_url": SecretStr(address.dsn())})


@contextmanager
def database_for_command(settings: Settings) -> Iterator[Settings]:
    """Give settings with a database, beside a running service or without one; the embedded one is migrated."""
    if settings.database_url is not None:
        yield settings
        return
    with EmbeddedServer(settings.data_dir).shared() as address:
        migration.upgrade(database_url=address.dsn())
        yield settings.model_copy(update={"database_url": SecretStr(address.dsn())})


async def check_fit(settings: Settings) -> None:
    """Refuse settings nothing can be made of, an unmigrated schema, and in production a login that owns it.

    Raises NotFit, SchemaNotReady, ValueError.
    """
    worker.mailer_as_set(settings)  # a worker's process would only say that it ended
    parts = parts_of(settings)
    try:
        async with parts.database.read() as session:
            await migration.check(session)
        if settings.is_production:
            await _refuse_owner(parts.database)
    except DBAPIError as error:  # a fresh server has not even the role
        raise NotFit(
            f"the database does not take the service in: {words_of(error)}. `attune migrate` sets up a new one, and "
            f"GRANT {settings.database_role} TO the login lets it in"
        ) from None
    finally:
        await parts.database.close()


def words_of(error: DBAPIError) -> str:
    """Give what PostgreSQL said in its first line: the lines below, and the driver's, may hold values or the URL."""
    said = str(getattr(error.orig, "__cause__", None) or "it does not answer")
    return said.partition("\n")[0]


def refuse_made_up_people(settings: Settings) -> None:
    """Keep the demo's people, whose password is known to everyone, out of production. Raises NotFit."""
    if settings.is_production:
        raise NotFit("the demo makes up therapists and an administrator; production has real ones")


async def _refuse_owner(database: Database) -> None:
    async with database.read() as session:
        owns = await session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.rolname = session_user "
                "WHERE c.relname = 'account' AND (r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER')))"
            )
        )
    if owns:
        raise NotFit(
            "ATTUNE_DATABASE_URL is a superuser's or the schema owner's: give the service a login that is only a "
            "member of its role, and the owner's URL as ATTUNE_MIGRATION_DATABASE_URL"
        )


def serve(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> None:
    """Serve until SIGTERM or SIGINT. Raises NotFit, SchemaNotReady, and what the embedded server raises."""
    if demo:
        refuse_made_up_people(settings)
    _refuse_taken_port(host=host, port=port)
    signal.signal(signal.SIGTERM, _end)
    with database_for_serving(settings) as ready:
        asyncio.run(check_fit(ready))
        if demo:
            from_demo = asyncio.run(_load_demo(ready))
            print(from_demo, flush=True)  # noqa: T201 - said to whoever started it
        _hand_down(ready, workers=workers)
        print(f"Attune: http://{host}:{port}/docs", flush=True)  # noqa: T201 - said to whoever started it
        uvicorn.run(
            "api.app:app_from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=20,
            timeout_worker_healthcheck=30,  # a worker that is still importing answers nobody: it is not to be killed
        )


def _refuse_taken_port(*, host: str, port: int) -> None:
    """Refuse before anything is started: of the server's own complaint the log would keep only that it complained."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise NotFit(f"{host}:{port} can't be listened on: {error.strerror}") from None


def work(settings: Settings) -> None:
    """Work jobs until SIGTERM or SIGINT."""
    logs.configure()
    signal.signal(signal.SIGTERM, _end)
    with database_for_command(settings) as ready:
        asyncio.run(check_fit(ready))
        asyncio.run(_work(ready))


async def _work(settings: Settings) -> None:
    working = worker.create(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.stop)
    await working.run()


async def _load_demo(settings: Settings) -> str:
    parts = parts_of(settings)
    try:
        return await load_demo(parts)
    finally:
        await parts.database.close()


def _hand_down(settings: Settings, *, workers: int) -> None:
    """Tell the server's processes what was found out here."""
    assert settings.database_url is not None  # noqa: S101 - just made sure of
    os.environ["ATTUNE_DATABASE_URL"] = settings.database_url.get_secret_value()
    if workers > 1:
        os.environ["ATTUNE_SUPERVISOR_PID"] = str(os.getpid())
        folder = settings.data_dir.absolute() / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Unwind, so that the embedded server is stopped."""
    sys.exit(0)
