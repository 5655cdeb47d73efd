"""Free slots, of one therapist and of many. Anybody may ask; who is signed in as a client sees what they could hold.

Reading a match is audited, so a list by match writes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import pagination
from api.pagination import Cursor
from api.quick_call import SIGNED_IN_OR_NOT, QuickLook, QuickVisit
from api.strict_json import StrictRoute
from api.v1.booking.slot_schemas import SlotView, TherapistSlotView, slot_page
from api.wire import Instant, Jurisdiction, Page
from domain.access.actor import Actor, Role
from domain.accounts import service as accounts
from domain.accounts.tokens import NotAuthenticated
from domain.availability.interval import Interval
from domain.booking import offer, offers_service
from domain.booking.offers_service import Wish
from domain.database import DriverConnection
from domain.errors import Flaw, Invalid
from domain.ids import MatchId, TherapistId
from domain.licensing import places
from domain.matching import service as matching

router = APIRouter(tags=["booking"], route_class=StrictRoute)

WINDOW_MAX: Final = timedelta(days=62)
LIST: Final = "slots"
From = Annotated[Instant, Query(alias="from", description="The first instant at which a session may start")]
To = Annotated[Instant, Query(description="The instant before which sessions start; at most 62 days after `from`")]
SessionTypeCode = Annotated[str | None, Query(max_length=50, description="Without it: any individual one")]
At = Annotated[Jurisdiction | None, Query(description="Where the client will be; the signed-in client's own if absent")]


class SlotsAsked(BaseModel):
    """When sessions may start, of what kind, and where the client will be: one model, read in one go."""

    model_config = ConfigDict(frozen=True)

    starts_from: Instant = Field(alias="from", description="The first instant at which a session may start")
    to: Instant = Field(description="The instant before which sessions start; at most 62 days after `from`")
    session_type: Annotated[str, StringConstraints(max_length=50)] | None = Field(
        default=None, description="Without it: any individual one"
    )
    jurisdiction: Jurisdiction | None = Field(
        default=None, description="Where the client will be; the signed-in client's own if absent"
    )


class WindowImpossible(Invalid):
    """The window is none, or too long."""


class NobodyMeant(Invalid):
    """Neither therapists nor a match are named, or both."""

    def __init__(self) -> None:
        super().__init__(
            Flaw(pointer="/therapist_id", detail="Name therapists by therapist_id, or a match by match_id.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Whose slots are asked for: those of therapists, or of a match."""

    therapist_ids: frozenset[TherapistId]
    match_id: MatchId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which page of a list is asked for."""

    limit: int
    cursor: str | None


async def _meant(
    therapist_id: Annotated[list[UUID] | None, Query(max_length=100, description="Repeated, at most 100")] = None,
    match_id: Annotated[UUID | None, Query(description="A match of the client who is signed in")] = None,
) -> Meant:
    if (therapist_id is None) == (match_id is None):
        raise NobodyMeant
    return Meant(
        therapist_ids=frozenset(TherapistId(each) for each in therapist_id or ()),
        match_id=None if match_id is None else MatchId(match_id),
    )


async def _part(limit: Annotated[int, Query(ge=1, le=1000)] = 100, cursor: Cursor = None) -> Part:
    return Part(limit=limit, cursor=cursor)


Whose = Annotated[Meant, Depends(_meant)]
Paged = Annotated[Part, Depends(_part)]


@router.get("/therapists/{therapist_id}/slots", openapi_extra=SIGNED_IN_OR_NOT, response_model=Page[SlotView])
async def list_slots_of_therapist(
    therapist_id: UUID,
    visit: QuickLook,
    *,
    asked: Annotated[SlotsAsked, Query()],
) -> Response:
    """List what can be held with one therapist, the whole window at once, by start."""
    window = _window(asked.starts_from, asked.to)
    async with visit.parts.database.direct.connection() as connection:
        actor = await _actor(visit, connection)
        found = await offers_service.of_therapist(
            connection,
            therapist_id=TherapistId(therapist_id),
            wish=await _wish(connection, actor=actor, session_type=asked.session_type, jurisdiction=asked.jurisdiction),
            window=window,
            now=visit.now,
        )
    return Response(slot_page(found), media_type="application/json")


@router.get("/slots", openapi_extra=SIGNED_IN_OR_NOT, response_model=Page[TherapistSlotView])
async def list_slots(
    visit: QuickLook,
    *,
    whose: Whose,
    starts_from: From,
    to: To,
    session_type: SessionTypeCode = None,
    jurisdiction: At = None,
    paged: Paged,
) -> Response:
    """List what can be held with any of these therapists, or those of one's own match, by start.

    Who is not listed is left out.
    """
    window = _window(starts_from, to)
    after = _place(paged.cursor, digest_key=visit.parts.digest_key)
    therapist_ids = await _therapists(visit, whose)
    async with visit.parts.database.direct.connection() as connection:
        actor = await _actor(visit, connection)
        found = await offers_service.earliest(
            connection,
            therapist_ids=therapist_ids,
            wish=await _wish(connection, actor=actor, session_type=session_type, jurisdiction=jurisdiction),
            window=window,
            after=after,
            most=paged.limit + 1,
            now=visit.now,
        )
    page, next_cursor = pagination.cut(
        found,
        limit=paged.limit,
        of=LIST,
        digest_key=visit.parts.digest_key,
        key=lambda each: (each.starts_at.isoformat(), str(each.therapist_id), each.session_type),
    )
    view = Page[TherapistSlotView](data=[TherapistSlotView.of(each) for each in page], next_cursor=next_cursor)
    return Response(view.model_dump_json(), media_type="application/json")


async def _actor(visit: QuickVisit, connection: DriverConnection) -> Actor | None:
    """Say who is signed in, if anybody. Raises NotAuthenticated where the sign-in has ended."""
    if visit.claims is None:
        return None
    return await accounts.actor_directly(connection, claims=visit.claims, now=visit.now)


async def _therapists(visit: QuickVisit, meant: Meant) -> frozenset[TherapistId]:
    """Say whose slots are meant; that a match was read is written down.

    Raises NotAuthenticated, WrongRole, MatchNotFound for a match.
    """
    if meant.match_id is None:
        return meant.therapist_ids
    if visit.claims is None:
        raise NotAuthenticated("A match is for the client it was made for; sign in.")
    async with visit.parts.database.write.begin() as session:
        actor = await accounts.actor_of_claims(session, claims=visit.claims, now=visit.now)
        found = await matching.therapists_of(
            session, match_id=meant.match_id, by=actor, vault=visit.parts.vault, now=visit.now
        )
    return frozenset(found)


async def _wish(
    connection: DriverConnection, *, actor: Actor | None, session_type: str | None, jurisdiction: str | None
) -> Wish:
    """Say who asks for what. A place that is named is one we serve; a client's own needs no name."""
    if jurisdiction is not None and not places.is_known(jurisdiction):
        raise places.UnknownJurisdiction
    if actor is None or actor.role is not Role.CLIENT:
        return Wish(session_type=session_type, place=jurisdiction, client_id=None)
    place = jurisdiction or await offers_service.home(connection, client_id=actor.client_id)
    return Wish(session_type=session_type, place=place, client_id=actor.client_id)


def _window(starts_from: datetime, to: datetime) -> Interval:
    """Make the window. Raises WindowImpossible."""
    if to <= starts_from:
        raise WindowImpossible(Flaw(pointer="/to", detail="It must be later than `from`."))
    if to - starts_from > WINDOW_MAX:
        raise WindowImpossible(Flaw(pointer="/to", detail=f"At most {WINDOW_MAX.days} days after `from`."))
    return Interval(starts_at=starts_from.astimezone(UTC), ends_at=to.astimezone(UTC))


def _place(cursor: str | None, *, digest_key: bytes) -> offer.Place | None:
    key = pagination.decode(cursor, of=LIST, parts=3, digest_key=digest_key)
    if key is None:
        return None
    starts_at, therapist_id, session_type = key
    return datetime.fromisoformat(starts_at), TherapistId(UUID(therapist_id)), session_type
