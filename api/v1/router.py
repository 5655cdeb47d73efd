"""Everything under /v1, area by area."""

from typing import Final

from fastapi import APIRouter

from api.strict_json import StrictRoute
from api.v1.accounts.routes import router as accounts
from api.v1.availability.routes import router as availability
from api.v1.booking.routes import router as booking
from api.v1.booking.slot_routes import router as slots
from api.v1.clients.routes import router as clients
from api.v1.concepts.routes import router as concepts
from api.v1.intake.routes import router as intake
from api.v1.matching.routes import router as matching
from api.v1.safety.routes import router as safety

AREAS: Final = (accounts, booking, clients, concepts, intake, safety, matching, availability, slots)


def v1() -> APIRouter:
    """Put the areas together; every route reads its JSON strictly."""
    router = APIRouter(prefix="/v1", route_class=StrictRoute)
    for area in AREAS:
        router.include_router(area)
    return router
