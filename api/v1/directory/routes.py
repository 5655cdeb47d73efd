"""Find therapists and look at one. Anybody may; a client with an appointment also sees who is no longer listed."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api import pagination
from api.dependencies import SIGN_IN_OPTIONAL, MaybeReading, PublicReading, Visit
from api.pagination import LIMIT_DEFAULT, Cursor, Limit
from api.strict_json import StrictRoute
from api.v1.directory.schemas import TherapistView
from api.wire import Day, Jurisdiction, Language, Page
from domain.availability.schedule import SessionFormat
from domain.booking import service as booking
from domain.directory import public_service as service
from domain.directory.public import Sought
from domain.ids import TherapistId

router = APIRouter(prefix="/therapists", tags=["directory"], route_class=StrictRoute)

LIST: Final = "therapists"
Concept = Annotated[str | None, Query(max_length=100, description="An id of GET /v1/concepts of this kind")]


async def _sought(
    concern: Concept = None,
    approach: Concept = None,
    population: Concept = None,
    jurisdiction: Annotated[Jurisdiction | None, Query(description="Licensed today for clients who are there")] = None,
    language: Annotated[Language | None, Query(description="es also finds es-MX, and the other way round")] = None,
    session_format: Annotated[SessionFormat | None, Query()] = None,
) -> Sought:
    return Sought(
        concern=concern,
        approach=approach,
        population=population,
        jurisdiction=jurisdiction,
        language=language,
        session_format=session_format,
    )


@router.get("")
async def list_therapists(
    call: PublicReading,
    sought: Annotated[Sought, Depends(_sought)],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[TherapistView]:
    """List therapists who can be booked and answer to all that is asked for, in an order that stays."""
    last = pagination.decode(cursor, of=LIST, parts=1, digest_key=call.parts.digest_key)
    found = await service.therapists(
        call.session,
        sought=sought,
        after=None if last is None else TherapistId(UUID(last[0])),
        limit=limit + 1,
        now=call.now,
    )
    page, following = pagination.cut(
        found,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda shown: (str(shown.profile.therapist_id),),
    )
    return Page(data=[TherapistView.of(shown) for shown in page], next_cursor=following)


@router.get("/{therapist_id}", openapi_extra=SIGN_IN_OPTIONAL)
async def read_therapist(therapist_id: UUID, visit: MaybeReading) -> TherapistView:
    """Look at a therapist."""
    meant = TherapistId(therapist_id)
    known = await _known(visit, therapist_id=meant)
    return TherapistView.of(await service.therapist(visit.session, therapist_id=meant, known=known, now=visit.now))


@router.get("/{therapist_id}/practice-jurisdictions", openapi_extra=SIGN_IN_OPTIONAL)
async def list_practice_jurisdictions(
    therapist_id: UUID,
    visit: MaybeReading,
    on: Annotated[
        Day | None, Query(description="A day of each jurisdiction's own calendar; today in UTC if absent")
    ] = None,
) -> Page[str]:
    """List where the client of a session with this therapist may be on a day."""
    meant = TherapistId(therapist_id)
    known = await _known(visit, therapist_id=meant)
    return Page(
        data=await service.practice_jurisdictions(visit.session, therapist_id=meant, on=on, known=known, now=visit.now)
    )


async def _known(visit: Visit, *, therapist_id: TherapistId) -> bool:
    return visit.actor is not None and await booking.knows(visit.session, therapist_id=therapist_id, by=visit.actor)
