"""Licenses with their checks and decisions, and our copies of the public registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import AccountId, LicenseId, TherapistId
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.registers import Register


class LicenseRow(Base):
    """A license as it stands with us; a renewal is a row of its own.

    valid_during: the instants at which its days hold in every zone of the jurisdiction, whatever the status; empty
    when they never do. pending_decision_id: the decision that waits for a second admin.
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
    version: Mapped[int]


class LicenseCheck(Base):
    """What one check said at one time; never changed."""

    __tablename__ = "license_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    license_id: Mapped[LicenseId]
    name: Mapped[CheckName] = mapped_column(stored_enum(CheckName))
    outcome: Mapped[CheckOutcome] = mapped_column(stored_enum(CheckOutcome))
    detail: Mapped[str]
    source: Mapped[str]
    checked_at: Mapped[datetime]


class LicenseDecision(Base):
    """What one admin decided; never changed. overrides: the failed checks it sets aside."""

    __tablename__ = "license_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    license_id: Mapped[LicenseId]
    admin_id: Mapped[AccountId]
    outcome: Mapped[DecisionOutcome] = mapped_column(stored_enum(DecisionOutcome))
    reason: Mapped[str]
    source_name: Mapped[str]
    source_url: Mapped[str]
    source_checked_on: Mapped[date]
    override_reason: Mapped[str | None]
    overrides: Mapped[list[str]]
    took_effect: Mapped[bool]
    decided_at: Mapped[datetime]


class RegisterImport(Base):
    """One file of a public register that was read."""

    __tablename__ = "register_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register: Mapped[Register] = mapped_column(stored_enum(Register))
    file_name: Mapped[str]
    file_digest: Mapped[bytes]
    rows_new: Mapped[int]
    rows_known: Mapped[int]
    rows_refused: Mapped[int]
    imported_at: Mapped[datetime]


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
    import_id: Mapped[UUID]


class Provider(Base):
    """One number of the provider register, as last imported. record: JSON, see provider_storage.py."""

    __tablename__ = "provider"

    npi: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[str]
    import_id: Mapped[UUID]
