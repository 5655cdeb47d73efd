"""Licenses with their checks and decisions, and our copies of the public registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import AccountId, LicenseId, PermissionId, TherapistId
from domain.licensing.checks import CheckMethod, CheckName, CheckOutcome, CheckTrigger
from domain.licensing.compacts import Compact
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.registers import Register
from domain.licensing.standing import Standing


class LicenseRow(Base):
    """A credential as it stands with us: a license, or with a compact a privilege; a renewal is a row of its own.

    A privilege's type and jurisdiction are those of the license it rests on; member_jurisdictions: None for all.
    valid_during: the instants at which its days hold in every zone of the jurisdiction, whatever the status; empty
    when they never do. pending_decision_id: the decision that waits for a second admin. was_verified: whether sessions
    may have been booked on it. standing: what the board says, None while nobody has looked; board_expires_on: its last
    day by the board, where said. board_checked_on, screened_on: the days of the last good looks at the board and at the
    exclusion list. monitored_at: when it was last checked, whatever came of it. expiry_told_days: the last threshold
    its therapist was told of. supervisor_…: all four or none.
    """

    __tablename__ = "license"

    id: Mapped[LicenseId] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId]
    license_type: Mapped[LicenseType] = mapped_column(stored_enum(LicenseType))
    number: Mapped[str]
    jurisdiction: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    status: Mapped[LicenseStatus] = mapped_column(stored_enum(LicenseStatus))
    valid_during: Mapped[Range[datetime]]
    pending_decision_id: Mapped[UUID | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    compact: Mapped[Compact | None] = mapped_column(stored_enum(Compact))
    home_license_id: Mapped[LicenseId | None]
    member_jurisdictions: Mapped[list[str] | None]
    supervisor_name: Mapped[str | None]
    supervisor_license_type: Mapped[str | None]
    supervisor_number: Mapped[str | None]
    supervisor_expires_on: Mapped[date | None]
    standing: Mapped[Standing | None] = mapped_column(stored_enum(Standing))
    encumbered: Mapped[bool] = mapped_column(default=False)
    board_expires_on: Mapped[date | None]
    was_verified: Mapped[bool] = mapped_column(default=False)
    board_checked_on: Mapped[date | None]
    screened_on: Mapped[date | None]
    monitored_at: Mapped[datetime | None]
    expiry_told_days: Mapped[int | None]
    claimed_by: Mapped[AccountId | None]
    claimed_until: Mapped[datetime | None]
    version: Mapped[int]


class LicenseCheck(Base):
    """What one check said at one time; never changed.

    as_of: the instant of what the source says, None where it is not known. evidence: JSON, digests and numbers of rows,
    never a person's data.
    """

    __tablename__ = "license_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    license_id: Mapped[LicenseId]
    name: Mapped[CheckName] = mapped_column(stored_enum(CheckName))
    outcome: Mapped[CheckOutcome] = mapped_column(stored_enum(CheckOutcome))
    detail: Mapped[str]
    source: Mapped[str]
    source_url: Mapped[str | None]
    method: Mapped[CheckMethod] = mapped_column(stored_enum(CheckMethod))
    trigger: Mapped[CheckTrigger] = mapped_column(stored_enum(CheckTrigger))
    as_of: Mapped[datetime | None]
    evidence: Mapped[str]
    checked_at: Mapped[datetime]


class LicenseDecision(Base):
    """What was decided; never changed. overrides: the failed checks it sets aside.

    admin_id: None for the service itself, which only takes away. standing: what the board said at that look.
    seconds_admin_id: the first admin, where it took two.
    """

    __tablename__ = "license_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    license_id: Mapped[LicenseId]
    admin_id: Mapped[AccountId | None]
    outcome: Mapped[DecisionOutcome] = mapped_column(stored_enum(DecisionOutcome))
    reason: Mapped[str]
    source_name: Mapped[str]
    source_url: Mapped[str]
    source_checked_on: Mapped[date]
    override_reason: Mapped[str | None]
    overrides: Mapped[list[str]]
    standing: Mapped[Standing] = mapped_column(stored_enum(Standing))
    encumbered: Mapped[bool]
    status_before: Mapped[LicenseStatus | None] = mapped_column(stored_enum(LicenseStatus))
    status_after: Mapped[LicenseStatus | None] = mapped_column(stored_enum(LicenseStatus))
    seconds_admin_id: Mapped[AccountId | None]
    took_effect: Mapped[bool]
    decided_at: Mapped[datetime]


class InformationRequest(Base):
    """A round of questions about a license: what an admin asked, what the therapist answered; one is open at most.

    ended_at: when the license was decided without an answer.
    """

    __tablename__ = "license_information_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    license_id: Mapped[LicenseId]
    admin_id: Mapped[AccountId]
    message: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CompactMembership(Base):
    """One jurisdiction's membership in a compact, as far as it was known since recorded_at and until superseded_at.

    recorded_by: the admin, None for what came with the service.
    """

    __tablename__ = "compact_membership"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    compact: Mapped[Compact] = mapped_column(stored_enum(Compact))
    jurisdiction: Mapped[str]
    enacted_on: Mapped[date | None]
    operational_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    source_name: Mapped[str]
    source_url: Mapped[str]
    checked_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[AccountId | None]
    superseded_at: Mapped[datetime | None]


class PracticePermission(Base):
    """A stretch in which a therapist may practise with clients in a jurisdiction, by one credential.

    Written anew with whatever changes it; a row's id stands for its stretch, which never changes. bookable_until: when
    the last good check is too old for new bookings; None: nothing new is booked on it at all.
    """

    __tablename__ = "practice_permission"

    id: Mapped[PermissionId] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId]
    license_id: Mapped[LicenseId]
    jurisdiction: Mapped[str]
    during: Mapped[Range[datetime]]
    remote_only: Mapped[bool]
    bookable_until: Mapped[datetime | None]


class RegisterImport(Base):
    """One file of a public register that was read.

    as_of: the day its keeper gave it out. edition: which board's roster, or whether a whole list or a supplement.
    """

    __tablename__ = "register_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register: Mapped[Register] = mapped_column(stored_enum(Register))
    file_name: Mapped[str]
    file_digest: Mapped[bytes]
    rows_new: Mapped[int]
    rows_known: Mapped[int]
    rows_refused: Mapped[int]
    imported_at: Mapped[datetime]
    as_of: Mapped[date | None]
    edition: Mapped[str] = mapped_column(default="")


class Exclusion(Base):
    """One row of the exclusion list, whole. name_keys: the family name's keys, empty for an entity."""

    __tablename__ = "exclusion"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    last_name: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str]
    business_name: Mapped[str]
    name_keys: Mapped[list[str]]
    general: Mapped[str]
    specialty: Mapped[str]
    upin: Mapped[str]
    npi: Mapped[str | None]
    born_on: Mapped[date | None]
    address: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    zip_code: Mapped[str]
    exclusion_type: Mapped[str]
    excluded_on: Mapped[date]
    reinstated_on: Mapped[date | None]
    waived_on: Mapped[date | None]
    waiver_state: Mapped[str]
    delisted_on: Mapped[date | None]
    import_id: Mapped[UUID]


class Provider(Base):
    """One number of the provider register, as last imported. record: JSON, see provider_storage.py."""

    __tablename__ = "provider"

    npi: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[str]
    import_id: Mapped[UUID]


class BoardLicense(Base):
    """One license as its board's roster has it. actions: JSON, the board's actions in the file's order."""

    __tablename__ = "board_license"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    board: Mapped[str]
    jurisdiction: Mapped[str]
    license_type: Mapped[str]
    number_key: Mapped[str]
    number: Mapped[str]
    last_name: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str]
    suffix: Mapped[str]
    status_words: Mapped[str]
    standing: Mapped[Standing] = mapped_column(stored_enum(Standing))
    encumbered: Mapped[bool]
    issued_on: Mapped[date | None]
    renewed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    actions: Mapped[str]
    as_of: Mapped[date]
    import_id: Mapped[UUID]
