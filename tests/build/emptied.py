"""A database without people, for who commits: everything goes but what the service itself came with."""

import asyncpg


async def empty(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Take away every account and all that hangs on one; the compacts' members, which came with the service, stay."""
    await owner.execute(
        """
        CREATE TEMPORARY TABLE kept AS SELECT * FROM compact_membership WHERE recorded_by IS NULL;
        UPDATE kept SET superseded_at = NULL;
        TRUNCATE account CASCADE;
        INSERT INTO compact_membership SELECT * FROM kept;
        DROP TABLE kept;
        """
    )
