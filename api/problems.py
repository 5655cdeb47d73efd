"""Refusals as RFC 9457 problems: the one map from the domain's slugs to statuses, titles and words.

A problem never carries the input, SQL, a stack or anything personal. What a refusal knows beyond its sentence
(alternatives, a retry time, flaws) is added by its type, in `members`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api import next_steps, second_try
from api.problem_members import members
from api.told_path import told
from domain.errors import DomainError, Flaw, Invalid, Unavailable

log = structlog.get_logger()
MEDIA_TYPE: Final = "application/problem+json"
FLAWS_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of problem: its HTTP status, its title, and what it means in a sentence or two."""

    status: int
    title: str
    meaning: str


def _kind(status: int, title: str, meaning: str) -> Kind:
    return Kind(status=status, title=title, meaning=meaning)


KINDS: Final[dict[str, Kind]] = {
    "validation-failed": _kind(
        422, "The request can't be taken as it is", "`errors` names each place and what it needs."
    ),
    "not-authenticated": _kind(
        401, "Not signed in", "The access token is missing, has run out or was ended. Sign in again, or refresh."
    ),
    "otp-required": _kind(401, "A one-time code is needed", "Send the current code of the authenticator as `otp`."),
    "not-permitted": _kind(
        403, "Not for this kind of account", "An account has one role for good; this needs another."
    ),
    "not-found": _kind(404, "Not found", "It does not exist, or it is not yours to see; the answer is the same."),
    "method-not-allowed": _kind(405, "Not done this way", "The address exists, with another method; see `Allow`."),
    "conflict": _kind(409, "It does not fit with what is there", "Something of yours stands against it; see `detail`."),
    "slot-taken": _kind(
        409, "That time has just gone", "Somebody was a moment earlier. `alternatives` can be held now."
    ),
    "hold-expired": _kind(409, "The hold has run out", "Holds last minutes, so that times come back. Hold it again."),
    "transition-not-allowed": _kind(409, "Not from here", "What you ask does not follow from the present state."),
    "idempotency-key-in-use": _kind(
        409, "Still being worked on", "A request with this key is running; repeat it in a moment."
    ),
    "precondition-failed": _kind(
        412, "Changed meanwhile", "`If-Match` names an older version. Read again, then decide."
    ),
    "too-large": _kind(413, "Too large", "JSON may have 256 KiB, calendars and questionnaires 2 MiB."),
    "idempotency-key-reused": _kind(
        422, "Key used for something else", "An idempotency key stands for one request; take a new one."
    ),
    "slot-not-offered": _kind(
        422, "Not a time that is offered", "The schedule does not offer this start; see `alternatives`."
    ),
    "license-not-valid-at-session": _kind(
        422,
        "No valid license for that place and time",
        "The therapist's license must hold where you are, for the whole session; see `alternatives`.",
    ),
    "rate-limited": _kind(429, "Too many attempts for now", "Wait for the seconds in `Retry-After`."),
    "internal-error": _kind(500, "Something broke on our side", "It is recorded; nothing of your request was kept."),
    "unavailable": _kind(503, "Not available right now", "A part we need does not answer. Try again shortly."),
}


def problem(
    request: Request,
    *,
    slug: str,
    detail: str,
    error: DomainError | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the response for a refusal. error: the domain's, where there is one, for its own members."""
    kind = KINDS[slug]
    path = told(request.url.path)
    extra = members(error) if error is not None else None
    steps = next_steps.after(slug=slug, method=request.method, path=path, first=extra.first_steps if extra else ())
    body: dict[str, object] = {
        "type": f"/problems/{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": path,
        **(extra.body if extra else {}),
        "next_steps": [{"action": step.action, "method": step.method, "path": step.path} for step in steps],
    }
    sent = {**(extra.headers if extra else {}), **(headers or {})}
    if kind.status == 401:  # noqa: PLR2004 - RFC 9110 section 15.5.2 asks for the challenge
        sent["WWW-Authenticate"] = "Bearer"
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(errors="replace"), status_code=kind.status, media_type=MEDIA_TYPE, headers=sent)


