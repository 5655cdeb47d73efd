"""Everything under /v1, area by area."""

from typing import Final

from fastapi import APIRouter

from api.strict_json import StrictRoute
from api.v1.accounts.routes import router as accounts
from api.v1.availability.routes import router as availability
from api.v1.booking.routes import router as booking
from api.v1.clients.routes import router as clients
from api.v1.concepts.routes import router as concepts
from api.v1.directory.routes import router as directory
from api.v1.intake.routes import router as intake
from api.v1.licensing.admin_routes import router as license_decisions
from api.v1.licensing.routes import router as licenses
from api.v1.matching.routes import router as matching
from api.v1.safety.routes import router as safety
from api.v1.tasks.routes import router as tasks
from api.v1.therapists.routes import router as therapists

# `/therapists/me` of therapists stands before `/therapists/{id}` of the directory.
AREAS: Final = (
    accounts,
    booking,
    clients,
    concepts,
    intake,
    safety,
    matching,
    availability,
    licenses,
    license_decisions,
    tasks,
    therapists,
    directory,
)


def v1() -> APIRouter:
    """Put the areas together; every route reads its JSON strictly."""
    router = APIRouter(prefix="/v1", route_class=StrictRoute)
    for area in AREAS:
        router.include_router(area)
    return router
