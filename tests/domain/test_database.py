from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.database import (
    Address,
    Database,
    SslMode,
    address_of,
    connect,
    database_now,
    driver_connection,
    server_settings,
)

words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
hosts = st.sampled_from(["db.example", "127.0.0.1", "::1", "/run/postgresql", "/a folder/with ?odd&=#%41/names"])
modes: st.SearchStrategy[SslMode | None] = st.sampled_from([None, "require", "verify-full"])


@given(
    host=hosts,
    port=st.integers(1, 65535),
    user=words,
    password=st.none() | words,
    database=words.filter(lambda name: not name.startswith("/")),
    sslmode=modes,
)
def test_an_address_survives_being_written_as_a_url(
    host: str, port: int, user: str, password: str | None, database: str, sslmode: SslMode | None
) -> None:
    address = Address(host=host, port=port, user=user, password=password, database=database, sslmode=sslmode)

    assert address_of(address.dsn()) == address


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "database"),
    [
        ("postgresql://attune@db.example/care", "db.example", 5432, "attune", "care"),
        ("postgres://attune@db.example:6543/care", "db.example", 6543, "attune", "care"),
        ("postgresql+asyncpg://attune@db.example", "db.example", 5432, "attune", "postgres"),
        ("postgresql:///care?host=/run/postgresql&port=6543&user=attune", "/run/postgresql", 6543, "attune", "care"),
        ("postgresql://attune@[::1]:6543/care", "::1", 6543, "attune", "care"),
    ],
)
def test_a_url_is_read_as_libpq_reads_it(url: str, host: str, port: int, user: str, database: str) -> None:
    assert address_of(url) == Address(host=host, port=port, user=user, password=None, database=database)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://attune:s3cret@db.example/care",
        "postgresql://attune:s3cret/x@db.example/care",
        "postgresql://attune:s3cret?x@db.example/care",
        "postgresql://attune:s3cret#x@db.example/care",
        "postgresql://attune:s3cret@[db.example/care",
        "postgresql://attune:s3cret@db.example/care?port=x",
        "postgresql://attune:s3cret@db.example/care?sslmode=s3cret",
        "postgresql://attune:s3cret@db.example/care?sslrootcert=/ca.pem",
    ],
)
def test_a_url_that_is_refused_does_not_give_its_password_away(url: str) -> None:
    with pytest.raises(ValueError, match="database URL") as refused:
        address_of(url)

    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_way_tls_is_asked_for_reaches_the_driver() -> None:
    address = address_of("postgresql://attune@db.example/care?sslmode=verify-full")

    assert address.url().query["ssl"] == "verify-full"


def test_the_owner_of_a_role_of_the_same_name_acts_as_itself() -> None:
    assert "role" not in server_settings(role=None, clock_offset_seconds=0)
    assert server_settings(role="attune_service", clock_offset_seconds=0)["role"] == "attune_service"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("transaction_timeout", "15s"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
        ("role", "attune_service"),
        ("default_transaction_isolation", "read committed"),
    ],
)
async def test_postgresql_itself_holds_every_connection_to_its_limits(
    session: AsyncSession, setting: str, value: str
) -> None:
    assert await session.scalar(text(f"SHOW {setting}")) == value


async def test_a_read_session_is_refused_a_write_by_postgresql(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await session.execute(text("DELETE FROM throttle_counter"))


async def test_a_read_session_leaves_the_connection_fit_for_writes(server_address: Address) -> None:
    single = connect(server_address, role="attune_service", pool_size=1)

    async with single.read() as session:
        assert await session.scalar(text("SHOW transaction_read_only")) == "on"
    async with single.transaction() as session:
        read_only = await session.scalar(text("SHOW transaction_read_only"))
    await single.close()

    assert read_only == "off"


async def test_a_transaction_is_undone_when_anything_is_raised(database: Database) -> None:
    row = "INSERT INTO throttle_counter VALUES ('\\x746573742d756e646f6e65', now(), 1)"

    async def broken_off() -> None:
        async with database.transaction() as session:
            await session.execute(text(row))
            raise LookupError

    with pytest.raises(LookupError):
        await broken_off()

    async with database.read() as session:
        kept = text("SELECT count(*) FROM throttle_counter WHERE bucket = '\\x746573742d756e646f6e65'")
        assert await session.scalar(kept) == 0


@pytest.mark.parametrize("offset", [-86_400.0, 0.0, 3600.5])
async def test_the_databases_clock_is_shifted_with_the_services(server_address: Address, offset: float) -> None:
    shifted = connect(server_address, role="attune_service", pool_size=1, clock_offset_seconds=offset)

    async with shifted.read() as session:
        told = (await session.scalars(select(database_now()))).one()
    await shifted.close()

    assert abs(told - datetime.now(UTC) - timedelta(seconds=offset)) < timedelta(seconds=5)


async def test_the_drivers_connection_is_in_the_sessions_transaction_from_the_first_statement(
    database: Database,
) -> None:
    number = "SELECT pg_current_xact_id()::text"

    async with database.transaction() as session:
        driver = await driver_connection(session)

        assert driver.is_in_transaction()
        assert await driver.fetchval(number) == await session.scalar(text(number))


async def test_a_refused_statement_shows_no_parameter(session: AsyncSession) -> None:
    with pytest.raises(DBAPIError) as refused:
        await session.execute(text("SELECT 1 / (length(:word) - length(:word))"), {"word": "what a client wrote"})

    assert "what a client wrote" not in str(refused.value)
