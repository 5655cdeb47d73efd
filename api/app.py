"""The application: routes, refusals, documentation, and the worker that runs beside them."""

import asyncio
import gc
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import contract, health, logs, problem_pages, problems
from api.body_limit import BodyLimit
from api.parts import Parts, parts_of
from api.request_log import RequestLog
from api.v1.router import v1
from domain import worker
from domain.concepts import vocabulary
from domain.settings import Settings

COLLECTED_AFTER: Final = (10_000, 20, 50)  # objects, and generations
DESCRIPTION: Final = """
Attune carries people who look for help with trauma, rejection and attachment wounds to a booked and prepared first
session with a licensed therapist.

Register with `POST /v1/accounts`, answer the mail with `POST /v1/accounts/verification`, sign in with
`POST /v1/sessions`. Every refusal is a problem (RFC 9457) that carries `next_steps`.
"""


def create_app(parts: Parts) -> FastAPI:
    """Make the application over given parts; it opens nothing before its lifespan begins.

    Raises VocabularyBroken: with relations that lead nowhere or in a circle, nothing is served.
    """
    vocabulary.load()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        _keep_what_stays()
        async with _working(parts), _ending_with_supervisor():
            yield
        await parts.database.close()

    app = FastAPIOffline(
        title="Attune",
        version="1.0.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the caller's Host and query, and move a body elsewhere
        static_url="/docs/assets",
        separate_input_output_schemas=False,
    )
    app.state.parts = parts
    app.include_router(health.router)
    app.include_router(problem_pages.router)
    app.include_router(v1())
    problems.install(app)
    contract.describe(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLog)  # added last, so it is the outermost
    return app


def _keep_what_stays() -> None:
    """Let the collector pass over what lives as long as the process, and look less often: a tenth of each request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


@asynccontextmanager
async def _working(parts: Parts) -> AsyncIterator[None]:
    if not parts.settings.work_in_serve:
        yield
        return
    working = worker.create(parts.settings)
    task = asyncio.create_task(working.run())
    try:
        yield
    finally:
        working.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, timeout=10)


@asynccontextmanager
async def _ending_with_supervisor() -> AsyncIterator[None]:
    """End this worker when the process that started it is gone: nothing may stand in the next start's way."""
    supervisor = os.environ.get("ATTUNE_SUPERVISOR_PID")

    async def watch() -> None:
        while str(os.getppid()) == supervisor:  # noqa: ASYNC110 - the system says it to nobody
            await asyncio.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    watching = asyncio.create_task(watch()) if supervisor is not None else None
    yield
    if watching is not None:
        watching.cancel()


def app_from_environment() -> FastAPI:
    """Make the application as the environment says; what a server process calls."""
    logs.configure()
    return create_app(parts_of(Settings()))


def openapi_json() -> str:
    """Give the contract as JSON; needs no database."""
    settings = Settings.model_validate({"database_url": "postgresql://nobody@localhost/nothing"})
    return json.dumps(create_app(parts_of(settings)).openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
