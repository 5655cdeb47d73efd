"""A bare endpoint that only reads the rows a search of slots reads: the yardstick of `benchmarks/slots.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI

from api.parts import parts_of
from domain.booking.practice_queries import PRACTICES
from domain.settings import Settings

PARTS = parts_of(Settings())


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Close what was opened."""
    yield
    await PARTS.database.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/readyz")
async def ready() -> dict[str, str]:
    """Say that it serves."""
    return {"status": "ready"}


@app.get("/bare/{therapist_id}")
async def bare(therapist_id: UUID, starts_from: datetime, to: datetime) -> dict[str, int]:
    """Read the rows, and count them."""
    async with PARTS.database.direct.connection() as connection:
        rows = await connection.fetch(PRACTICES, [therapist_id], None, starts_from, to, datetime.now(UTC), [])
    return {"rows": len(rows)}
