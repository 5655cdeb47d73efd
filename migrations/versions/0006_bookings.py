"""Occupied time: holds, appointments and group occurrences in one table, which no two may share.

An individual hold or appointment is one row. A group occurrence is one row that holds the therapist's time, and its
seats are rows that hold their clients' time. Two constraints, over the rows that live, keep the therapist's time with
buffers and the client's bare sessions free of overlap; a constraint can't span two tables, so all stand in this one.
"""

from migrations import statements

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE booking (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('individual', 'group', 'seat')),
    status text NOT NULL
        CHECK (status IN ('held', 'expired', 'released', 'confirmed', 'cancelled', 'completed', 'no_show')),
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    client_id uuid REFERENCES client ON DELETE RESTRICT,
    session_type text NOT NULL,
    session_format text CHECK (session_format IN ('video', 'phone', 'in_person')),
    jurisdiction text,
    during tstzrange NOT NULL,
    occupied tstzrange NOT NULL,
    wall_start timestamp NOT NULL,
    zone text NOT NULL,
    fee_minor integer CHECK (fee_minor >= 0),
    currency text CHECK (currency ~ '^[a-z]{3}$'),
    free_cancellation_hours integer CHECK (free_cancellation_hours >= 0),
    late_fee_percent integer CHECK (late_fee_percent BETWEEN 0 AND 100),
    match_id uuid,
    group_id uuid,
    seat_number integer,
    capacity integer CHECK (capacity >= 1),
    held_at timestamptz,
    expires_at timestamptz,
    confirmed_at timestamptz,
    cancelled_at timestamptz,
    cancelled_by text CHECK (cancelled_by IN ('client', 'therapist', 'service')),
    reason_code text CHECK (reason_code IN ('client_request', 'illness', 'emergency', 'schedule', 'cost', 'not_a_fit',
        'therapist_unavailable', 'other')),
    note_sealed bytea,
    fee_due_minor integer CHECK (fee_due_minor >= 0),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT booking_times_check CHECK (
        NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
        AND NOT lower_inf(during) AND NOT upper_inf(during) AND occupied @> during
        AND lower_inc(occupied) AND NOT upper_inc(occupied) AND NOT lower_inf(occupied) AND NOT upper_inf(occupied)),
    CONSTRAINT booking_group_has_no_client_check CHECK ((kind = 'group') = (client_id IS NULL)),
    CONSTRAINT booking_of_client_check CHECK (kind = 'group' OR (
        session_format IS NOT NULL AND jurisdiction IS NOT NULL AND fee_minor IS NOT NULL AND currency IS NOT NULL
        AND free_cancellation_hours IS NOT NULL AND late_fee_percent IS NOT NULL)),
    CONSTRAINT booking_seat_check CHECK (
        (kind = 'seat') = (group_id IS NOT NULL) AND (kind = 'seat') = (seat_number IS NOT NULL)
        AND (kind = 'individual') = (capacity IS NULL) AND (kind <> 'seat' OR seat_number BETWEEN 1 AND capacity)),
    CONSTRAINT booking_group_status_check CHECK (kind <> 'group' OR status IN ('confirmed', 'released')),
    CONSTRAINT booking_hold_expires_check CHECK (
        (held_at IS NULL) = (expires_at IS NULL) AND expires_at > held_at
        AND (status NOT IN ('held', 'expired') OR expires_at IS NOT NULL)),
    CONSTRAINT booking_confirmed_check CHECK (
        kind = 'group' OR (status IN ('held', 'expired', 'released')) = (confirmed_at IS NULL)),
    CONSTRAINT booking_cancelled_check CHECK (
        (status = 'cancelled') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (cancelled_by IS NULL)
        AND (cancelled_at IS NULL) = (reason_code IS NULL) AND (cancelled_at IS NULL) = (fee_due_minor IS NULL)
        AND (note_sealed IS NULL OR cancelled_at IS NOT NULL)),
    -- a seat is of its group's therapist and time, and of no more seats than the group has
    CONSTRAINT booking_group_key UNIQUE (id, therapist_id, capacity, during),
    CONSTRAINT booking_group_id_fkey FOREIGN KEY (group_id, therapist_id, capacity, during)
        REFERENCES booking (id, therapist_id, capacity, during) ON DELETE RESTRICT,
    CONSTRAINT booking_match_id_fkey FOREIGN KEY (match_id, client_id) REFERENCES match (id, client_id)
        ON DELETE SET NULL (match_id),
    CONSTRAINT booking_therapist_time_excl EXCLUDE USING gist (therapist_id WITH =, occupied WITH &&)
        WHERE (status IN ('held', 'confirmed') AND kind IN ('individual', 'group')),
    CONSTRAINT booking_client_time_excl EXCLUDE USING gist (client_id WITH =, during WITH &&)
        WHERE (status IN ('held', 'confirmed') AND kind IN ('individual', 'seat'))
);
CREATE UNIQUE INDEX booking_seat_key ON booking (group_id, seat_number) WHERE status IN ('held', 'confirmed');
CREATE INDEX booking_client_id_idx ON booking (client_id, lower(during), id);
CREATE INDEX booking_therapist_id_idx ON booking (therapist_id, lower(during), id);
CREATE INDEX booking_match_id_idx ON booking (match_id) WHERE match_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON booking TO attune_service;
"""

DOWN = "DROP TABLE booking;"


def upgrade() -> None:
    statements.run(UP)


def downgrade() -> None:
    statements.run(DOWN)
