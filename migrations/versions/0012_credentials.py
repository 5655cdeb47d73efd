"""Privileges of compacts, supervision, what boards say, how fresh the last good check is, and what all that permits.

A privilege is a license with a compact: it is checked, queued and decided in the same way. What may be practised is
written out in rows (practice_permission), one for each credential and jurisdiction, anew with whatever changes it.
"""

from migrations import statements

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UP = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE license DROP CONSTRAINT license_status_check;
ALTER TABLE license ADD CONSTRAINT license_status_check
    CHECK (status IN ('submitted', 'needs_info', 'verified', 'rejected', 'suspended')) NOT VALID;
-- null: a license of its own jurisdiction. A privilege's type and jurisdiction are those of the license it rests on.
ALTER TABLE license ADD COLUMN compact text;
ALTER TABLE license ADD COLUMN home_license_id uuid;
-- null with a compact: all of its members
ALTER TABLE license ADD COLUMN member_jurisdictions text[];
ALTER TABLE license ADD COLUMN supervisor_name text;
ALTER TABLE license ADD COLUMN supervisor_license_type text;
ALTER TABLE license ADD COLUMN supervisor_number text;
ALTER TABLE license ADD COLUMN supervisor_expires_on date;
-- what the board says of it, null while nobody has looked; board_expires_on: its last day by the board, where said
ALTER TABLE license ADD COLUMN standing text;
ALTER TABLE license ADD COLUMN encumbered boolean NOT NULL DEFAULT false;
ALTER TABLE license ADD COLUMN board_expires_on date;
-- submitted again after it was verified: sessions that were booked on it stay
ALTER TABLE license ADD COLUMN was_verified boolean NOT NULL DEFAULT false;
-- the days of the last good looks at the board and at the exclusion list; monitored_at: the last look, whatever came
ALTER TABLE license ADD COLUMN board_checked_on date;
ALTER TABLE license ADD COLUMN screened_on date;
ALTER TABLE license ADD COLUMN monitored_at timestamptz;
-- the last threshold, in days before its last day, of which its therapist was told
ALTER TABLE license ADD COLUMN expiry_told_days integer;
ALTER TABLE license ADD COLUMN claimed_by uuid;
ALTER TABLE license ADD COLUMN claimed_until timestamptz;
ALTER TABLE license ADD CONSTRAINT license_privilege_check CHECK (
    (compact IS NULL AND home_license_id IS NULL AND member_jurisdictions IS NULL)
    OR (compact IN ('psypact', 'counseling_compact', 'social_work_compact') AND home_license_id IS NOT NULL)) NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_supervisor_check CHECK (
    num_nulls(supervisor_name, supervisor_license_type, supervisor_number, supervisor_expires_on) IN (0, 4)) NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_standing_check CHECK (standing IN ('valid', 'valid_conditions',
    'valid_telehealth_only', 'lapsed', 'inactive', 'surrendered', 'suspended', 'revoked', 'pending')) NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_expiry_told_check CHECK (expiry_told_days IN (90, 30, 7)) NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_claim_check CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)) NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_home_license_id_fkey
    FOREIGN KEY (home_license_id) REFERENCES license ON DELETE RESTRICT NOT VALID;
ALTER TABLE license ADD CONSTRAINT license_claimed_by_fkey
    FOREIGN KEY (claimed_by) REFERENCES account ON DELETE RESTRICT NOT VALID;
UPDATE license SET was_verified = true, standing = 'valid', board_checked_on = decided.checked_on,
        screened_on = decided.checked_on
    FROM (SELECT DISTINCT ON (license_id) license_id, source_checked_on AS checked_on FROM license_decision
        WHERE took_effect AND outcome IN ('verified', 'reinstated') ORDER BY license_id, decided_at DESC) decided
    WHERE license.id = decided.license_id AND license.status = 'verified';

ALTER TABLE license_check ADD COLUMN method text NOT NULL DEFAULT 'register_copy';
ALTER TABLE license_check ADD COLUMN trigger text NOT NULL DEFAULT 'submission';
ALTER TABLE license_check ADD COLUMN as_of timestamptz;
ALTER TABLE license_check ADD COLUMN source_url text;
-- what was found, as JSON: digests and numbers of rows, never a person's data
ALTER TABLE license_check ADD COLUMN evidence text NOT NULL DEFAULT '{}';
ALTER TABLE license_check ADD CONSTRAINT license_check_method_check
    CHECK (method IN ('computed', 'register_copy', 'board_lookup')) NOT VALID;
