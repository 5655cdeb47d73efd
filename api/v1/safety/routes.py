"""Crisis resources: no login, no database, no limit; they answer while the process lives."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import ProcessParts
from api.pagination import LIMIT_DEFAULT, Cursor, Limit, page_of
from api.safety_view import ResourceView
from api.strict_json import StrictRoute
from api.wire import Page
from domain.safety import resources

router = APIRouter(tags=["safety"], route_class=StrictRoute)

Country = Annotated[
    str, Query(description="ISO 3166-1 alpha-2; a country we know nothing about gets the worldwide directory")
]
WantedNeed = Annotated[str | None, Query(description="What help is needed, such as suicide; an unknown one lists all")]


@router.get("/crisis-resources")
async def list_crisis_resources(
    process: ProcessParts,
    response: Response,
    country: Country = "US",
    need: WantedNeed = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[ResourceView]:
    """Say whom to call, text or visit in a crisis, the most local first; never empty."""
    found = resources.resources_for(country, need)
    page, following = page_of(
        found,
        cursor=cursor,
        limit=limit,
        of="crisis-resources",
        digest_key=process.digest_key,
        key=lambda resource: resource.id,
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return Page(data=[ResourceView.model_validate(resource) for resource in page], next_cursor=following)