def _pointer(location: Sequence[int | str]) -> str:
    """Give a JSON pointer within the body, or the parameter's name. Source: RFC 6901."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location[1:]]
    return "".join(f"/{part}" for part in parts)


# Pydantic's own words name characters of the input for these.
WORDS: Final = {
    "uuid_parsing": "A UUID is needed.",
    "uuid_type": "A UUID is needed.",
    "missing": "This is required.",
    "extra_forbidden": "This key is not known here.",
    "timezone_aware": "A time with an offset is needed, such as 2027-03-01T15:00:00Z.",
    "datetime_from_date_parsing": "An RFC 3339 time is needed, such as 2027-03-01T15:00:00Z.",
    "datetime_parsing": "An RFC 3339 time is needed, such as 2027-03-01T15:00:00Z.",
    "date_from_datetime_parsing": "A date is needed, such as 2027-03-01.",
    "date_parsing": "A date is needed, such as 2027-03-01.",
    "time_parsing": "A wall time is needed, such as 09:00.",
    "url_parsing": "A URL is needed.",
}


def shape_refusal(error: RequestValidationError) -> Invalid:
    """Give the refusal of a request whose shape is not the declared one; no value is repeated.

    The first hundred flaws are named: whoever sends more has not mistyped, and would get more than they sent.
    """
    first = error.errors()[:FLAWS_MOST]
    flaws = (_flaw(item["type"], location=item["loc"], words=item["msg"], about=item) for item in first)
    return Invalid(*flaws)


def _flaw(kind: str, *, location: Sequence[int | str], words: str, about: Mapping[str, Mapping[str, str]]) -> Flaw:
    if kind == "json_invalid":
        return Flaw(pointer="", detail=about["ctx"]["error"])
    return Flaw(pointer=_pointer(location), detail=WORDS.get(kind, words.removeprefix("Value error, ")))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for nothing else
    refusal = shape_refusal(error)
    return problem(request, slug=refusal.slug, detail=refusal.detail, error=refusal)


async def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - it is registered for nothing else
    headers = {"Retry-After": "2"} if isinstance(error, Unavailable) else None
    return problem(request, slug=error.slug, detail=error.detail, error=error, headers=headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    by_status = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 503: "unavailable"}
    slug = by_status.get(error.status_code, "validation-failed")
    return problem(request, slug=slug, detail=KINDS[slug].meaning.replace("`", ""), headers=error.headers)


async def _database(request: Request, error: Exception) -> Response:
    """Answer 503 when the database is away, busy or out of time, and 500 for what is a mistake of ours.

    Raises TryAgain for a transaction given up for another's sake, a few times.
    """
    second_try.require_another(request, sqlstate=_sqlstate(error))
    if isinstance(error, DBAPIError | asyncpg.PostgresError) and not _passing(error):
        return broken(request, error)
    log.warning("database_unavailable", error_kind=type(getattr(error, "orig", error)).__name__)
    return problem(request, slug="unavailable", detail="The database does not answer.", headers={"Retry-After": "2"})


def _passing(error: DBAPIError | asyncpg.PostgresError) -> bool:
    """Say whether waiting may help: connection trouble, shutdown, timeouts, deadlocks, a full or read-only server."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, InterfaceError)):
        return True
    state = _sqlstate(error)
    return state[:2] in {"08", "53", "57", "58"} or state in {
        "40001", "40P01", "55P03", "25006", "25P03", "25P04",
    }  # fmt: skip


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", error), "sqlstate", "") or "")


def broken(request: Request, error: Exception) -> Response:
    """Answer for a mistake of ours; the log gets its kind and where it rose, never its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    log.error("internal_error", error_kind=type(error).__name__, where=where)
    return problem(request, slug="internal-error", detail=KINDS["internal-error"].meaning)


def install(app: FastAPI) -> None:
    """Register the handlers; they are coroutines, since the framework sends plain functions to a thread."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(HTTPException, _http)
    for kind in (DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        app.add_exception_handler(kind, _database)
