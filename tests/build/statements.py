"""What a test's connection is asked, statement by statement, whoever speaks to it."""

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection


def reads(connection: AsyncConnection) -> list[str]:
    """Give a list that grows with every SELECT from now on.

    The driver tells of what is said to it directly when the loop turns next; SQLAlchemy, which has it prepare, at once.
    """
    seen: list[str] = []

    def keep(statement: str) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    def note(logged: asyncpg.connection.LoggedQuery) -> None:
        keep(logged.query)

    def note_prepared(*given: object) -> None:
        keep(str(given[2]))

    event.listen(connection.sync_connection, "before_cursor_execute", note_prepared)

    proxied = connection.sync_connection.connection if connection.sync_connection is not None else None
    driver = None if proxied is None else proxied.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    driver.add_query_logger(note)
    return seen
