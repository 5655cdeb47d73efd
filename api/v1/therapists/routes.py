"""A therapist's own profile."""

from fastapi import APIRouter, Response

from api import preconditions
from api.dependencies import Reading, Writing
from api.preconditions import IfMatch
from api.strict_json import StrictRoute
from api.v1.therapists.schemas import OwnTherapistView, PutTherapist
from domain.directory import service as directory
from domain.licensing import service as licensing
from domain.therapists import service

router = APIRouter(prefix="/therapists", tags=["therapists"], route_class=StrictRoute)


@router.put("/me")
async def put_own_therapist(
    body: PutTherapist, call: Writing, response: Response, if_match: IfMatch = None
) -> OwnTherapistView:
    """Write the profile of the therapist who is signed in, whole: what is left out is gone.

    Licenses are verified for one identity. When `legal_name`, `other_legal_names`, `birth_date` or `npi` changes, every
    license is checked again, and one that was verified is `submitted` until an administrator has looked again: `status`
    is then `unlisted` where it was `listed`. Appointments that were made stay.
    """
    preconditions.require(if_match, version=await service.locked_version(call.session, by=call.actor))
    before = await service.own_identity(call.session, by=call.actor, vault=call.parts.vault)
    own = await service.put_profile(
        call.session, profile=body.profile(), by=call.actor, vault=call.parts.vault, now=call.now
    )
    if own.version > 1 and (before is None or not before.is_that_of(own.profile)):
        await licensing.recheck(call.session, by=call.actor, vault=call.parts.vault, now=call.now)
    await directory.note_listing(call.session, therapist_id=own.therapist_id, now=call.now)
    status = await directory.status_of(call.session, therapist_id=own.therapist_id, now=call.now)
    response.headers["ETag"] = preconditions.etag(own.version)
    return OwnTherapistView.of(own, status=status)


@router.get("/me")
async def read_own_therapist(call: Reading, response: Response) -> OwnTherapistView:
    """Give the profile of the therapist who is signed in, with what nobody else sees."""
    own = await service.own_profile(call.session, by=call.actor, vault=call.parts.vault)
    status = await directory.status_of(call.session, therapist_id=own.therapist_id, now=call.now)
    response.headers["ETag"] = preconditions.etag(own.version)
    return OwnTherapistView.of(own, status=status)
