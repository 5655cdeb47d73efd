"""Answers to forms and instruments, sealed."""

from migrations import statements

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE form_response (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES client ON DELETE RESTRICT,
    booking_id uuid REFERENCES booking ON DELETE RESTRICT,
    form_id uuid,
    form_version integer,
    instrument text,
    status text NOT NULL CHECK (status IN ('draft', 'submitted')),
    answers_sealed bytea NOT NULL,
    result_sealed bytea,
    share boolean NOT NULL,
    due_at timestamptz,
    submitted_at timestamptz,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((form_id IS NULL) = (form_version IS NULL)),
    CHECK ((form_id IS NULL) <> (instrument IS NULL)),
    CHECK ((status = 'submitted') = (submitted_at IS NOT NULL)
        AND (status = 'submitted') = (result_sealed IS NOT NULL)),
    UNIQUE (booking_id, form_id)
);
CREATE INDEX form_response_client_id_idx ON form_response (client_id, created_at);
GRANT SELECT, INSERT, UPDATE ON form_response TO attune_service;
"""

DOWN = "DROP TABLE form_response;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
