import asyncio
import io
import subprocess
import sys
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, String, Text, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.types import TypeEngine

from domain import migration
from domain.database import SCHEMA_REVISION, Address, DriverConnection, address_of, stored_enum
from domain.metadata import METADATA
from migrations.comparison import include_name, types_differ

SQUAWK_LEFT_OUT = (
    "prefer-robust-stmts",  # every migration is one transaction: one that fails leaves nothing
    "require-lock-timeout",  # env.py sets both before any migration
    "require-statement-timeout",
    "prefer-bigint-over-int",  # counts, minutes, minor units and versions, none of which nears two billion
    "prefer-identity",  # the queue's tables are as its library makes them
    "prefer-text-field",  # Alembic's own table
    "prefer-timestamp-tz",  # booking.wall_start is wall time; the instants stand beside it
)
COLUMN_CHANGES = frozenset(
    {"add_table", "remove_table", "add_column", "remove_column", "modify_nullable", "modify_type"}
)


async def driver(address: Address) -> DriverConnection:
    return await asyncpg.connect(address.dsn())


@pytest.fixture
async def empty_database(server_address: Address) -> AsyncIterator[Address]:
    name = f"migrations_{uuid4().hex}"
    owner = await driver(server_address)
    await owner.execute(f'CREATE DATABASE "{name}"')
    made = address_of(server_address.dsn())
    yield Address(host=made.host, port=made.port, user=made.user, password=None, database=name)
    await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await owner.close()


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(migration.configuration(database_url="postgresql://nobody/nothing"))


def test_migrations_form_one_line_and_the_number_is_the_revision() -> None:
    revisions = list(scripts().walk_revisions())

    assert [revision.revision for revision in revisions] == [f"{n:04d}" for n in range(len(revisions), 0, -1)]
    assert all(Path(revision.path).name.startswith(f"{revision.revision}_") for revision in revisions)
    assert scripts().get_heads() == [SCHEMA_REVISION]


async def tables_of(address: Address) -> set[str]:
    connection = await driver(address)
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i', 'S') "
        "UNION ALL SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
        "WHERE n.nspname = 'public' AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"
    )
    await connection.close()
    return {row[0] for row in rows} - {"alembic_version", "alembic_version_pkc"}


async def test_every_migration_goes_up_and_down_one_step_at_a_time(empty_database: Address) -> None:
    configuration = migration.configuration(database_url=empty_database.dsn())
    revisions = [revision.revision for revision in scripts().walk_revisions()][::-1]
    seen: list[set[str]] = []

    for revision in revisions:
        seen.append(await tables_of(empty_database))
        await asyncio.to_thread(command.upgrade, configuration, revision)
    at_head = await tables_of(empty_database)
    for before in reversed(seen):
        await asyncio.to_thread(command.downgrade, configuration, "-1")
        assert await tables_of(empty_database) == before
    await asyncio.to_thread(command.upgrade, configuration, "head")

    assert seen[0] < await tables_of(empty_database) == at_head


def differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": types_differ, "include_name": include_name})
    found = compare_metadata(context, METADATA)
    flat = [change for entry in found for change in (entry if isinstance(entry, list) else [entry])]
    return [str(change) for change in flat if change[0] in COLUMN_CHANGES]


async def test_the_tables_of_the_code_are_the_tables_of_the_migrations(server_address: Address) -> None:
    engine = create_async_engine(server_address.url(), poolclass=pool.NullPool)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


class Light(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("inspected", "declared", "differ"),
    [
        (Text(), stored_enum(Light), False),
        (String(10), stored_enum(Light), True),
        (Integer(), stored_enum(Light), True),
        (Text(), Integer(), None),
    ],
)
def test_a_stored_enum_is_text_and_nothing_else(
    inspected: TypeEngine[object], declared: TypeEngine[object], *, differ: bool | None
) -> None:
    context = MigrationContext.configure(dialect_name="postgresql")
    column = Column[object]("light")

    assert types_differ(context, column, column, inspected, declared) is differ


def test_squawk_has_nothing_against_the_sql(tmp_path: Path) -> None:
    buffer = io.StringIO()
    configuration = migration.configuration(database_url="postgresql://nobody/nothing")
    configuration.output_buffer = buffer
    command.upgrade(configuration, "head", sql=True)
    path = tmp_path / "migrations.sql"
    path.write_text(buffer.getvalue())
    squawk = Path(sys.executable).with_name("squawk")

    read = subprocess.run(  # noqa: S603 - the linter of our own environment over our own SQL
        [squawk, "--pg-version=18.0", *(f"--exclude={rule}" for rule in SQUAWK_LEFT_OUT), path],
        check=False,
        capture_output=True,
        text=True,
    )

    assert read.returncode == 0, read.stdout


@pytest.fixture
async def owner_engine(empty_database: Address) -> AsyncIterator[AsyncEngine]:
    await asyncio.to_thread(migration.upgrade, database_url=empty_database.dsn())
    engine = create_async_engine(empty_database.url(), poolclass=pool.NullPool)
    yield engine
    await engine.dispose()


async def test_an_unmigrated_schema_is_not_ready(empty_database: Address) -> None:
    engine = create_async_engine(empty_database.url(), poolclass=pool.NullPool)

    async with engine.connect() as connection:
        with pytest.raises(migration.SchemaNotReady):
            await migration.check(connection)
    await engine.dispose()


@pytest.mark.parametrize("name", sorted(migration.EXCLUSIONS))
async def test_a_schema_without_an_exclusion_constraint_is_not_ready(owner_engine: AsyncEngine, name: str) -> None:
    async with owner_engine.begin() as connection:
        await migration.check(connection)
        await connection.execute(text(f"ALTER TABLE booking DROP CONSTRAINT {name}"))

        with pytest.raises(migration.SchemaNotReady, match=name):
            await migration.check(connection)


async def test_a_schema_with_a_weakened_exclusion_constraint_is_not_ready(owner_engine: AsyncEngine) -> None:
    async with owner_engine.begin() as connection:
        await connection.execute(text("ALTER TABLE booking DROP CONSTRAINT booking_therapist_time_excl"))
        await connection.execute(
            text(
                "ALTER TABLE booking ADD CONSTRAINT booking_therapist_time_excl EXCLUDE USING gist "
                "(therapist_id WITH =, occupied WITH &&) WHERE (status = 'confirmed')"
            )
        )

        with pytest.raises(migration.SchemaNotReady, match="booking_therapist_time_excl"):
            await migration.check(connection)
