"""The parts every test may ask for: a real PostgreSQL, a transaction that is rolled back, and the app over it.

A test and the app share one connection, whose transaction ends in a rollback, and never one session, so that a load
the app forgot shows. Races and anything that must commit open connections of their own through `database`.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from api.app import create_app
from api.parts import Parts, parts_of
from domain import migration
from domain.database import Address, Database, DriverConnection
from domain.embedded_server import EmbeddedServer
from domain.settings import Settings

settings.register_profile("attune", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("attune")


@pytest.fixture(scope="session")
def server_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A PostgreSQL of this test process's own, migrated; as the owner."""
    with EmbeddedServer(tmp_path_factory.mktemp("attune")).owned() as address:
        migration.upgrade(database_url=address.dsn())
        yield address


@pytest.fixture(scope="session")
def service_settings(server_address: Address, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a service over that server; nothing of the machine's environment."""
    for name in [name for name in os.environ if name.startswith("ATTUNE_")]:
        del os.environ[name]
    folder: Path = tmp_path_factory.mktemp("data")
    return Settings.model_validate(
        {
            "database_url": server_address.dsn(),
            "data_dir": folder,
            "mail_url": f"file:{folder / 'mail'}",
            "rate_limit_factor": 1000,
            "database_pool_size": 20,
        }
    )


@pytest.fixture(scope="session")
async def parts(service_settings: Settings) -> AsyncIterator[Parts]:
    """The parts of a service with real connections that commit."""
    made = parts_of(service_settings)
    yield made
    await made.database.close()


@pytest.fixture(scope="session")
def database(parts: Parts) -> Database:
    """Real connections that commit, acting as the service's role."""
    return parts.database


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    """The one connection of a test, in a transaction that is rolled back."""
    async with database.engine.connect() as opened:
        transaction = await opened.begin()
        yield opened
        await transaction.rollback()


class OverConnection:
    """The driver's side of the test's connection: what is said over it stands in a savepoint of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[DriverConnection]:
        await self._connection.execute(text("SAVEPOINT direct"))
        driver = (await self._connection.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        try:
            yield driver
        except BaseException:
            await self._connection.execute(text("ROLLBACK TO SAVEPOINT direct"))
            raise
        await self._connection.execute(text("RELEASE SAVEPOINT direct"))

    async def close(self) -> None:
        """Leave the test's connection to the test."""


@pytest.fixture
def test_database(connection: AsyncConnection, database: Database) -> Database:
    """Sessions over the test's connection: their commits end savepoints only."""
    over = async_sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
    return Database(engine=database.engine, write=over, read=over, direct=OverConnection(connection))


@pytest.fixture
async def session(test_database: Database) -> AsyncIterator[AsyncSession]:
    """A session over the test's connection."""
    async with test_database.write() as opened:
        yield opened


@pytest.fixture
def test_parts(parts: Parts, test_database: Database) -> Parts:
    """The parts of an app over the test's connection."""
    return replace(parts, database=test_database)


@pytest.fixture
def app(test_parts: Parts) -> FastAPI:
    """The app over the test's connection."""
    return create_app(test_parts)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that app, signed in as nobody."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://attune.test") as client:
        yield client


@pytest.fixture
def now() -> datetime:
    """The present; the database's clock runs, so tests of holds use the real time."""
    return datetime.now(UTC)
