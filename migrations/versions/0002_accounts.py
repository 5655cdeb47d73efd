"""Accounts, sign-ins, notices and clients."""

from migrations import statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE account (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('client', 'therapist', 'admin')),
    time_zone text NOT NULL,
    totp_secret_sealed bytea,
    totp_last_step bigint,
    created_at timestamptz NOT NULL,
    CHECK (role <> 'admin' OR totp_secret_sealed IS NOT NULL)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON account TO attune_service;

-- A registration becomes an account when its mail is answered; until then nobody holds the address.
CREATE TABLE registration (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email)),
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('client', 'therapist')),
    time_zone text NOT NULL,
    token_digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at timestamptz
);
CREATE INDEX registration_expires_at_idx ON registration (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON registration TO attune_service;

CREATE TABLE account_session (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at timestamptz
);
CREATE INDEX account_session_account_id_idx ON account_session (account_id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON account_session TO attune_service;

CREATE TABLE refresh_token (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES account_session ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    rotated_at timestamptz
);
CREATE INDEX refresh_token_session_id_idx ON refresh_token (session_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_token TO attune_service;

-- A sent notice keeps only that it was sent: whom it went to and what it said are gone.
CREATE TABLE notice (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    message_sealed bytea,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CHECK ((sent_at IS NULL) = (message_sealed IS NOT NULL))
);
CREATE INDEX notice_created_at_idx ON notice (created_at) WHERE sent_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON notice TO attune_service;

CREATE TABLE client (
    id uuid PRIMARY KEY REFERENCES account ON DELETE RESTRICT,
    preferred_name_sealed bytea NOT NULL,
    birth_date_sealed bytea NOT NULL,
    jurisdiction text NOT NULL,
    time_zone text NOT NULL,
    languages text[] NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON client TO attune_service;
"""

DOWN = "DROP TABLE client, notice, refresh_token, account_session, registration, account;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
