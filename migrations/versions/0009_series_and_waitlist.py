"""Standing series, the waitlist, and holds that the service gives: those shut the therapist's time, not the client's.

A client's own live holds are numbered from 1 to 3, each number once: the limit is a unique index, not a count.
"""

from migrations import statements

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE series (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES client ON DELETE RESTRICT,
    therapist_id uuid NOT NULL REFERENCES therapist ON DELETE RESTRICT,
    session_type text NOT NULL,
    session_format text NOT NULL CHECK (session_format IN ('video', 'phone', 'in_person')),
    weeks integer NOT NULL CHECK (weeks BETWEEN 2 AND 26),
    -- what the therapist's wall shows at the first start; the same every week
    wall_start timestamp NOT NULL,
    zone text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, client_id, therapist_id)
);
CREATE INDEX series_client_id_idx ON series (client_id, created_at, id);
CREATE INDEX series_therapist_id_idx ON series (therapist_id);
GRANT SELECT, INSERT ON series TO attune_service;

CREATE TABLE waitlist_entry (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES client ON DELETE RESTRICT,
    therapist_ids uuid[] NOT NULL CHECK (cardinality(therapist_ids) >= 1),
    match_id uuid,
    session_type text,
    session_formats text[] NOT NULL CHECK (session_formats <@ ARRAY['video', 'phone', 'in_person']),
    jurisdiction text NOT NULL,
    zone text NOT NULL,
    until_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'booked', 'ended')),
    ended_at timestamptz,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (id, client_id),
    CONSTRAINT waitlist_entry_match_id_fkey FOREIGN KEY (match_id, client_id) REFERENCES match (id, client_id)
        ON DELETE SET NULL (match_id),
    CONSTRAINT waitlist_entry_ended_check CHECK ((status = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX waitlist_entry_client_id_idx ON waitlist_entry (client_id, created_at, id);
CREATE INDEX waitlist_entry_therapist_ids_idx ON waitlist_entry USING gin (therapist_ids) WHERE status = 'waiting';
CREATE INDEX waitlist_entry_until_at_idx ON waitlist_entry (until_at) WHERE status = 'waiting';
CREATE INDEX waitlist_entry_match_id_idx ON waitlist_entry (match_id) WHERE match_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON waitlist_entry TO attune_service;

-- when somebody who waits can come, week after week on the wall of the entry's zone
CREATE TABLE waitlist_time (
    entry_id uuid NOT NULL REFERENCES waitlist_entry ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    weekday text NOT NULL
        CHECK (weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    start_at time NOT NULL,
    end_at time NOT NULL,
    PRIMARY KEY (entry_id, position)
);
GRANT SELECT, INSERT ON waitlist_time TO attune_service;

ALTER TABLE booking ADD COLUMN origin text NOT NULL DEFAULT 'client'
    CONSTRAINT booking_origin_check CHECK (origin IN ('client', 'waitlist', 'rehoming'));
ALTER TABLE booking ADD COLUMN hold_number integer
    CONSTRAINT booking_hold_number_check CHECK (
        hold_number IS NULL OR (hold_number BETWEEN 1 AND 3 AND origin = 'client'));
ALTER TABLE booking ADD COLUMN series_id uuid;
ALTER TABLE booking ADD COLUMN waitlist_entry_id uuid;
ALTER TABLE booking ADD COLUMN in_place_of uuid;
UPDATE booking SET hold_number = numbered.number
    FROM (SELECT id, row_number() OVER (PARTITION BY client_id ORDER BY expires_at DESC, id) AS number
          FROM booking WHERE status = 'held') AS numbered
    WHERE booking.id = numbered.id AND numbered.number <= 3;
ALTER TABLE booking ADD CONSTRAINT booking_provenance_check CHECK (
    (origin = 'waitlist') = (waitlist_entry_id IS NOT NULL) AND (origin = 'rehoming') = (in_place_of IS NOT NULL)
    AND (origin = 'client' OR held_at IS NOT NULL)) NOT VALID;
ALTER TABLE booking ADD CONSTRAINT booking_series_id_fkey FOREIGN KEY (series_id, client_id, therapist_id)
    REFERENCES series (id, client_id, therapist_id) ON DELETE RESTRICT NOT VALID;
ALTER TABLE booking ADD CONSTRAINT booking_waitlist_entry_id_fkey FOREIGN KEY (waitlist_entry_id, client_id)
    REFERENCES waitlist_entry (id, client_id) ON DELETE RESTRICT NOT VALID;
ALTER TABLE booking ADD CONSTRAINT booking_in_place_of_fkey FOREIGN KEY (in_place_of)
    REFERENCES booking (id) ON DELETE RESTRICT NOT VALID;
-- one transaction drops it and adds it, so that no booking slips between
-- squawk-ignore ban-drop-constraint
ALTER TABLE booking DROP CONSTRAINT booking_client_time_excl;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE booking ADD CONSTRAINT booking_client_time_excl EXCLUDE USING gist (client_id WITH =, during WITH &&)
    WHERE (kind IN ('individual', 'seat') AND (status = 'confirmed' OR (status = 'held' AND origin = 'client')));
"""

INDEXES = """
CREATE UNIQUE INDEX CONCURRENTLY booking_hold_number_key ON booking (client_id, hold_number) WHERE status = 'held';
CREATE INDEX CONCURRENTLY booking_expires_at_idx ON booking (expires_at) WHERE status = 'held';
CREATE INDEX CONCURRENTLY booking_series_id_idx ON booking (series_id, lower(during)) WHERE series_id IS NOT NULL;
CREATE INDEX CONCURRENTLY booking_waitlist_entry_id_idx ON booking (waitlist_entry_id)
    WHERE waitlist_entry_id IS NOT NULL;
CREATE INDEX CONCURRENTLY booking_in_place_of_idx ON booking (in_place_of) WHERE in_place_of IS NOT NULL;
"""

DOWN = """
UPDATE booking SET status = 'released' WHERE status = 'held' AND origin <> 'client';
DROP INDEX booking_in_place_of_idx, booking_waitlist_entry_id_idx, booking_series_id_idx, booking_expires_at_idx;
DROP INDEX booking_hold_number_key;
ALTER TABLE booking DROP CONSTRAINT booking_client_time_excl;
ALTER TABLE booking ADD CONSTRAINT booking_client_time_excl EXCLUDE USING gist (client_id WITH =, during WITH &&)
    WHERE (status IN ('held', 'confirmed') AND kind IN ('individual', 'seat'));
ALTER TABLE booking DROP CONSTRAINT booking_in_place_of_fkey;
ALTER TABLE booking DROP CONSTRAINT booking_waitlist_entry_id_fkey;
ALTER TABLE booking DROP CONSTRAINT booking_series_id_fkey;
ALTER TABLE booking DROP CONSTRAINT booking_provenance_check;
ALTER TABLE booking DROP COLUMN in_place_of;
ALTER TABLE booking DROP COLUMN waitlist_entry_id;
ALTER TABLE booking DROP COLUMN series_id;
ALTER TABLE booking DROP COLUMN hold_number;
ALTER TABLE booking DROP COLUMN origin;
DROP TABLE waitlist_time, waitlist_entry, series;
"""


def upgrade() -> None:
    statements.run(UP)
    statements.run_apart(INDEXES)


def downgrade() -> None:
    statements.run(DOWN)
