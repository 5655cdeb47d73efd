"""Matches: what was asked and what was answered, sealed."""

from migrations import statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE match (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES client ON DELETE RESTRICT,
    scoring_version text NOT NULL,
    request_sealed bytea NOT NULL,
    result_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, client_id)
);
CREATE INDEX match_client_id_idx ON match (client_id, created_at);
GRANT SELECT, INSERT, DELETE ON match TO attune_service;
"""

DOWN = "DROP TABLE match;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
