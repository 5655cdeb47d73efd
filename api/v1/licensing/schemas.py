"""Licenses on the wire: what therapists state, what checks say, what admins decide."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.wire import Body, Day, Instant, View, short
from domain.ids import LicenseId
from domain.licensing import missing, queue_service
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.claims import Decision, LicenseClaim, Source
from domain.licensing.compacts import Compact
from domain.licensing.decisions import Awaiting, DecisionOutcome
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.information_service import Answer
from domain.licensing.licenses import LicenseStatus, LicenseType, Supervision
from domain.licensing.places import known
from domain.licensing.privileges import PrivilegeClaim
from domain.licensing.queue_service import QueuedLicense
from domain.licensing.risk import Risk
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseRow

REASON_LENGTH_MAX = 2000
TITLES = ", ".join(LicenseType)
JURISDICTIONS_MAX = len(known())
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://[^\s/]\S*$", max_length=2000)]


class SupervisorWire(Body):
    """Under whom a title is held: a license of the same jurisdiction. expires_on: its last day, included."""

    name: Annotated[str, short(200)]
    license_type: Annotated[str, short(40)]
    number: Annotated[str, short(60)]
    expires_on: Day

    def supervision(self) -> Supervision:
        """Give the domain's value."""
        return Supervision(
            name=self.name, license_type=self.license_type, number=self.number, expires_on=self.expires_on
        )


class CreateLicense(Body):
    """A license as its therapist states it. issued_on, expires_on: days of the jurisdiction's calendar, both included.

    supervisor: for a title that is held under supervision; clients are told the name.
    Titles and jurisdictions are the domain's to judge (`domain/licensing/licenses.py`), since it says why.
    """

    license_type: Annotated[str, short(40), Field(description=f"A clinical title: {TITLES}.")]
    number: Annotated[str, short(60)]
    jurisdiction: Annotated[str, short(10)]
    issued_on: Day
    expires_on: Day
    supervisor: SupervisorWire | None = None

    def claim(self) -> LicenseClaim:
        """Give the domain's value."""
        return LicenseClaim(
            license_type=self.license_type,
            number=self.number,
            jurisdiction=self.jurisdiction,
            issued_on=self.issued_on,
            expires_on=self.expires_on,
            supervision=None if self.supervisor is None else self.supervisor.supervision(),
        )


class CreatePrivilege(Body):
    """A privilege as its therapist states it. jurisdictions: the states it is for, or null for all members.

    home_license_id: the license of yours that it rests on. issued_on, expires_on: both included, in each place.
    """

    compact: Compact
    home_license_id: UUID
    number: Annotated[str, short(60)]
    jurisdictions: Annotated[list[Annotated[str, short(10)]], Field(max_length=JURISDICTIONS_MAX)] | None
    issued_on: Day
    expires_on: Day

    def claim(self) -> PrivilegeClaim:
        """Give the domain's value."""
        return PrivilegeClaim(
            compact=self.compact,
            home_license_id=LicenseId(self.home_license_id),
            number=self.number,
            jurisdictions=None if self.jurisdictions is None else tuple(self.jurisdictions),
            issued_on=self.issued_on,
            expires_on=self.expires_on,
        )


class SourceWire(Body):
    """Where the admin looked, usually the board's own register, and on which day."""

    name: Annotated[str, short(200)]
    url: WebAddress
    checked_on: Day


class CreateDecision(Body):
    """What an admin decides. override_reason: why a license is verified although a check failed.

    standing: what the board's register says, null for what our copy of its roster says, or `valid`; only the first
    three of its words permit practice. encumbered: whether the
    board acts on the license, by conditions, probation or whatever it calls it; then it takes two admins.
    """

    outcome: DecisionOutcome
    reason: Annotated[str, short(REASON_LENGTH_MAX)]
    source: SourceWire
    override_reason: Annotated[str, short(REASON_LENGTH_MAX)] | None = None
    standing: Standing | None = None
    encumbered: bool = False

    def decision(self) -> Decision:
        """Give the domain's value."""
        return Decision(
            outcome=self.outcome,
            reason=self.reason,
            source=Source(name=self.source.name, url=self.source.url, checked_on=self.source.checked_on),
            override_reason=self.override_reason,
            standing=self.standing,
            encumbered=self.encumbered,
        )


class AskForInformation(Body):
    """What the therapist is asked. message: in words that help; it names nobody else."""

    message: Annotated[str, short(REASON_LENGTH_MAX)]


