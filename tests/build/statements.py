"""What a test's connection is asked, statement by statement."""

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection


def reads(connection: AsyncConnection) -> list[str]:
    """Give a list that grows with every SELECT from now on."""
    seen: list[str] = []

    def note(*given: object) -> None:
        statement = str(given[2])
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    return seen
