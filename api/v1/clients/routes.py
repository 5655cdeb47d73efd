"""A client's own profile."""

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Writing
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.clients.schemas import ClientView, PutClient, client_view
from domain.clients import service

router = APIRouter(prefix="/clients", tags=["clients"], route_class=StrictRoute)


@router.put("/me")
async def put_own_client(body: PutClient, call: Writing, response: Response, if_match: IfMatch = None) -> ClientView:
    """Tell where you will be, your time zone and your languages. Adults only."""
    preconditions.require(if_match, version=await service.version_to_change(call.session, by=call.actor))
    stored = await service.put_profile(
        call.session, profile=body.profile(), vault=call.parts.vault, by=call.actor, now=call.now
    )
    response.headers["ETag"] = preconditions.etag(stored.version)
    return client_view(stored)


@router.get("/me")
async def read_own_client(call: Writing, response: Response) -> ClientView:
    """See what you told. The look is recorded."""
    stored = await service.own_profile(call.session, vault=call.parts.vault, by=call.actor, now=call.now)
    response.headers["ETag"] = preconditions.etag(stored.version)
    return client_view(stored)
