"""Whether the process lives, whether it is ready, and what it counts."""

import os
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.dependencies import ProcessParts
from api.wire import View
from domain import migration
from domain.errors import Unavailable
from domain.licensing import alarm_queries

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
async def metrics(process: ProcessParts) -> Response:
    """Give the counters of all workers, and what the database says of licenses now, as Prometheus reads them."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    told = generate_latest(registry) + generate_latest(await _alarms(process))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


async def _alarms(process: ProcessParts) -> CollectorRegistry:
    """Read the alarms for this scrape alone; without a database only that there is none."""
    registry = CollectorRegistry()
    up = Gauge("attune_database_up", "Whether the database answers", registry=registry)
    try:
        async with process.database.read() as session:
            found = await alarm_queries.alarms(session, now=process.clock.now())
    except Exception as error:  # noqa: BLE001 - the scrape itself must always answer
        log.warning("alarms_unread", error_kind=type(error).__name__)
        up.set(0)
        return registry
    up.set(1)
    for name, said, value in (
        ("attune_licenses_stale", "Verified licenses nobody looked at for 35 days; nothing is booked", found.stale),
        ("attune_licenses_waiting", "Licenses that wait for a decision", found.waiting),
        ("attune_license_decisions_overdue", "Licenses that wait longer than 30 days", found.overdue),
    ):
        Gauge(name, said, registry=registry).set(value)
    if found.oldest_look_days is not None:
        oldest = Gauge("attune_licenses_oldest_look_days", "Age of the oldest good look", registry=registry)
        oldest.set(found.oldest_look_days)
    age = Gauge("attune_register_age_days", "Age of our newest copy of a register", ["register"], registry=registry)
    for register, days in found.register_age_days.items():
        age.labels(register=register.value).set(days)
    return registry
