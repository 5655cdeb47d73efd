"""Licenses: submitted and checked, listed, and decided by admins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import NotFound
from domain.ids import LicenseId, TherapistId, uuid7
from domain.licensing import check_service, claims, decisions, freshness, permission_service, queries
from domain.licensing.checks import CheckName, CheckResult, CheckTrigger
from domain.licensing.claims import Decision
from domain.licensing.decisions import Awaiting, Pending, Ruling
from domain.licensing.licenses import LicenseStatus
from domain.licensing.standing import Standing
from domain.licensing.submission_service import CheckedLicense
from domain.licensing.tables import LicenseCheck, LicenseDecision, LicenseRow
from domain.therapists import queries as therapist_queries
from domain.therapists import service as therapists
from domain.vault.cipher import Vault


class LicenseNotFound(NotFound):
    """There is no such license."""

    def __init__(self) -> None:
        super().__init__("There is no such license.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedLicense:
    """A license in the admins' queue, with whose it is."""

    license: CheckedLicense
    therapist_id: TherapistId
    display_name: str
    legal_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Licenses of the queue, in its order, and whether more come after them."""

    licenses: Sequence[QueuedLicense]
    has_more: bool


async def recheck(session: AsyncSession, *, by: Actor, vault: Vault, now: datetime) -> Sequence[CheckedLicense]:
    """Check the caller's licenses again, and let an admin look again at those that were verified.

    Call it when the caller's identity has changed. What was rejected stays as it is. Raises ProfileMissing, WrongRole.
    """
    policy.require(by, Action.LICENSE_SUBMIT)
    therapist = await therapist_queries.locked(session, therapist_id=by.therapist_id)
    if therapist is None:
        raise therapists.ProfileMissing
    checked = []
    for row in await queries.to_recheck(session, therapist_id=therapist.id):
        before, row.status = row.status, decisions.after_identity_change(row.status)
        row.decided_at = row.decided_at if row.status is before else None
        row.pending_decision_id = None
        row.version += 1
        checks = await check_service.run(
            session, row=row, therapist=therapist, trigger=CheckTrigger.IDENTITY_CHANGE, vault=vault, now=now
        )
        audit.record(
            session,
            by=by,
            action=Action.LICENSE_SUBMIT,
            subject_kind="license",
            subject_id=row.id,
            now=now,
            reason=f"the therapist's identity changed; it was {before}",
        )
        checked.append(CheckedLicense(row=row, checks=checks, awaiting=None))
    await permission_service.rewrite(session, therapist_id=therapist.id)
    return checked


async def own_licenses(session: AsyncSession, *, by: Actor) -> Sequence[CheckedLicense]:
    """List the caller's licenses, the oldest submission first. Raises WrongRole."""
    policy.require(by, Action.LICENSE_READ_OWN)
    rows = await queries.of_therapists(session, therapist_ids=[by.therapist_id])
    return await _with_checks(session, rows)


async def queue(
    session: AsyncSession,
    *,
    status: LicenseStatus,
    after: tuple[datetime, LicenseId] | None,
    limit: int,
    by: Actor,
    vault: Vault,
    now: datetime,
) -> QueuePage:
    """List licenses of a status for review, the oldest first, with whose they are. after: a submission's place.

    That an admin saw legal names is audited. Raises WrongRole.
    """
    policy.require(by, Action.LICENSE_REVIEW)
    found = await queries.queue(session, status=status, after=after, limit=limit + 1)
    shown = found[:limit]
    checked = await _with_checks(session, [row for row, _ in shown])
    for each in checked:
        audit.record(
            session, by=by, action=Action.LICENSE_REVIEW, subject_kind="license", subject_id=each.row.id, now=now
        )
    queued = [
        QueuedLicense(
            license=each,
            therapist_id=therapist.id,
            display_name=therapist.display_name,
            legal_name=therapists.legal_name(therapist, vault=vault),
        )
        for each, (_, therapist) in zip(checked, shown, strict=True)
    ]
    return QueuePage(licenses=queued, has_more=len(found) > limit)


async def version_to_decide(session: AsyncSession, *, license_id: LicenseId, by: Actor) -> int:
    """Give the version of a license, which nobody else decides before the transaction ends.

    Raises LicenseNotFound, WrongRole.
    """
    policy.require(by, Action.LICENSE_DECIDE)
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    return row.version