ALTER TABLE license_check ADD CONSTRAINT license_check_trigger_check
    CHECK (trigger IN ('submission', 'correction', 'identity_change', 'decision', 'monitor', 'import')) NOT VALID;
ALTER TABLE license_check ADD CONSTRAINT license_check_evidence_check CHECK (evidence IS JSON OBJECT) NOT VALID;

-- null: the service itself, which takes away and never gives
-- squawk-ignore ban-drop-not-null
ALTER TABLE license_decision ALTER COLUMN admin_id DROP NOT NULL;
ALTER TABLE license_decision ADD COLUMN standing text NOT NULL DEFAULT 'valid';
ALTER TABLE license_decision ADD COLUMN encumbered boolean NOT NULL DEFAULT false;
ALTER TABLE license_decision ADD COLUMN status_before text;
ALTER TABLE license_decision ADD COLUMN status_after text;
-- the admin whose decision this one lets take effect
ALTER TABLE license_decision ADD COLUMN seconds_admin_id uuid;
ALTER TABLE license_decision ADD CONSTRAINT license_decision_seconds_admin_id_fkey
    FOREIGN KEY (seconds_admin_id) REFERENCES account ON DELETE RESTRICT NOT VALID;
ALTER TABLE license_decision ADD CONSTRAINT license_decision_service_check
    CHECK (admin_id IS NOT NULL OR outcome = 'suspended') NOT VALID;
ALTER TABLE license_decision ADD CONSTRAINT license_decision_other_admin_check
    CHECK (seconds_admin_id <> admin_id) NOT VALID;
UPDATE license_decision SET seconds_admin_id = (
        SELECT first.admin_id FROM license_decision first
        WHERE first.license_id = license_decision.license_id AND first.outcome = license_decision.outcome
            AND NOT first.took_effect AND first.admin_id <> license_decision.admin_id
            AND first.decided_at <= license_decision.decided_at
        ORDER BY first.decided_at DESC LIMIT 1)
    WHERE took_effect AND (outcome = 'reinstated' OR cardinality(overrides) > 0);
ALTER TABLE license_decision ADD CONSTRAINT license_decision_four_eyes_check CHECK (
    NOT took_effect OR seconds_admin_id IS NOT NULL
    OR NOT (outcome = 'reinstated' OR cardinality(overrides) > 0 OR (outcome = 'verified' AND encumbered))) NOT VALID;

