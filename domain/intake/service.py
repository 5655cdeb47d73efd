"""Forms around a session, and measures: attach, read, save, submit.

What a client answers and what comes of it are sealed. Whatever is sent is read for danger first; the answer to it, a
refusal too, says what was read and whom to turn to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.audit import service as audit
from domain.booking.consequences import Moved
from domain.booking.refusals import AppointmentNotFound
from domain.clients import service as clients
from domain.errors import NotFound
from domain.ids import BookingId, ClientId, FormResponseId, uuid7
from domain.intake import built_in, danger, documents, queries, states
from domain.intake.answers import AnswerValue, Sent, check_complete, check_partial, merged
from domain.intake.documents import Content
from domain.intake.form import Form, FormId
from domain.intake.instruments import registry
from domain.intake.instruments.instrument import Answers as Sheet
from domain.intake.instruments.instrument import Instrument, Score
from domain.intake.states import ResponseEvent, ResponseStatus
from domain.intake.tables import FormResponse
from domain.safety.reading_service import in_turn
from domain.safety.triage import Safety
from domain.vault.cipher import Place, Vault

SUBJECT: Final = "form_response"
ANSWERS: Final = "answers_sealed"
RESULT: Final = "result_sealed"
CheckVersion = Callable[[int], None]  # refuses a version that is not the one the caller knows


class ResponseNotFound(NotFound):
    """There is no such response that the actor may see."""

    def __init__(self) -> None:
        super().__init__("There is no such form response of yours.")


class FormNotFound(NotFound):
    """No form is published under this id."""

    def __init__(self) -> None:
        super().__init__("There is no such form.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedForm:
    """A form that came with an appointment, and where its response stands."""

    response_id: FormResponseId
    form: Form
    status: ResponseStatus
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response as its reader may see it. about: what it answers.

    answers and safety are None where the reader may not see them: a draft is its client's own. version counts changes.
    """

    id: FormResponseId
    booking_id: BookingId | None
    about: Form | Instrument
    status: ResponseStatus
    due_at: datetime | None
    submitted_at: datetime | None
    version: int
    answers: Mapping[str, AnswerValue] | None = field(repr=False)
    scores: tuple[Score, ...] = field(repr=False)
    safety: Safety | None = field(repr=False)


def published() -> tuple[Form, ...]:
    """List the published forms, each in its newest version."""
    return tuple(built_in.BUILT_IN.values())


def published_form(form_id: FormId) -> Form:
    """Give a published form in its newest version. Raises FormNotFound."""
    form = built_in.BUILT_IN.get(form_id)
    if form is None:
        raise FormNotFound
    return form


async def keep_due(session: AsyncSession, moved: Moved) -> None:
    """Let the forms of an appointment that was moved, as far as they are drafts, be due at its new start."""
    await queries.set_due(session, booking_id=moved.booking_id, due_at=moved.starts_at, now=moved.now)


async def forms_of(session: AsyncSession, *, booking_id: BookingId, by: Actor) -> tuple[AttachedForm, ...]:
    """List the forms of an appointment, for its client, and for its therapist while it is confirmed or completed.

    Raises WrongRole, AppointmentNotFound.
    """
    policy.require(by, Action.FORM_RESPONSE_READ)
    if not await queries.sees_appointment(session, booking_id=booking_id, actor=by):
        raise AppointmentNotFound
    rows = await queries.of_appointment(session, booking_id=booking_id)
    return tuple(
        AttachedForm(response_id=row.id, form=_form(row), status=row.status, due_at=row.due_at) for row in rows
    )


async def response(
    session: AsyncSession, *, response_id: FormResponseId, by: Actor, vault: Vault, now: datetime
) -> Response:
    """Give a response: a client's own, or to a therapist one of an appointment's, its answers once submitted.

    Raises WrongRole, ResponseNotFound.
    """
    policy.require(by, Action.FORM_RESPONSE_READ)
    row = await queries.visible(session, response_id=response_id, actor=by)
    if row is None:
        raise ResponseNotFound
    audit.record(session, by=by, action=Action.FORM_RESPONSE_READ, subject_kind=SUBJECT, subject_id=row.id, now=now)
    if by.role is Role.THERAPIST and row.status is ResponseStatus.DRAFT:
        return _response(row, content=None, scores=(), safety=None)
    content = _content(row, vault)
    country = await _country(session, client_id=row.client_id)
    safety = danger.remembered(content.level, content.needs, country=country)
    return _response(row, content=content, scores=_scores(row, vault), safety=safety)


async def save(
    session: AsyncSession,
    *,
    response_id: FormResponseId,
    changes: Sent,
    check_version: CheckVersion,
    by: Actor,
    vault: Vault,
    now: datetime,
) -> Response:
    """Save some answers of a draft over those that are there; null withdraws one.

    Raises WrongRole; AnswersRefused for ResponseNotFound, ResponseClosed, AnswersInvalid and what check_version raises.
    """
    policy.require(by, Action.FORM_RESPONSE_WRITE)
    row = await queries.lock_own(session, response_id=response_id, client_id=by.client_id)
    country = await _country(session, client_id=by.client_id)
    # what has no form of its own is read as the first-session form, so that help comes with that refusal too
    form = built_in.FIRST_SESSION if row is None or row.form_id is None else _form(row)
    read = await in_turn(partial(danger.of_answers, form, changes, country=country))
    with danger.help_first(read):
        if row is None:
            raise ResponseNotFound
        check_version(row.version)
        row.status = states.after(row.status, ResponseEvent.SAVE)
        checked = check_partial(form, changes)
    before = _content(row, vault)
    seen = danger.joined(danger.remembered(before.level, before.needs, country=country), read, country=country)
    content = Content(answers=merged(before.answers, checked), level=seen.level, needs=seen.needs)
    _keep(row, content=content, vault=vault, now=now)
    audit.record(session, by=by, action=Action.FORM_RESPONSE_WRITE, subject_kind=SUBJECT, subject_id=row.id, now=now)
    return _response(row, content=content, scores=(), safety=seen)


