"""Exceptions to the weekly hours, busy calendars with the time they shut, and how to get into a session."""

from migrations import statements

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE schedule_exception (
    id uuid PRIMARY KEY,
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind IN ('open', 'closed')),
    during tstzrange NOT NULL CHECK (
        NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
        AND NOT lower_inf(during) AND NOT upper_inf(during)),
    note_sealed bytea,
    created_at timestamptz NOT NULL
);
CREATE INDEX schedule_exception_therapist_id_idx ON schedule_exception (therapist_id, upper(during));
GRANT SELECT, INSERT, DELETE ON schedule_exception TO attune_service;

-- what the calendar said is sealed, since it names people and places; the time it shuts stands in busy_time
CREATE TABLE busy_calendar (
    id uuid PRIMARY KEY,
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    name text NOT NULL CHECK (name <> ''),
    source_sealed bytea NOT NULL,
    events integer NOT NULL CHECK (events >= 0),
    expanded_until timestamptz NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (therapist_id, name)
);
CREATE INDEX busy_calendar_expanded_until_idx ON busy_calendar (expanded_until);
GRANT SELECT, INSERT, UPDATE, DELETE ON busy_calendar TO attune_service;

CREATE TABLE busy_time (
    calendar_id uuid NOT NULL REFERENCES busy_calendar ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    during tstzrange NOT NULL CHECK (
        NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
        AND NOT lower_inf(during) AND NOT upper_inf(during)),
    PRIMARY KEY (calendar_id, position)
);
CREATE INDEX busy_time_therapist_id_idx ON busy_time (therapist_id, upper(during));
GRANT SELECT, INSERT, DELETE ON busy_time TO attune_service;

-- the whole of how to get in is sealed; where the rooms are is asked by the licensing gate, so it stands in clear too
ALTER TABLE therapist ADD COLUMN session_access_sealed bytea;
ALTER TABLE therapist ADD COLUMN in_person_jurisdiction text;
"""

DOWN = """
ALTER TABLE therapist DROP COLUMN in_person_jurisdiction;
ALTER TABLE therapist DROP COLUMN session_access_sealed;
DROP TABLE busy_time, busy_calendar, schedule_exception;
"""


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
