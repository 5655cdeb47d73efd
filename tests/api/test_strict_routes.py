"""Every route under /v1 reads its JSON strictly, also those that are still to be written."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from api.strict_json import StrictRoute
from api.v1.router import AREAS


def routes_of(router: APIRouter) -> Iterator[BaseRoute]:
    """Give a router's routes and those of the routers it includes, which it only refers to."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if isinstance(included, APIRouter):
            yield from routes_of(included)
        else:
            yield route


def test_every_route_is_strict() -> None:
    lax = [
        getattr(route, "path", str(route))
        for area in AREAS
        for route in routes_of(area)
        if not isinstance(route, StrictRoute)
    ]

    assert not lax


def test_no_route_of_the_app_was_overlooked(app: FastAPI) -> None:
    walked = {
        (f"/v1{route.path}", method.lower())
        for area in AREAS
        for route in routes_of(area)
        if isinstance(route, StrictRoute) and route.include_in_schema
        for method in route.methods or ()
    }
    declared = {
        (path, method)
        for path, methods in app.openapi()["paths"].items()
        if path.startswith("/v1/")
        for method in methods
    }

    assert declared <= walked
    assert len(declared) > 20
