"""The role the service acts as, its clock, the audit, stored replies, counters and the job queue."""

from pathlib import Path

from migrations import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

QUEUE = Path(__file__).parents[1] / "sql" / "pgqueuer_1_6_0.sql"

UP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Roles belong to the whole server, so another database of it may have made this one.
DO $$
BEGIN
    CREATE ROLE attune_service NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
GRANT attune_service TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO attune_service;
GRANT SELECT ON alembic_version TO attune_service;

CREATE FUNCTION attune_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT statement_timestamp() + make_interval(
            secs => coalesce(nullif(current_setting('attune.clock_offset_seconds', true), ''), '0')::double precision)
    $$;

CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    actor_role text CHECK (actor_role IN ('client', 'therapist', 'admin')),
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid,
    reason text,
    CHECK ((actor_id IS NULL) = (actor_role IS NULL))
);
CREATE INDEX audit_entry_subject_id_idx ON audit_entry (subject_id, at);

CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
        END
    $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
GRANT SELECT, INSERT ON audit_entry TO attune_service;

CREATE TABLE stored_reply (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    key_digest bytea NOT NULL,
    request_digest bytea NOT NULL,
    status integer NOT NULL CHECK (status BETWEEN 200 AND 299),
    body_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, key_digest)
);
CREATE INDEX stored_reply_created_at_idx ON stored_reply (created_at);
GRANT SELECT, INSERT, DELETE ON stored_reply TO attune_service;

CREATE TABLE throttle_counter (
    bucket bytea PRIMARY KEY,
    window_ends_at timestamptz NOT NULL,
    spent integer NOT NULL CHECK (spent >= 1)
);
CREATE INDEX throttle_counter_window_ends_at_idx ON throttle_counter (window_ends_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON throttle_counter TO attune_service;
"""

QUEUE_GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics
    TO attune_service;
GRANT USAGE ON SEQUENCE pgqueuer_id_seq, pgqueuer_log_id_seq, pgqueuer_schedules_id_seq, pgqueuer_statistics_id_seq
    TO attune_service;
"""

DOWN = """
DROP TABLE pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics;
DROP FUNCTION fn_pgqueuer_changed();
DROP TYPE pgqueuer_status;
DROP TABLE throttle_counter;
DROP TABLE stored_reply;
DROP TABLE audit_entry;
DROP FUNCTION audit_entry_is_append_only();
DROP FUNCTION attune_now();
DROP OWNED BY attune_service;
DO $$
BEGIN
    DROP ROLE attune_service;
EXCEPTION WHEN dependent_objects_still_exist THEN
    NULL;
END
$$;
DROP EXTENSION btree_gist;
"""


def upgrade() -> None:
    statements.run(UP)
    statements.run(QUEUE.read_text())
    statements.run(QUEUE_GRANTS)


def downgrade() -> None:
    statements.run(DOWN)
