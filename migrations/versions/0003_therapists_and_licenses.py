"""Therapists, their licenses with checks and decisions, and the public registers they are checked against."""

from migrations import statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE therapist (
    id uuid PRIMARY KEY REFERENCES account ON DELETE RESTRICT,
    display_name text NOT NULL CHECK (display_name <> ''),
    legal_name_sealed bytea NOT NULL,
    other_legal_names_sealed bytea,
    birth_date_sealed bytea,
    npi text CHECK (npi ~ '^[12][0-9]{9}$'),
    bio text NOT NULL,
    gender text NOT NULL CHECK (gender IN ('female', 'male', 'non_binary', 'other', 'undisclosed')),
    primary_concerns text[] NOT NULL,
    secondary_concerns text[] NOT NULL,
    approaches text[] NOT NULL,
    populations text[] NOT NULL,
    languages text[] NOT NULL,
    session_formats text[] NOT NULL CHECK (session_formats <@ ARRAY['video', 'phone', 'in_person']),
    insurers text[] NOT NULL,
    accepting_clients boolean NOT NULL,
    caseload_limit integer NOT NULL CHECK (caseload_limit >= 0),
    visible boolean NOT NULL,
    first_listed_at timestamptz,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (NOT primary_concerns && secondary_concerns)
);
GRANT SELECT, INSERT, UPDATE ON therapist TO attune_service;

CREATE TABLE license (
    id uuid PRIMARY KEY,
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    license_type text NOT NULL,
    number text NOT NULL CHECK (number <> ''),
    jurisdiction text NOT NULL,
    issued_on date NOT NULL,
    expires_on date NOT NULL CHECK (expires_on >= issued_on),
    status text NOT NULL CHECK (status IN ('submitted', 'verified', 'rejected', 'suspended')),
    -- the instants between which the dates hold in every zone of the jurisdiction; empty when they never do
    valid_during tstzrange NOT NULL,
    pending_decision_id uuid,
    submitted_at timestamptz NOT NULL,
    decided_at timestamptz,
    version integer NOT NULL CHECK (version >= 1)
);
-- a renewal is a row of its own, with another last day; what was rejected may be submitted again
CREATE UNIQUE INDEX license_therapist_id_key ON license (therapist_id, license_type, number, jurisdiction, expires_on)
    WHERE status <> 'rejected';
CREATE INDEX license_status_idx ON license (status, submitted_at, id);
CREATE INDEX license_jurisdiction_idx ON license (jurisdiction, therapist_id) WHERE status = 'verified';
GRANT SELECT, INSERT, UPDATE ON license TO attune_service;

CREATE TABLE license_check (
    id uuid PRIMARY KEY,
    license_id uuid NOT NULL REFERENCES license ON DELETE RESTRICT,
    name text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('pass', 'fail', 'review', 'unavailable')),
    detail text NOT NULL,
    source text NOT NULL,
    checked_at timestamptz NOT NULL
);
CREATE INDEX license_check_license_id_idx ON license_check (license_id, checked_at);
GRANT SELECT, INSERT ON license_check TO attune_service;

CREATE TABLE license_decision (
    id uuid PRIMARY KEY,
    license_id uuid NOT NULL REFERENCES license ON DELETE RESTRICT,
    admin_id uuid NOT NULL REFERENCES account ON DELETE RESTRICT,
    outcome text NOT NULL CHECK (outcome IN ('verified', 'rejected', 'suspended', 'reinstated')),
    reason text NOT NULL CHECK (reason <> ''),
    source_name text NOT NULL,
    source_url text NOT NULL,
    source_checked_on date NOT NULL,
    override_reason text,
    overrides text[] NOT NULL,
    took_effect boolean NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX license_decision_license_id_idx ON license_decision (license_id, decided_at);
GRANT SELECT, INSERT ON license_decision TO attune_service;
ALTER TABLE license ADD CONSTRAINT license_pending_decision_id_fkey
    FOREIGN KEY (pending_decision_id) REFERENCES license_decision ON DELETE RESTRICT;

CREATE TABLE register_import (
    id uuid PRIMARY KEY,
    register text NOT NULL CHECK (register IN ('leie', 'nppes')),
    file_name text NOT NULL,
    file_digest bytea NOT NULL,
    rows_new integer NOT NULL CHECK (rows_new >= 0),
    rows_known integer NOT NULL CHECK (rows_known >= 0),
    rows_refused integer NOT NULL CHECK (rows_refused >= 0),
    imported_at timestamptz NOT NULL
);
CREATE INDEX register_import_register_idx ON register_import (register, file_digest);
GRANT SELECT, INSERT ON register_import TO attune_service;

-- an import is summed up when its rows are in, so rows may name one that is written later in their transaction
CREATE TABLE exclusion (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text NOT NULL,
    business_name text NOT NULL,
    name_keys text[] NOT NULL,
    general text NOT NULL,
    specialty text NOT NULL,
    upin text NOT NULL,
    npi text CHECK (npi ~ '^[0-9]{10}$'),
    born_on date,
    address text NOT NULL,
    city text NOT NULL,
    state text NOT NULL,
    zip_code text NOT NULL,
    exclusion_type text NOT NULL,
    excluded_on date NOT NULL,
    reinstated_on date,
    waived_on date,
    waiver_state text NOT NULL,
    import_id uuid NOT NULL REFERENCES register_import ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    CHECK (last_name <> '' OR first_name <> '' OR business_name <> '')
);
CREATE INDEX exclusion_npi_idx ON exclusion (npi) WHERE npi IS NOT NULL;
CREATE INDEX exclusion_born_on_idx ON exclusion (born_on) WHERE born_on IS NOT NULL;
CREATE INDEX exclusion_name_keys_idx ON exclusion USING gin (name_keys);
GRANT SELECT, INSERT ON exclusion TO attune_service;

CREATE TABLE provider (
    npi text PRIMARY KEY CHECK (npi ~ '^[12][0-9]{9}$'),
    record text NOT NULL CHECK (record IS JSON OBJECT),
    import_id uuid NOT NULL REFERENCES register_import ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
GRANT SELECT, INSERT, UPDATE ON provider TO attune_service;
"""

DOWN = "DROP TABLE provider, exclusion, register_import, license_decision, license_check, license, therapist;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
