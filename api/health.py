"""Whether the process lives, whether it is ready, and what it counts."""

import os
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.dependencies import ProcessParts
from api.wire import View
from domain import migration
from domain.errors import Unavailable

router = APIRouter(tags=["process"])
log = structlog.get_logger()


class Health(View):
    """The one word a probe reads."""

    status: Literal["ok", "ready"]


@router.get("/healthz")
async def healthz() -> Health:
    """Answer that the process lives."""
    return Health(status="ok")


@router.get("/readyz")
async def readyz(process: ProcessParts) -> Health:
    """Answer that the database is reachable and migrated."""
    try:
        async with process.database.read() as session:
            await migration.check(session)
    except migration.SchemaNotReady as error:
        log.warning("not_ready", reason="schema")
        raise Unavailable("The database is not migrated.") from error
    return Health(status="ready")


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Give the counters of all workers, as Prometheus reads them."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
