"""Whether a session took place, what waits for an admin, and calendar feeds by secret address."""

from migrations import statements

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE attendance_report (
    booking_id uuid NOT NULL REFERENCES booking ON DELETE RESTRICT,
    party text NOT NULL CHECK (party IN ('client', 'therapist')),
    outcome text NOT NULL CHECK (outcome IN ('attended', 'client_no_show', 'therapist_no_show')),
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (booking_id, party),
    CHECK (party = 'therapist' OR outcome = 'therapist_no_show')
);
GRANT SELECT, INSERT ON attendance_report TO attune_service;

-- nobody said anything for 48 hours: completed, and attendance stays empty
ALTER TABLE booking ADD COLUMN attendance text
    CONSTRAINT booking_attendance_check CHECK (attendance IN ('attended', 'client_no_show', 'therapist_no_show'));
ALTER TABLE booking ADD CONSTRAINT booking_attended_check CHECK (
    (status = 'no_show') = coalesce(attendance IN ('client_no_show', 'therapist_no_show'), false)
    AND (attendance IS NULL OR status IN ('completed', 'no_show'))) NOT VALID;

CREATE TABLE admin_task (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    subject_id uuid NOT NULL,
    therapist_id uuid REFERENCES therapist ON DELETE RESTRICT,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by uuid REFERENCES account ON DELETE RESTRICT,
    resolution text,
    reason text,
    version integer NOT NULL CHECK (version >= 1),
    CHECK ((closed_at IS NULL) = (resolution IS NULL))
);
CREATE UNIQUE INDEX admin_task_key ON admin_task (kind, subject_id) WHERE closed_at IS NULL;
CREATE INDEX admin_task_opened_at_idx ON admin_task (opened_at, id);
GRANT SELECT, INSERT, UPDATE ON admin_task TO attune_service;

CREATE TABLE calendar_feed (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    token_digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX calendar_feed_account_id_idx ON calendar_feed (account_id, created_at, id);
GRANT SELECT, INSERT, UPDATE ON calendar_feed TO attune_service;
"""

INDEXES = """
CREATE INDEX CONCURRENTLY booking_unattended_idx ON booking (upper(during))
    WHERE status = 'confirmed' AND kind <> 'group';
"""

DOWN = """
DROP TABLE calendar_feed, admin_task;
DROP INDEX booking_unattended_idx;
ALTER TABLE booking DROP CONSTRAINT booking_attended_check;
ALTER TABLE booking DROP COLUMN attendance;
DROP TABLE attendance_report;
"""


def upgrade() -> None:
    statements.run(UP)
    statements.run_apart(INDEXES)


def downgrade() -> None:
    statements.run(DOWN)
