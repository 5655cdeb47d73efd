"""The database as the service sees it: engines, sessions, the clock that decides, and the base of every table.

Every connection acts as the service's role, which owns nothing, under timeouts PostgreSQL itself enforces. Reads go
through an engine whose transactions PostgreSQL keeps read-only. The clock that decides whether a hold lives is the
database's: `attune_now()` is its time plus the configured offset.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar, cast, get_args
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    Time,
    Uuid,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.functions import Function

from domain import ids
from domain.insertion import Insertion, columns, placeholders

if TYPE_CHECKING:
    DriverConnection = asyncpg.Connection[asyncpg.Record]  # the class takes no parameter at run time
else:
    DriverConnection = asyncpg.Connection

Id = TypeVar("Id", bound=UUID)

SCHEMA_REVISION: Final = "0013"
SESSION_LIMITS: Final = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "15s",
    "client_connection_check_interval": "1s",
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
    "jit": "off",  # compiling costs more than our statements take
}

# What is said directly looks everything up by its own index: planning it each time would take longer than it does. A
# plan that was made while a table was empty, and is kept, must not read through it for ever after.
DIRECT: Final = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "application_name": "attune direct"}
POOL_TIMEOUT_SECONDS: Final = 3.0  # a burst is worked off in less; who can't be served by then may come again
CONNECT_TIMEOUT_SECONDS: Final = 5.0
COMMAND_TIMEOUT_SECONDS: Final = 15.0

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class Base(DeclarativeBase):
    """The base of every table. Relationships, where there are any, are lazy="raise"."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        int: Integer,
        bytes: LargeBinary,
        date: Date,
        time: Time,
        datetime: DateTime(timezone=True),
        Range[datetime]: TSTZRANGE,
        list[str]: ARRAY(Text),
        list[ids.TherapistId]: ARRAY(Uuid),
        UUID: Uuid,
        ids.AccountId: Uuid,
        ids.SessionId: Uuid,
        ids.RegistrationId: Uuid,
        ids.ClientId: Uuid,
        ids.TherapistId: Uuid,
        ids.LicenseId: Uuid,
        ids.PermissionId: Uuid,
        ids.BookingId: Uuid,
        ids.MatchId: Uuid,
        ids.FormResponseId: Uuid,
        ids.NoticeId: Uuid,
        ids.ExceptionId: Uuid,
        ids.BusyCalendarId: Uuid,
        ids.SeriesId: Uuid,
        ids.WaitlistEntryId: Uuid,
        ids.TaskId: Uuid,
        ids.FeedId: Uuid,
    }


def stored_enum(kind: type[StrEnum]) -> Enum:
    """Store an enum by value, as text; the migration holds the CHECK."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=None,
        values_callable=lambda members: [member.value for member in members],
    )


def database_now() -> "Function[datetime]":
    """Give the database's time plus the configured offset, for use in a statement."""
    return func.attune_now(type_=DateTime(timezone=True))


def among(column: InstrumentedAttribute[Id], ids: Collection[Id]) -> ColumnElement[bool]:
    """Say that an id is one of these: compared with one array, so that any number of them is the same statement."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is. host: a name, or the folder of a Unix socket; sslmode: libpq's word, or None for prefer."""

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    database: str
    sslmode: SslMode | None = None

    def url(self) -> URL:
        """Give the address as SQLAlchemy wants it; a socket's folder goes into the query."""
        socket = self.host.startswith("/")
        return URL.create(
            "postgresql+asyncpg",
            username=self.user,
            password=self.password,
            host=None if socket else self.host,
            port=self.port,
            database=self.database,
            query=({"host": self.host} if socket else {}) | ({"ssl": self.sslmode} if self.sslmode else {}),
        )

    def dsn(self) -> str:
        """Give the address as a libpq URI; it carries the password, so it is never logged."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        query: dict[str, str] = {"sslmode": self.sslmode} if self.sslmode else {}
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = f"{host}:{self.port}"
        if self.host.startswith("/"):
            query |= {"host": self.host, "port": str(self.port)}
            place = ""
        return f"postgresql://{login}@{place}/{quote(self.database, safe='')}" + (
            f"?{urlencode(query)}" if query else ""
        )


def address_of(url: str) -> Address:
    """Read a `postgresql://` URL, with a host or with `?host=/folder`. Raises ValueError, without the password."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        port = parts.port or int(query.get("port", ["5432"])[0])
    except ValueError:  # its words hold a piece of the password where that was not percent-encoded
        raise ValueError("the database URL can't be read: percent-encode what the password holds") from None
    if parts.scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("a database URL starts with postgresql://")
    if unknown := sorted(query.keys() - {"host", "port", "user", "sslmode"}):
        raise ValueError(f"the database URL asks for {', '.join(unknown)}, which is not known here")
    sslmode = query.get("sslmode", [None])[0]
    if sslmode is not None and sslmode not in get_args(SslMode):
        raise ValueError("the database URL's sslmode is none of libpq's")
    return Address(
        host=parts.hostname or query.get("host", ["localhost"])[0],
        port=port,
        user=unquote(parts.username) if parts.username else query.get("user", ["postgres"])[0],
        password=unquote(parts.password) if parts.password else None,
        database=unquote(parts.path.lstrip("/")) or "postgres",
        sslmode=cast("SslMode | None", sslmode),
    )


