"""The service's connections act as a role that owns nothing and can't rewrite what was done."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import Database
from domain.ids import uuid7


async def test_the_service_owns_nothing(session: AsyncSession) -> None:
    owned = await session.scalar(
        text("SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)")
    )
    rights = (
        await session.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        )
    ).one()

    assert owned == 0
    assert tuple(rights) == (False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'rewritten'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM booking",
        "UPDATE license_decision SET reason = 'rewritten'",
        "ALTER TABLE booking DROP CONSTRAINT booking_client_time_excl",
        "CREATE TABLE mine (id integer)",
    ],
)
async def test_the_service_may_not(session: AsyncSession, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await session.execute(text(statement))


async def test_even_the_owner_may_not_rewrite_the_audit(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.execute(text("RESET ROLE"))
        await connection.execute(text("SET ROLE attune_owner"))

        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text("DELETE FROM audit_entry"))


async def test_a_read_session_is_kept_read_only_by_postgresql(database: Database) -> None:
    async with database.read() as reading:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await reading.execute(
                text("INSERT INTO throttle_counter VALUES (:bucket, now(), 1)"), {"bucket": uuid7().bytes}
            )


async def test_every_connection_has_timeouts(session: AsyncSession) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")

    values = [await session.scalar(text(f"SHOW {name}")) for name in names]

    assert values == ["5s", "2s", "10s", "15s"]


async def test_the_databases_clock_is_shifted_by_the_offset(session: AsyncSession) -> None:
    await session.execute(text("SELECT set_config('attune.clock_offset_seconds', '7200', true)"))

    shift = await session.scalar(text("SELECT extract(epoch FROM attune_now() - statement_timestamp())::float8"))

    assert shift == pytest.approx(7200)