async def decide(
    session: AsyncSession, *, license_id: LicenseId, decision: Decision, by: Actor, now: datetime
) -> CheckedLicense:
    """Decide a license, or be the first of the two admins it takes.

    The decision is written down whether or not it takes effect. Raises LicenseNotFound, SourceUnfit,
    TransitionNotAllowed, WrongRole.
    """
    policy.require(by, Action.LICENSE_DECIDE)
    claims.check_source(decision.source, today=now.date())
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    checks = (await queries.latest_checks(session, license_ids=[row.id]))[row.id]
    pending = await _pending(session, row)
    ruling = decisions.decide(
        status=row.status,
        outcome=decision.outcome,
        checks=[_result(check) for check in checks],
        override_reason=decision.override_reason,
        by=by.account_id,
        pending=pending,
    )
    written = _decision_row(row, decision=decision, ruling=ruling, by=by, now=now)
    session.add(written)
    await session.flush()
    if ruling.pending is None:
        row.pending_decision_id = None
        row.decided_at = now
    elif ruling.pending != pending:
        row.pending_decision_id = written.id
    row.status = ruling.status
    row.version += 1
    if ruling.pending is None:
        _stand(row, decision=decision)
    await permission_service.rewrite(session, therapist_id=row.therapist_id)
    audit.record(
        session,
        by=by,
        action=Action.LICENSE_DECIDE,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason=_audited_reason(decision, ruling),
    )
    return CheckedLicense(row=row, checks=checks, awaiting=ruling.awaiting)


async def _with_checks(session: AsyncSession, rows: Sequence[LicenseRow]) -> list[CheckedLicense]:
    checks = await queries.latest_checks(session, license_ids=[row.id for row in rows])
    return [
        CheckedLicense(
            row=row,
            checks=checks[row.id],
            awaiting=None if row.pending_decision_id is None else Awaiting.SECOND_ADMIN,
        )
        for row in rows
    ]


async def _pending(session: AsyncSession, row: LicenseRow) -> Pending | None:
    if row.pending_decision_id is None:
        return None
    first = await queries.decision(session, decision_id=row.pending_decision_id)
    if first.admin_id is None:
        raise ValueError("what the service decides takes effect at once")
    return Pending(
        outcome=first.outcome,
        by=first.admin_id,
        failed_checks=frozenset(CheckName(name) for name in first.overrides),
    )


def _decision_row(row: LicenseRow, *, decision: Decision, ruling: Ruling, by: Actor, now: datetime) -> LicenseDecision:
    return LicenseDecision(
        id=uuid7(),
        license_id=row.id,
        admin_id=by.account_id,
        outcome=decision.outcome,
        reason=decision.reason,
        source_name=decision.source.name,
        source_url=decision.source.url,
        source_checked_on=decision.source.checked_on,
        override_reason=decision.override_reason,
        overrides=sorted(ruling.overrides),
        standing=Standing.VALID,
        encumbered=False,
        status_before=row.status,
        status_after=ruling.status,
        seconds_admin_id=ruling.seconds,
        took_effect=ruling.pending is None,
        decided_at=now,
    )


def _stand(row: LicenseRow, *, decision: Decision) -> None:
    """Let a row stand as a decision that took effect says."""
    row.was_verified = row.status is LicenseStatus.VERIFIED
    if row.status is LicenseStatus.VERIFIED:
        row.standing = Standing.VALID
        row.board_checked_on = freshness.later(row.board_checked_on, decision.source.checked_on)
        row.screened_on = freshness.later(row.screened_on, decision.source.checked_on)


def _audited_reason(decision: Decision, ruling: Ruling) -> str:
    effect = "" if ruling.pending is None else ", awaiting a second admin"
    override = f"; overrides {', '.join(sorted(ruling.overrides))}: {decision.override_reason}"
    return f"{decision.outcome}{effect}: {decision.reason}{override if ruling.overrides else ''}"


def _result(check: LicenseCheck) -> CheckResult:
    return CheckResult(name=check.name, outcome=check.outcome, detail=check.detail, source=check.source)