class Corrections(Body):
    """What was stated otherwise before; null leaves it."""

    number: Annotated[str, short(60)] | None = None
    issued_on: Day | None = None
    expires_on: Day | None = None


class AnswerInformationRequest(Body):
    """What the therapist answers."""

    answer: Annotated[str, short(REASON_LENGTH_MAX)]
    corrections: Corrections = Corrections()

    def answered(self) -> Answer:
        """Give the domain's value."""
        return Answer(
            text=self.answer,
            number=self.corrections.number,
            issued_on=self.corrections.issued_on,
            expires_on=self.corrections.expires_on,
        )


class CheckView(View):
    """What one check said, and when. as_of: the instant of what the source says."""

    name: CheckName
    outcome: CheckOutcome
    detail: str
    source: str
    source_url: str | None
    as_of: Instant | None
    checked_at: Instant


class SupervisorView(View):
    """Under whom a title is held."""

    name: str
    license_type: str
    number: str
    expires_on: date


class MissingView(View):
    """Something that helps a license on its way. method, path: the call that does it; null where we do it ourselves."""

    code: str
    detail: str
    method: str | None
    path: str | None


class ClocksView(View):
    """By when something is due. stale: nothing new is booked on it until somebody has looked again."""

    decision_due_at: Instant | None
    decision_overdue: bool
    verification_checked_on: date | None
    verification_valid_until: date | None
    next_look_due_at: Instant | None
    stale: bool


class LicenseView(View):
    """A license with the latest result of each check. awaiting: what its last decision still needs to take effect.

    compact, home_license_id, jurisdictions: for a privilege, which shows the title and state of the license at home;
    jurisdictions null is all members of the compact. standing, encumbered: what the board says, null while nobody has
    looked. missing: what would help it on its way.
    """

    id: UUID
    status: LicenseStatus
    license_type: LicenseType
    number: str
    jurisdiction: str
    issued_on: date
    expires_on: date
    compact: Compact | None
    home_license_id: UUID | None
    jurisdictions: Sequence[str] | None
    supervisor: SupervisorView | None
    standing: Standing | None
    encumbered: bool
    checks: Sequence[CheckView]
    awaiting: Awaiting | None
    missing: Sequence[MissingView]
    clocks: ClocksView


class LicensedTherapistView(View):
    """Whose license it is, for the admin who compares it with the board's register."""

    id: UUID
    display_name: str
    legal_name: str


class ClaimView(View):
    """Who works on it, and until when nobody else can."""

    admin_id: UUID
    until: Instant


class QueuedLicenseView(LicenseView):
    """A license in the admins' queue."""

    submitted_at: Instant
    risk: Risk
    claim: ClaimView | None
    therapist: LicensedTherapistView


def license_view(found: CheckedLicense, *, now: datetime) -> LicenseView:
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
        compact=row.compact,
        home_license_id=row.home_license_id,
        jurisdictions=row.member_jurisdictions,
        supervisor=_supervisor(row),
        standing=row.standing,
        encumbered=row.encumbered,
        checks=[CheckView.model_validate(check) for check in found.checks],
        awaiting=found.awaiting,
        missing=[
            MissingView.model_validate(each)
            for each in missing.of(
                status=row.status,
                outcomes=[(check.name, check.outcome) for check in found.checks],
                question=found.question,
                answers_path=f"/v1/therapists/me/licenses/{row.id}/answers",
            )
        ],
        clocks=ClocksView.model_validate(queue_service.clocks_of(found, now=now)),
    )


def _supervisor(row: LicenseRow) -> SupervisorView | None:
    if (
        row.supervisor_name is None
        or row.supervisor_license_type is None
        or row.supervisor_number is None
        or row.supervisor_expires_on is None
    ):
        return None
    return SupervisorView(
        name=row.supervisor_name,
        license_type=row.supervisor_license_type,
        number=row.supervisor_number,
        expires_on=row.supervisor_expires_on,
    )


def queued_view(queued: QueuedLicense, *, now: datetime) -> QueuedLicenseView:
    """Present a license to an admin."""
    row = queued.license.row
    claimed = row.claimed_by is not None and row.claimed_until is not None and now < row.claimed_until
    return QueuedLicenseView(
        **dict(license_view(queued.license, now=now)),
        submitted_at=row.submitted_at,
        risk=queued.risk,
        claim=ClaimView(admin_id=row.claimed_by, until=row.claimed_until) if claimed else None,
        therapist=LicensedTherapistView(
            id=queued.therapist_id, display_name=queued.display_name, legal_name=queued.legal_name
        ),
    )
