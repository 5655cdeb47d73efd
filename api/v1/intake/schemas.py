"""Forms as they are published, and answers as they are sent and seen."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from api.safety_view import SafetyView, safety_view
from api.wire import Body, Instant, View
from domain.intake.answers import AnswerValue
from domain.intake.form import Form, ItemType
from domain.intake.service import AttachedForm, Response
from domain.intake.states import ResponseStatus

# Values are checked by the form or instrument, after they were read for danger: nothing is refused before that.
SentAnswers = Annotated[
    dict[str, JsonValue],
    Field(max_length=500, description="By link id or item number; null withdraws or skips", examples=[{"1": 2}]),
]


class OptionView(View):
    """One answer to choose: send its value."""

    value: str
    label: str


class ItemView(View):
    """An item of a form, in reading order. within: the group it stands in.

    content_warning: show it before the item, so that one can skip it unread. max_length: null where the type's own
    bound holds.
    """

    link_id: str
    type: ItemType
    label: str
    within: str | None
    required: bool
    repeats: bool
    options: Sequence[OptionView]
    max_length: int | None
    why_we_ask: str | None
    content_warning: str | None


class FormView(View):
    """A published form. What is not required may be skipped, and skipping never costs the booking."""

    id: UUID
    version: int
    url: str | None
    title: str
    introduction: str
    language: str
    items: Sequence[ItemView]


class AttachedFormView(View):
    """A form that came with an appointment. version: the form's; due_at: when the session starts."""

    response_id: UUID
    form_id: UUID
    version: int
    title: str
    status: ResponseStatus
    due_at: Instant | None


class ScoreView(View):
    """What an instrument says of the answers; a band is a range of the total and never a diagnosis.

    prorated: the total was scaled up for items in not_answered.
    """

    instrument: str
    total: int | float
    band: str
    subscales: Mapping[str, int | float]
    prorated: bool
    not_answered: Sequence[str]
    syndrome: str | None = Field(description="The screening pattern, where the instrument knows any")


class ResponseView(View):
    """Answers to a form or an instrument. answers and safety are null to a therapist while it is a draft.

    version: the form's; null with form_id for a measure.
    """

    id: UUID
    appointment_id: UUID | None
    form_id: UUID | None
    version: int | None
    instrument: str | None
    title: str
    status: ResponseStatus
    due_at: Instant | None
    submitted_at: Instant | None
    answers: Mapping[str, AnswerValue] | None
    scores: Sequence[ScoreView]
    safety: SafetyView | None


class SubmissionView(View):
    """What was submitted, what it scores, and how near danger it sounds."""

    id: UUID
    status: ResponseStatus
    scores: Sequence[ScoreView]
    safety: SafetyView


class SaveAnswers(Body):
    """Some answers of a draft; those not named stay as they are."""

    answers: SentAnswers


class CreateMeasure(Body):
    """Answers to an instrument, outside any appointment. share: whether your therapists may read it."""

    instrument: str = Field(max_length=50, examples=["phq9"])
    answers: SentAnswers
    share: bool = Field(default=True, strict=True)


def form_view(form: Form) -> FormView:
    """Present a published form."""
    return FormView.model_validate(form)


def attached_form_view(attached: AttachedForm) -> AttachedFormView:
    """Present a form of an appointment."""
    return AttachedFormView(
        response_id=attached.response_id,
        form_id=attached.form.id,
        version=attached.form.version,
        title=attached.form.title,
        status=attached.status,
        due_at=attached.due_at,
    )


def response_view(response: Response) -> ResponseView:
    """Present a response to one who may see it."""
    form = response.about if isinstance(response.about, Form) else None
    return ResponseView(
        id=response.id,
        appointment_id=response.booking_id,
        form_id=form.id if form else None,
        version=form.version if form else None,
        instrument=None if form else str(response.about.id),
        title=response.about.title,
        status=response.status,
        due_at=response.due_at,
        submitted_at=response.submitted_at,
        answers=response.answers,
        scores=[ScoreView.model_validate(score) for score in response.scores],
        safety=safety_view(response.safety) if response.safety else None,
    )


def submission_view(response: Response) -> SubmissionView:
    """Present what was just submitted."""
    if response.safety is None:
        raise ValueError("who submits sees what was read")
    return SubmissionView(
        id=response.id,
        status=response.status,
        scores=[ScoreView.model_validate(score) for score in response.scores],
        safety=safety_view(response.safety),
    )
