"""What a test's connection is asked, statement by statement, whoever speaks to it."""

from typing import Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

# What the driver asks about types on its own, once a connection, and with which settings.
OF_THE_DRIVER: Final = ("current_setting('jit')", "typeinfo_tree", "set_config('jit'")


def reads(connection: AsyncConnection) -> list[str]:
    """Give a list that grows with every SELECT from now on.

    The driver tells of what is said to it directly when the loop turns next; SQLAlchemy, which has it prepare, at once.
    """
    seen: list[str] = []

    def keep(statement: str) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    def note(logged: asyncpg.connection.LoggedQuery) -> None:
        if not any(mark in logged.query for mark in OF_THE_DRIVER):
            keep(logged.query)

    def note_prepared(*given: object) -> None:
        keep(str(given[2]))

    event.listen(connection.sync_connection, "before_cursor_execute", note_prepared)

    proxied = connection.sync_connection.connection if connection.sync_connection is not None else None
    driver = None if proxied is None else proxied.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    driver.add_query_logger(note)
    return seen
