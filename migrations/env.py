"""Run migrations as the owner of the schema, one at a time, each in its own transaction, under timeouts.

An advisory lock keeps two migrators apart. A migration that waits too long for a lock gives up, so that it never
makes the service wait behind it; run it again.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.database import address_of
from domain.metadata import METADATA
from migrations.comparison import include_name, types_differ

MIGRATION_LOCK = 0x4174_7475_6E65


def run_offline() -> None:
    """Print the SQL, for reading and for the linter."""
    context.configure(
        dialect_name="postgresql", target_metadata=METADATA, literal_binds=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on(connection: Connection) -> None:
    """Run on an open connection."""
    connection.execute(text("SET lock_timeout = '2s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=include_name,
        transaction_per_migration=True,
        compare_type=types_differ,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.commit()


async def run_online() -> None:
    """Connect as the owner and run."""
    url = context.config.attributes["database_url"]
    engine = create_async_engine(address_of(url).url(), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run_on)
    finally:
        await engine.dispose()


if context.is_offline_mode():
    run_offline()
else:
    given = context.config.attributes.get("connection")
    if given is None:
        asyncio.run(run_online())
    else:
        run_on(given)