class Direct(Protocol):
    """Where connections of the driver's own come from, for what is said in one statement and commits with it."""

    def connection(self) -> AbstractAsyncContextManager[DriverConnection]:
        """Lend a connection outside any transaction. Raises TimeoutError where none is free soon."""

    async def close(self) -> None:
        """Close every connection."""


class DirectPool:
    """A pool of the driver's own, beside the engine's: opened when first asked for.

    A connection keeps what it has prepared, and is not reset when it comes back: nothing but single statements is said
    over it.
    """

    def __init__(self, address: "Address", *, settings: dict[str, str], size: int) -> None:
        self._address = address
        self._settings = settings
        self._size = size
        self._opening = asyncio.Lock()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[DriverConnection]:
        """Lend a connection. Raises TimeoutError where none is free within some seconds."""
        pool = self._pool or await self._opened()
        # a timer costs more than taking a connection that is there
        patience = None if pool.get_idle_size() else POOL_TIMEOUT_SECONDS
        async with pool.acquire(timeout=patience) as lent:
            yield cast("DriverConnection", lent)

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    host=self._address.host,
                    port=self._address.port,
                    user=self._address.user,
                    password=self._address.password,
                    database=self._address.database,
                    ssl=self._address.sslmode,
                    min_size=0,
                    max_size=self._size,
                    timeout=CONNECT_TIMEOUT_SECONDS,
                    command_timeout=COMMAND_TIMEOUT_SECONDS,
                    max_inactive_connection_lifetime=1800,
                    max_cached_statement_lifetime=0,
                    server_settings=self._settings,
                    reset=_as_it_was,
                )
            return self._pool


async def _as_it_was(_connection: object) -> None:
    """Leave a connection that comes back as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """The engines of one process: writes, and reads that PostgreSQL keeps read-only, over one pool.

    direct: connections of the driver's own, for the few calls that must be quick.
    """

    engine: AsyncEngine
    write: async_sessionmaker[AsyncSession]
    read: async_sessionmaker[AsyncSession]
    direct: Direct

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a write session that commits at the end, and rolls back when anything is raised."""
        async with self.write.begin() as session:
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self.direct.close()
        await self.engine.dispose()


def server_settings(*, role: str | None, clock_offset_seconds: float) -> dict[str, str]:
    """Give what PostgreSQL is told when a connection opens. role: whom to act as, or None to stay the login."""
    settings = {
        **SESSION_LIMITS,
        "application_name": "attune",
        "attune.clock_offset_seconds": str(clock_offset_seconds),
    }
    return settings if role is None else {**settings, "role": role}


def connect(address: Address, *, role: str | None, pool_size: int, clock_offset_seconds: float = 0.0) -> Database:
    """Make the engines; nothing connects yet."""
    settings = server_settings(role=None if address.user == role else role, clock_offset_seconds=clock_offset_seconds)
    engine = create_async_engine(
        address.url(),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={
            "server_settings": settings,
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "command_timeout": COMMAND_TIMEOUT_SECONDS,
        },
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        hide_parameters=True,
    )
    return Database(
        engine=engine,
        write=async_sessionmaker(engine, expire_on_commit=False),
        read=async_sessionmaker(engine.execution_options(postgresql_readonly=True), expire_on_commit=False),
        direct=DirectPool(address, settings=settings | DIRECT, size=pool_size),
    )


async def driver_connection(session: AsyncSession) -> DriverConnection:
    """Give the driver's own connection of the session's transaction, for what is said to PostgreSQL directly."""
    pooled = await (await session.connection()).get_raw_connection()
    connection = pooled.driver_connection
    if not isinstance(connection, asyncpg.Connection):
        raise TypeError("the engine does not speak asyncpg")
    if not connection.is_in_transaction():  # SQLAlchemy says BEGIN with the first statement of its own
        await session.execute(select(1))
    return connection


async def write_along(session: AsyncSession, insertions: Sequence[Insertion]) -> None:
    """Write rows in the session's transaction, after what it holds back."""
    if not insertions:
        return
    await session.flush()
    connection = await driver_connection(session)
    for each in insertions:
        shape = each.shape
        await connection.execute(
            f"INSERT INTO {shape.table} ({columns(shape)}) VALUES ({placeholders(shape, first=1)})",  # noqa: S608 - our own names
            *each.values,
        )
