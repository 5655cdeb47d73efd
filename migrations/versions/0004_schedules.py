"""Schedules: weekly hours in the therapist's zone, and session types."""

from migrations import statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE schedule (
    therapist_id uuid PRIMARY KEY REFERENCES therapist ON DELETE RESTRICT,
    zone text NOT NULL,
    slot_interval_minutes integer NOT NULL CHECK (slot_interval_minutes BETWEEN 5 AND 240),
    minimum_notice_minutes integer NOT NULL CHECK (minimum_notice_minutes BETWEEN 0 AND 43200),
    horizon_days integer NOT NULL CHECK (horizon_days BETWEEN 1 AND 366),
    daily_limit integer CHECK (daily_limit BETWEEN 1 AND 50),
    version integer NOT NULL CHECK (version >= 1),
    updated_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON schedule TO attune_service;

CREATE TABLE weekly_hours (
    therapist_id uuid NOT NULL REFERENCES schedule ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    weekday text NOT NULL
        CHECK (weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    start_at time NOT NULL,
    end_at time NOT NULL,
    PRIMARY KEY (therapist_id, position)
);
GRANT SELECT, INSERT, DELETE ON weekly_hours TO attune_service;

CREATE TABLE session_type (
    therapist_id uuid NOT NULL REFERENCES schedule ON DELETE CASCADE,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,49}$'),
    position integer NOT NULL CHECK (position >= 0),
    name text NOT NULL CHECK (name <> ''),
    minutes integer NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    buffer_before_minutes integer NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 240),
    buffer_after_minutes integer NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 240),
    fee_minor integer NOT NULL CHECK (fee_minor >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    session_formats text[] NOT NULL CHECK (cardinality(session_formats) >= 1),
    capacity integer NOT NULL CHECK (capacity BETWEEN 1 AND 100),
    PRIMARY KEY (therapist_id, code)
);
GRANT SELECT, INSERT, DELETE ON session_type TO attune_service;
"""

DOWN = "DROP TABLE session_type, weekly_hours, schedule;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
