"""The form that comes with a first appointment, as rows of the booking's own statement."""

from collections.abc import Sequence
from typing import Final

from domain.access.policy import Action
from domain.audit.entry import entry
from domain.booking.consequences import Booked, Consequence
from domain.ids import uuid7
from domain.insertion import Insertion, Shape
from domain.intake import built_in, documents
from domain.intake.form import Form
from domain.intake.states import ResponseStatus
from domain.vault.cipher import Place, Vault

DRAFT: Final = Shape(
    table="form_response",
    columns=(
        ("id", "uuid"),
        ("client_id", "uuid"),
        ("booking_id", "uuid"),
        ("form_id", "uuid"),
        ("form_version", "integer"),
        ("status", "text"),
        ("share", "boolean"),
        ("due_at", "timestamptz"),
        ("version", "integer"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
        ("answers_sealed", "bytea"),
    ),
)


def preparing(vault: Vault) -> Consequence:
    """Make the consequence of a booking that brings the first-session form with a first appointment."""

    def prepare(booked: Booked) -> Sequence[Insertion]:
        return attached(booked, form=built_in.FIRST_SESSION, vault=vault) if booked.first_with_therapist else ()

    return prepare


def attached(booked: Booked, *, form: Form, vault: Vault) -> tuple[Insertion, ...]:
    """Give the rows of a form that comes with an appointment: an empty draft, and that it was written."""
    response_id = uuid7()
    place = Place(table="form_response", row=response_id, column="answers_sealed")
    draft = Insertion(
        shape=DRAFT,
        values=(
            response_id,
            booked.client_id,
            booked.booking_id,
            form.id,
            form.version,
            ResponseStatus.DRAFT.value,
            True,
            booked.starts_at,
            1,
            booked.now,
            booked.now,
            vault.seal(documents.content_json(documents.EMPTY), place=place),
        ),
    )
    written = entry(
        by=booked.by,
        action=Action.FORM_RESPONSE_WRITE,
        subject_kind="form_response",
        subject_id=response_id,
        now=booked.now,
    )
    return draft, written
