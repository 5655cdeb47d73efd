"""Jobs that wait."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.job import JobName


async def waiting(session: AsyncSession, *, job: JobName, row_id: UUID) -> int:
    """Count the jobs of a kind about a row."""
    count = await session.scalar(
        text("SELECT count(*) FROM pgqueuer WHERE entrypoint = :job AND payload = :row"),
        {"job": job.value, "row": row_id.bytes},
    )
    return int(count or 0)


async def forget(session: AsyncSession, *, row_id: UUID) -> None:
    """Let the jobs about a row be done."""
    await session.execute(text("DELETE FROM pgqueuer WHERE payload = :row"), {"row": row_id.bytes})
