"""Exceptions to a therapist's own weekly hours."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import pagination
from api.dependencies import Reading, Writing
from api.idempotency import OnceOnly
from api.pagination import Cursor, Limit
from api.strict_json import StrictRoute
from api.v1.availability.exception_schemas import AddedExceptionView, CreateException, ExceptionView
from api.wire import Instant, Page
from domain.availability import exceptions_service
from domain.booking import outside_service
from domain.ids import ExceptionId

router = APIRouter(prefix="/therapists/me/schedule/exceptions", tags=["availability"], route_class=StrictRoute)
LIST: Final = "exceptions"


@router.post("", status_code=201, response_model=AddedExceptionView)
async def create_exception(body: CreateException, call: Writing, once: OnceOnly) -> Response:
    """Open or close a stretch of your time, whatever the weekly hours say; closed wins over open.

    What is held or booked stays: `appointments_outside` names what the schedule leaves no room for now.
    """

    async def work() -> AddedExceptionView:
        added = await exceptions_service.add(
            call.session, exception=body.exception(), vault=call.parts.vault, by=call.actor, now=call.now
        )
        outside = await outside_service.outside(call.session, by=call.actor, now=call.now)
        return AddedExceptionView.added(added, outside=outside)

    return await once(work, status=201)


@router.get("")
async def list_exceptions(
    *,
    call: Reading,
    ends_after: Annotated[Instant | None, Query(alias="from", description="Only what ends after this")] = None,
    starts_before: Annotated[Instant | None, Query(alias="to", description="Only what starts before this")] = None,
    limit: Limit = pagination.LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[ExceptionView]:
    """List your exceptions by start, past ones too unless `from` is given."""
    after = pagination.decode(cursor, of=LIST, parts=2, digest_key=call.parts.digest_key)
    found = await exceptions_service.own(
        call.session,
        ends_after=ends_after,
        starts_before=starts_before,
        after=None if after is None else (datetime.fromisoformat(after[0]), ExceptionId(UUID(after[1]))),
        limit=limit + 1,
        vault=call.parts.vault,
        by=call.actor,
    )
    page, next_cursor = pagination.cut(
        found,
        limit=limit,
        of=LIST,
        digest_key=call.parts.digest_key,
        key=lambda each: (each.starts_at.astimezone(UTC).isoformat(), str(each.exception_id)),
    )
    return Page(data=[ExceptionView.of(each) for each in page], next_cursor=next_cursor)


@router.delete("/{exception_id}", status_code=204)
async def delete_exception(exception_id: UUID, call: Writing) -> Response:
    """Take an exception back: the weekly hours say again what it said."""
    await exceptions_service.take_back(
        call.session, exception_id=ExceptionId(exception_id), by=call.actor, now=call.now
    )
    return Response(status_code=204)
