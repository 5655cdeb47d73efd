"""Licenses on the wire: what therapists state, what checks say, what admins decide."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.wire import Body, Day, Instant, View, short
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.claims import Decision, LicenseClaim, Source
from domain.licensing.decisions import Awaiting, DecisionOutcome
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.service import CheckedLicense, QueuedLicense

REASON_LENGTH_MAX = 2000
TITLES = ", ".join(LicenseType)
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://[^\s/]\S*$", max_length=2000)]


class CreateLicense(Body):
    """A license as its therapist states it. issued_on, expires_on: days of the jurisdiction's calendar, both included.

    Titles and jurisdictions are the domain's to judge (`domain/licensing/licenses.py`), since it says why.
    """

    license_type: Annotated[str, short(40), Field(description=f"A title for independent practice: {TITLES}.")]
    number: Annotated[str, short(60)]
    jurisdiction: Annotated[str, short(10)]
    issued_on: Day
    expires_on: Day

    def claim(self) -> LicenseClaim:
        """Give the domain's value."""
        return LicenseClaim(
            license_type=self.license_type,
            number=self.number,
            jurisdiction=self.jurisdiction,
            issued_on=self.issued_on,
            expires_on=self.expires_on,
        )


class SourceWire(Body):
    """Where the admin looked, usually the board's own register, and on which day."""

    name: Annotated[str, short(200)]
    url: WebAddress
    checked_on: Day


class CreateDecision(Body):
    """What an admin decides. override_reason: why a license is verified although a check failed."""

    outcome: DecisionOutcome
    reason: Annotated[str, short(REASON_LENGTH_MAX)]
    source: SourceWire
    override_reason: Annotated[str, short(REASON_LENGTH_MAX)] | None = None

    def decision(self) -> Decision:
        """Give the domain's value."""
        return Decision(
            outcome=self.outcome,
            reason=self.reason,
            source=Source(name=self.source.name, url=self.source.url, checked_on=self.source.checked_on),
            override_reason=self.override_reason,
        )


class CheckView(View):
    """What one check said, and when."""

    name: CheckName
    outcome: CheckOutcome
    detail: str
    source: str
    checked_at: Instant


class LicenseView(View):
    """A license with the latest result of each check. awaiting: what its last decision still needs to take effect."""

    id: UUID
    status: LicenseStatus
    license_type: LicenseType
    number: str
    jurisdiction: str
    issued_on: date
    expires_on: date
    checks: Sequence[CheckView]
    awaiting: Awaiting | None


class LicensedTherapistView(View):
    """Whose license it is, for the admin who compares it with the board's register."""

    id: UUID
    display_name: str
    legal_name: str


class QueuedLicenseView(LicenseView):
    """A license in the admins' queue."""

    submitted_at: Instant
    therapist: LicensedTherapistView


def license_view(found: CheckedLicense) -> LicenseView:
    """Present a license to its therapist, or to an admin who decided it."""
    row = found.row
    return LicenseView(
        id=row.id,
        status=row.status,
        license_type=row.license_type,
        number=row.number,
        jurisdiction=row.jurisdiction,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        checks=[CheckView.model_validate(check) for check in found.checks],
        awaiting=found.awaiting,
    )


def queued_view(queued: QueuedLicense) -> QueuedLicenseView:
    """Present a license to an admin."""
    shown = license_view(queued.license)
    return QueuedLicenseView(
        id=shown.id,
        status=shown.status,
        license_type=shown.license_type,
        number=shown.number,
        jurisdiction=shown.jurisdiction,
        issued_on=shown.issued_on,
        expires_on=shown.expires_on,
        checks=shown.checks,
        awaiting=shown.awaiting,
        submitted_at=queued.license.row.submitted_at,
        therapist=LicensedTherapistView(
            id=queued.therapist_id, display_name=queued.display_name, legal_name=queued.legal_name
        ),
    )