CREATE TABLE license_information_request (
    id uuid PRIMARY KEY,
    license_id uuid NOT NULL REFERENCES license ON DELETE RESTRICT,
    admin_id uuid NOT NULL REFERENCES account ON DELETE RESTRICT,
    message text NOT NULL CHECK (message <> ''),
    asked_at timestamptz NOT NULL,
    answer text CHECK (answer <> ''),
    answered_at timestamptz,
    -- decided without an answer
    ended_at timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
-- a round ends before the next begins
CREATE UNIQUE INDEX license_information_request_open_key ON license_information_request (license_id)
    WHERE answered_at IS NULL AND ended_at IS NULL;
CREATE INDEX license_information_request_license_id_idx ON license_information_request (license_id, asked_at);
GRANT SELECT, INSERT, UPDATE ON license_information_request TO attune_service;

CREATE TABLE compact_membership (
    id uuid PRIMARY KEY,
    compact text NOT NULL CHECK (compact IN ('psypact', 'counseling_compact', 'social_work_compact')),
    jurisdiction text NOT NULL,
    enacted_on date,
    operational_on date,
    ended_on date CHECK (ended_on >= operational_on),
    source_name text NOT NULL CHECK (source_name <> ''),
    source_url text NOT NULL,
    checked_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid REFERENCES account ON DELETE RESTRICT,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX compact_membership_current_key ON compact_membership (compact, jurisdiction)
    WHERE superseded_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON compact_membership TO attune_service;

CREATE TABLE practice_permission (
    id uuid PRIMARY KEY,
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    license_id uuid NOT NULL REFERENCES license ON DELETE RESTRICT,
    jurisdiction text NOT NULL,
    during tstzrange NOT NULL CHECK (NOT isempty(during)),
    remote_only boolean NOT NULL,
    -- when the last good check is too old for new bookings; null: nothing new is booked on it at all
    bookable_until timestamptz
);
CREATE INDEX practice_permission_therapist_id_idx ON practice_permission (therapist_id, jurisdiction);
CREATE INDEX practice_permission_jurisdiction_idx ON practice_permission (jurisdiction, therapist_id);
CREATE INDEX practice_permission_license_id_idx ON practice_permission (license_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON practice_permission TO attune_service;
INSERT INTO practice_permission (id, therapist_id, license_id, jurisdiction, during, remote_only, bookable_until)
    SELECT gen_random_uuid(), therapist_id, id, jurisdiction, valid_during, false,
        ((board_checked_on + 35)::timestamp AT TIME ZONE 'UTC')
    FROM license WHERE status = 'verified' AND NOT isempty(valid_during);

CREATE TABLE board_license (
    id uuid PRIMARY KEY,
    board text NOT NULL,
    jurisdiction text NOT NULL,
    license_type text NOT NULL,
    number_key text NOT NULL CHECK (number_key <> ''),
    number text NOT NULL,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text NOT NULL,
    suffix text NOT NULL,
    status_words text NOT NULL,
    standing text NOT NULL CHECK (standing IN ('valid', 'valid_conditions', 'valid_telehealth_only', 'lapsed',
        'inactive', 'surrendered', 'suspended', 'revoked', 'pending')),
    encumbered boolean NOT NULL,
    issued_on date,
    renewed_on date,
    expires_on date,
    -- the board's actions, a JSON list in the file's order
    actions text NOT NULL CHECK (actions IS JSON ARRAY),
    as_of date NOT NULL,
    import_id uuid NOT NULL REFERENCES register_import ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX board_license_number_key ON board_license (jurisdiction, license_type, number_key);
GRANT SELECT, INSERT, UPDATE ON board_license TO attune_service;

-- squawk-ignore ban-drop-constraint
ALTER TABLE register_import DROP CONSTRAINT register_import_register_check;
ALTER TABLE register_import ADD CONSTRAINT register_import_register_check
    CHECK (register IN ('leie', 'nppes', 'board_roster')) NOT VALID;
-- the day the register's keeper gave the file out; edition: which board's, or whether a whole list or a supplement
ALTER TABLE register_import ADD COLUMN as_of date;
ALTER TABLE register_import ADD COLUMN edition text NOT NULL DEFAULT '';
-- who leaves the whole list is no longer excluded
ALTER TABLE exclusion ADD COLUMN delisted_on date;
GRANT UPDATE (delisted_on) ON exclusion TO attune_service;
"""

APART = """
ALTER TABLE license VALIDATE CONSTRAINT license_status_check;
ALTER TABLE license VALIDATE CONSTRAINT license_privilege_check;
ALTER TABLE license VALIDATE CONSTRAINT license_supervisor_check;
ALTER TABLE license VALIDATE CONSTRAINT license_standing_check;
ALTER TABLE license VALIDATE CONSTRAINT license_claim_check;
ALTER TABLE license VALIDATE CONSTRAINT license_expiry_told_check;
ALTER TABLE license VALIDATE CONSTRAINT license_home_license_id_fkey;
ALTER TABLE license VALIDATE CONSTRAINT license_claimed_by_fkey;
ALTER TABLE license_check VALIDATE CONSTRAINT license_check_method_check;
ALTER TABLE license_check VALIDATE CONSTRAINT license_check_trigger_check;
ALTER TABLE license_check VALIDATE CONSTRAINT license_check_evidence_check;
ALTER TABLE license_decision VALIDATE CONSTRAINT license_decision_seconds_admin_id_fkey;
ALTER TABLE license_decision VALIDATE CONSTRAINT license_decision_service_check;
ALTER TABLE license_decision VALIDATE CONSTRAINT license_decision_other_admin_check;
ALTER TABLE license_decision VALIDATE CONSTRAINT license_decision_four_eyes_check;
ALTER TABLE register_import VALIDATE CONSTRAINT register_import_register_check;
CREATE INDEX CONCURRENTLY register_import_latest_idx ON register_import (register, imported_at);
CREATE INDEX CONCURRENTLY license_home_license_id_idx ON license (home_license_id) WHERE home_license_id IS NOT NULL;
CREATE INDEX CONCURRENTLY license_number_idx
    ON license (jurisdiction, license_type, regexp_replace(lower(number), '[^a-z0-9]', '', 'g'));
CREATE INDEX CONCURRENTLY license_monitored_idx ON license (monitored_at NULLS FIRST) WHERE status = 'verified';
CREATE INDEX CONCURRENTLY license_expires_on_idx ON license (expires_on) WHERE status = 'verified';
CREATE UNIQUE INDEX CONCURRENTLY license_held_key ON license
    (therapist_id, license_type, number, jurisdiction, expires_on, coalesce(compact, '')) WHERE status <> 'rejected';
DROP INDEX CONCURRENTLY license_therapist_id_key;
"""

DOWN_APART = """
DROP INDEX CONCURRENTLY register_import_latest_idx;
DROP INDEX CONCURRENTLY license_held_key;
DROP INDEX CONCURRENTLY license_expires_on_idx;
DROP INDEX CONCURRENTLY license_monitored_idx;
DROP INDEX CONCURRENTLY license_number_idx;
DROP INDEX CONCURRENTLY license_home_license_id_idx;
"""

# The version before knows no privileges: it would take one for a license of its home.
DOWN = """
UPDATE license SET status = 'rejected', pending_decision_id = NULL WHERE compact IS NOT NULL;
UPDATE license SET status = 'submitted' WHERE status = 'needs_info';
DELETE FROM license_decision WHERE admin_id IS NULL;
ALTER TABLE license_decision ALTER COLUMN admin_id SET NOT NULL;
ALTER TABLE exclusion DROP COLUMN delisted_on;
DROP TABLE board_license, practice_permission, compact_membership, license_information_request;
ALTER TABLE register_import DROP COLUMN edition, DROP COLUMN as_of, DROP CONSTRAINT register_import_register_check;
ALTER TABLE register_import ADD CONSTRAINT register_import_register_check
    CHECK (register IN ('leie', 'nppes')) NOT VALID;
ALTER TABLE license_decision DROP COLUMN seconds_admin_id, DROP COLUMN status_after, DROP COLUMN status_before,
    DROP COLUMN encumbered, DROP COLUMN standing;
ALTER TABLE license_check DROP COLUMN evidence, DROP COLUMN source_url, DROP COLUMN as_of, DROP COLUMN trigger,
    DROP COLUMN method;
ALTER TABLE license DROP COLUMN expiry_told_days, DROP COLUMN claimed_until, DROP COLUMN claimed_by,
    DROP COLUMN monitored_at,
    DROP COLUMN screened_on, DROP COLUMN board_checked_on, DROP COLUMN was_verified, DROP COLUMN board_expires_on,
    DROP COLUMN encumbered, DROP COLUMN standing, DROP COLUMN supervisor_expires_on, DROP COLUMN supervisor_number,
    DROP COLUMN supervisor_license_type, DROP COLUMN supervisor_name, DROP COLUMN member_jurisdictions,
    DROP COLUMN home_license_id, DROP COLUMN compact, DROP CONSTRAINT license_status_check;
ALTER TABLE license ADD CONSTRAINT license_status_check
    CHECK (status IN ('submitted', 'verified', 'rejected', 'suspended')) NOT VALID;
"""

DOWN_AFTER = """
CREATE UNIQUE INDEX CONCURRENTLY license_therapist_id_key ON license
    (therapist_id, license_type, number, jurisdiction, expires_on) WHERE status <> 'rejected';
"""


def upgrade() -> None:
    statements.run(UP)
    statements.run_apart(APART)


def downgrade() -> None:
    statements.run_apart(DOWN_APART)
    statements.run(DOWN)
    statements.run_apart(DOWN_AFTER)
