"""Everything under /v1, area by area."""

from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.strict_json import StrictRoute
from api.v1.accounts.routes import router as accounts
from api.v1.availability.routes import routers as availability
from api.v1.booking.routes import routers as booking
from api.v1.clients.routes import router as clients
from api.v1.concepts.routes import router as concepts
from api.v1.directory.routes import router as directory
from api.v1.intake.routes import router as intake
from api.v1.licensing.routes import routers as licensing
from api.v1.matching.routes import router as matching
from api.v1.safety.routes import router as safety
from api.v1.tasks.routes import router as tasks
from api.v1.therapists.routes import router as therapists

# `/therapists/me` of therapists stands before `/therapists/{id}` of the directory.
AREAS: Final = (
    *booking,
    accounts,
    clients,
    concepts,
    intake,
    safety,
    matching,
    *availability,
    *licensing,
    tasks,
    therapists,
    directory,
)


def v1() -> APIRouter:
    """Put the areas together; every route reads its JSON strictly.

    Their routes become this router's own: the framework keeps a router within a router as one, and looking through all
    of them took two fifths of a search's time.
    """
    router = APIRouter(prefix="/v1", route_class=StrictRoute)
    for area in AREAS:
        for route in area.routes:
            _add(route, to=router)
    return router


def _add(route: BaseRoute, *, to: APIRouter) -> None:
    """Add a route as it was declared. TypeError for what is none of ours, such as a router within an area's router."""
    if not isinstance(route, APIRoute):
        raise TypeError(f"{route} is no route of an area")
    to.add_api_route(
        route.path,
        route.endpoint,
        methods=route.methods,
        name=route.name,
        response_model=route.response_model,
        status_code=route.status_code,
        tags=route.tags,
        dependencies=route.dependencies,
        responses=route.responses,
        response_class=route.response_class,
        response_description=route.response_description,
        openapi_extra=route.openapi_extra,
        route_class_override=type(route),
    )
