"""Contract: every client's own hold has its number, and the constraints added before hold for old rows too.

Run it when no process of the version before 0009 is left.
"""

from migrations import statements

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UP = """
UPDATE booking SET status = 'expired', version = version + 1
    WHERE status = 'held' AND origin = 'client' AND hold_number IS NULL;
ALTER TABLE booking VALIDATE CONSTRAINT booking_provenance_check;
ALTER TABLE booking VALIDATE CONSTRAINT booking_series_id_fkey;
ALTER TABLE booking VALIDATE CONSTRAINT booking_waitlist_entry_id_fkey;
ALTER TABLE booking VALIDATE CONSTRAINT booking_in_place_of_fkey;
ALTER TABLE booking VALIDATE CONSTRAINT booking_attended_check;
ALTER TABLE booking ADD CONSTRAINT booking_own_hold_check CHECK (
    status <> 'held' OR origin <> 'client' OR hold_number IS NOT NULL) NOT VALID;
"""

# in a transaction of its own, so that nothing waits while old rows are looked at
APART = "ALTER TABLE booking VALIDATE CONSTRAINT booking_own_hold_check;"

DOWN = "ALTER TABLE booking DROP CONSTRAINT booking_own_hold_check;"


def upgrade() -> None:
    statements.run(UP)
    statements.run_apart(APART)


def downgrade() -> None:
    statements.run(DOWN)