async def submit(
    session: AsyncSession,
    *,
    response_id: FormResponseId,
    check_version: CheckVersion,
    by: Actor,
    vault: Vault,
    now: datetime,
) -> Response:
    """Submit a draft for good, with the gravest danger ever read in it.

    Raises WrongRole, ResponseNotFound; AnswersRefused for ResponseClosed, AnswersInvalid and what check_version raises.
    """
    policy.require(by, Action.FORM_RESPONSE_SUBMIT)
    row = await queries.lock_own(session, response_id=response_id, client_id=by.client_id)
    if row is None:
        raise ResponseNotFound
    country = await _country(session, client_id=by.client_id)
    content = _content(row, vault)
    seen = danger.remembered(content.level, content.needs, country=country)
    with danger.help_first(seen):
        check_version(row.version)
        row.status = states.after(row.status, ResponseEvent.SUBMIT)
        form = _form(row)
        check_complete(form, content.answers)
    read = await in_turn(partial(danger.of_answers, form, content.answers, country=country))
    safety = danger.joined(seen, read, country=country)
    content = Content(answers=content.answers, level=safety.level, needs=safety.needs)
    row.submitted_at = now
    row.result_sealed = vault.seal(documents.scores_json(()), place=_place(row, RESULT))
    _keep(row, content=content, vault=vault, now=now)
    audit.record(session, by=by, action=Action.FORM_RESPONSE_SUBMIT, subject_kind=SUBJECT, subject_id=row.id, now=now)
    return _response(row, content=content, scores=(), safety=safety)


async def measure(
    session: AsyncSession,
    *,
    instrument_id: str,
    answers: Sheet,
    share: bool,
    by: Actor,
    vault: Vault,
    now: datetime,
) -> Response:
    """Score a client's answers to an instrument, outside any appointment, and keep them.

    share: whether therapists who treat the client may read it. Raises WrongRole; AnswersRefused for InstrumentUnknown,
    SheetInvalid and ClientProfileMissing.
    """
    policy.require(by, Action.MEASURE_SUBMIT)
    country = await _country(session, client_id=by.client_id)
    safety = await in_turn(partial(danger.of_anything, answers, country=country))
    with danger.help_first(safety):
        instrument = registry.by_id(instrument_id)
        score = instrument.score(answers)
        await clients.facts(session, client_id=by.client_id)
    row = FormResponse(
        id=FormResponseId(uuid7()),
        client_id=by.client_id,
        instrument=instrument.id,
        status=states.after(ResponseStatus.DRAFT, ResponseEvent.SUBMIT),
        share=share,
        submitted_at=now,
        version=1,
        created_at=now,
        updated_at=now,
    )
    kept = {item_id: answer for item_id, answer in answers.items() if isinstance(answer, int)}  # the sheet was checked
    content = Content(answers=kept, level=safety.level, needs=safety.needs)
    row.answers_sealed = vault.seal(documents.content_json(content), place=_place(row, ANSWERS))
    row.result_sealed = vault.seal(documents.scores_json((score,)), place=_place(row, RESULT))
    session.add(row)
    audit.record(session, by=by, action=Action.MEASURE_SUBMIT, subject_kind=SUBJECT, subject_id=row.id, now=now)
    return _response(row, content=content, scores=(score,), safety=safety)


def _keep(row: FormResponse, *, content: Content, vault: Vault, now: datetime) -> None:
    row.answers_sealed = vault.seal(documents.content_json(content), place=_place(row, ANSWERS))
    row.version += 1
    row.updated_at = now


def _content(row: FormResponse, vault: Vault) -> Content:
    return documents.content_of(vault.open(row.answers_sealed, place=_place(row, ANSWERS)))


def _scores(row: FormResponse, vault: Vault) -> tuple[Score, ...]:
    if row.result_sealed is None:
        return ()
    return documents.scores_of(vault.open(row.result_sealed, place=_place(row, RESULT)))


def _place(row: FormResponse, column: str) -> Place:
    return Place(table="form_response", row=row.id, column=column)


def _form(row: FormResponse) -> Form:
    """Give the form a response answers, in its version. LookupError for one we never published."""
    form = built_in.BUILT_IN[FormId(row.form_id)] if row.form_id is not None else None
    if form is None or form.version != row.form_version:
        raise LookupError("a response to a form that is not here")
    return form


async def _country(session: AsyncSession, *, client_id: ClientId) -> str:
    """Give the country whose places to turn to a client is shown."""
    try:
        facts = await clients.facts(session, client_id=client_id)
    except clients.ClientProfileMissing:
        return danger.COUNTRY_UNKNOWN
    return facts.country


def _response(
    row: FormResponse, *, content: Content | None, scores: tuple[Score, ...], safety: Safety | None
) -> Response:
    return Response(
        id=row.id,
        booking_id=row.booking_id,
        about=_form(row) if row.instrument is None else registry.by_id(row.instrument),
        status=row.status,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
        version=row.version,
        answers=None if content is None else content.answers,
        scores=scores,
        safety=safety,
    )
