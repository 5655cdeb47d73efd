"""A therapist's verification file on the wire: nothing of any client, and no birth date or other name."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from api.v1.licensing.schemas import LicenseView, license_view
from api.wire import Instant, View
from domain.access.actor import Role
from domain.access.policy import Action
from domain.licensing.checks import CheckMethod, CheckName, CheckOutcome, CheckTrigger
from domain.licensing.decisions import Awaiting, DecisionOutcome
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.file_service import FiledLicense, VerificationFile
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseDecision, PracticePermission


class FiledCheckView(View):
    """One check: what was found, where, how, why then, and as of when. evidence: JSON, digests and ids of rows."""

    id: UUID
    name: CheckName
    outcome: CheckOutcome
    detail: str
    source: str
    source_url: str | None
    method: CheckMethod
    trigger: CheckTrigger
    as_of: Instant | None
    evidence: str
    checked_at: Instant


class FiledSourceView(View):
    """Where an admin looked, and on which day."""

    name: str
    url: str
    checked_on: date


class FiledDecisionView(View):
    """One decision. admin_id: null for the service itself. seconds_admin_id: whose decision it let take effect."""

    id: UUID
    admin_id: UUID | None
    seconds_admin_id: UUID | None
    outcome: DecisionOutcome
    reason: str
    source: FiledSourceView
    standing: Standing
    encumbered: bool
    override_reason: str | None
    overrides: Sequence[str]
    took_effect: bool
    status_before: LicenseStatus | None
    status_after: LicenseStatus | None
    decided_at: Instant

    @classmethod
    def of(cls, row: LicenseDecision) -> Self:
        """Present a decision."""
        return cls(
            id=row.id,
            admin_id=row.admin_id,
            seconds_admin_id=row.seconds_admin_id,
            outcome=row.outcome,
            reason=row.reason,
            source=FiledSourceView(name=row.source_name, url=row.source_url, checked_on=row.source_checked_on),
            standing=row.standing,
            encumbered=row.encumbered,
            override_reason=row.override_reason,
            overrides=row.overrides,
            took_effect=row.took_effect,
            status_before=row.status_before,
            status_after=row.status_after,
            decided_at=row.decided_at,
        )


class FiledQuestionView(View):
    """One round of questions."""

    id: UUID
    admin_id: UUID
    message: str
    asked_at: Instant
    answer: str | None
    answered_at: Instant | None
    ended_at: Instant | None


class FiledLicenseView(View):
    """One credential with all that was ever checked, decided and asked, the oldest first."""

    license: LicenseView
    submitted_at: Instant
    decided_at: Instant | None
    board_checked_on: date | None
    screened_on: date | None
    board_expires_on: date | None
    checks: Sequence[FiledCheckView]
    decisions: Sequence[FiledDecisionView]
    questions: Sequence[FiledQuestionView]

    @classmethod
    def of(cls, filed: FiledLicense, *, now: datetime) -> Self:
        """Present a credential."""
        latest = {check.name: check for check in filed.checks}
        waiting = None if filed.row.pending_decision_id is None else Awaiting.SECOND_ADMIN
        asked = [each for each in filed.questions if each.answered_at is None and each.ended_at is None]
        shown = CheckedLicense(
            row=filed.row,
            checks=list(latest.values()),
            awaiting=waiting,
            question=asked[0].message if asked else None,
        )
        return cls(
            license=license_view(shown, now=now),
            submitted_at=filed.row.submitted_at,
            decided_at=filed.row.decided_at,
            board_checked_on=filed.row.board_checked_on,
            screened_on=filed.row.screened_on,
            board_expires_on=filed.row.board_expires_on,
            checks=[FiledCheckView.model_validate(each) for each in filed.checks],
            decisions=[FiledDecisionView.of(each) for each in filed.decisions],
            questions=[FiledQuestionView.model_validate(each) for each in filed.questions],
        )


class PermissionView(View):
    """Where and when a credential permits sessions. bookable_until: null where nothing new is booked on it."""

    license_id: UUID
    jurisdiction: str
    starts_at: Instant
    ends_at: Instant
    remote_only: bool
    bookable_until: Instant | None

    @classmethod
    def of(cls, row: PracticePermission) -> Self:
        """Present a permission."""
        if row.during.lower is None or row.during.upper is None:
            raise ValueError("a permission has a beginning and an end")
        return cls(
            license_id=row.license_id,
            jurisdiction=row.jurisdiction,
            starts_at=row.during.lower,
            ends_at=row.during.upper,
            remote_only=row.remote_only,
            bookable_until=row.bookable_until,
        )


class TrailView(View):
    """One entry of the audit: who did what, to which row, when and why. actor_id: null for the service itself."""

    id: UUID
    at: Instant
    actor_id: UUID | None
    actor_role: Role | None
    action: Action
    subject_kind: str
    subject_id: UUID | None
    reason: str | None


class FiledTherapistView(View):
    """Whose file it is. Birth date and other names are never shown, only whether there are any."""

    id: UUID
    display_name: str
    legal_name: str
    npi: str | None
    birth_date_given: bool
    other_legal_names_given: int


class VerificationFileView(View):
    """The whole file. trail: the newest first, at most 1,000 entries."""

    therapist: FiledTherapistView
    licenses: Sequence[FiledLicenseView]
    permissions: Sequence[PermissionView]
    trail: Sequence[TrailView]

    @classmethod
    def of(cls, found: VerificationFile, *, now: datetime) -> Self:
        """Present a file."""
        return cls(
            therapist=FiledTherapistView(
                id=found.therapist_id,
                display_name=found.display_name,
                legal_name=found.legal_name,
                npi=found.npi,
                birth_date_given=found.birth_date_given,
                other_legal_names_given=found.other_legal_names_given,
            ),
            licenses=[FiledLicenseView.of(each, now=now) for each in found.licenses],
            permissions=[PermissionView.of(each) for each in found.permissions],
            trail=[TrailView.model_validate(each) for each in found.trail],
        )
