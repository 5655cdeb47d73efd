"""Decide licenses: by an admin, or by two where it takes two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.ids import LicenseId, uuid7
from domain.licensing import (
    check_service,
    claim_service,
    claims,
    decisions,
    freshness,
    information_queries,
    permission_service,
    queries,
)
from domain.licensing.board_check import BoardLook
from domain.licensing.checks import CheckName, CheckResult, CheckTrigger
from domain.licensing.claims import Decision
from domain.licensing.decisions import Case, DecisionOutcome, Meant, Pending, Ruling
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import LicenseStatus
from domain.licensing.service import LicenseNotFound
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseCheck, LicenseDecision, LicenseRow
from domain.therapists import queries as therapist_queries
from domain.vault.cipher import Vault

CHECKS_AGE_MAX: Final = freshness.STALE_AFTER
GIVES: Final = frozenset({DecisionOutcome.VERIFIED, DecisionOutcome.REINSTATED})


async def version_to_decide(session: AsyncSession, *, license_id: LicenseId, by: Actor) -> int:
    """Give the version of a license, which nobody else decides before the transaction ends.

    Raises LicenseNotFound, WrongRole.
    """
    policy.require(by, Action.LICENSE_DECIDE)
    return (await _locked(session, license_id=license_id)).version


async def decide(
    session: AsyncSession,
    *,
    license_id: LicenseId,
    decision: Decision,
    must_answer: frozenset[CheckName],
    by: Actor,
    vault: Vault,
    now: datetime,
) -> CheckedLicense:
    """Decide a license, or be the first of the two admins it takes.

    The decision is written down whether or not it takes effect, and ends the admin's claim. must_answer: checks without
    whose answer a verification needs a reason. Raises LicenseClaimed, LicenseNotFound, SourceUnfit,
    TransitionNotAllowed, WrongRole.
    """
    policy.require(by, Action.LICENSE_DECIDE)
    claims.check_source(decision.source, today=now.date())
    row = await _locked(session, license_id=license_id)
    if decision.outcome is not DecisionOutcome.SUSPENDED:  # what is dangerous waits for nobody
        claim_service.require_free(row, by=by, now=now)
    checks = await _checks_to_rely_on(session, row=row, decision=decision, vault=vault, now=now)
    pending = await _pending(session, row)
    board = await _board(session, row=row, vault=vault, now=now)
    meant = Meant(
        outcome=decision.outcome,
        standing=decision.standing or (Standing.VALID if board is None else board.standing),
        encumbered=decision.encumbered or (decision.standing is None and board is not None and board.encumbered),
        override_reason=decision.override_reason,
        by=by.account_id,
    )
    ruling = decisions.decide(
        await _case(session, row=row, board=board, checks=checks, must_answer=must_answer), meant, pending=pending
    )
    written = _decision_row(row, decision=decision, ruling=ruling, meant=meant, now=now)
    session.add(written)
    await session.flush()
    if ruling.pending is None:
        question = await information_queries.open_question(session, license_id=row.id)
        if question is not None:
            question.ended_at = now
        _stand(row, decision=decision, meant=meant, ruling=ruling, now=now)
        # whoever looked last at the board knows its last day: the roster, or the admin who found what was stated
        seen_later = board is not None and board.as_of >= decision.source.checked_on
        row.board_expires_on = board.expires_on if board is not None and seen_later else None
    elif ruling.pending != pending:
        row.pending_decision_id = written.id
    row.claimed_by = row.claimed_until = None
    row.version += 1
    await permission_service.rewrite(session, therapist_id=row.therapist_id)
    audit.record(
        session,
        by=by,
        action=Action.LICENSE_DECIDE,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason=_audited_reason(decision, ruling, written=written),
    )
    return CheckedLicense(row=row, checks=checks, awaiting=ruling.awaiting)


async def _locked(session: AsyncSession, *, license_id: LicenseId) -> LicenseRow:
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    return row


async def _checks_to_rely_on(
    session: AsyncSession, *, row: LicenseRow, decision: Decision, vault: Vault, now: datetime
) -> Sequence[LicenseCheck]:
    """Give the latest checks; what is to rest on old ones is checked anew first."""
    checks = (await queries.latest_checks(session, license_ids=[row.id]))[row.id]
    oldest = min((check.checked_at for check in checks), default=now)
    if decision.outcome not in GIVES or now - oldest < CHECKS_AGE_MAX:
        return checks
    therapist = await therapist_queries.locked(session, therapist_id=row.therapist_id)
    if therapist is None:
        raise LicenseNotFound
    await check_service.run(session, row=row, therapist=therapist, trigger=CheckTrigger.DECISION, vault=vault, now=now)
    return (await queries.latest_checks(session, license_ids=[row.id]))[row.id]


async def _board(session: AsyncSession, *, row: LicenseRow, vault: Vault, now: datetime) -> BoardLook | None:
    """Look at the license in its board's roster, where there is one and it has this therapist's."""
    therapist = await therapist_queries.by_id(session, therapist_id=row.therapist_id)
    if therapist is None:
        return None
    found = await check_service.board_look(session, row=row, therapist=therapist, vault=vault, now=now)
    return found if found is not None and found.is_its_holder else None


async def _case(
    session: AsyncSession,
    *,
    row: LicenseRow,
    board: BoardLook | None,
    checks: Sequence[LicenseCheck],
    must_answer: frozenset[CheckName],
) -> Case:
    return Case(
        status=row.status,
        was_verified=row.was_verified,
        encumbered=row.encumbered or (board is not None and board.encumbered),
        has_suspended_twin=await queries.has_title_suspended(session, row=row),
        checks=tuple(_result(check) for check in checks),
        must_answer=must_answer,
    )


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
        standing=first.standing,
        encumbered=first.encumbered,
    )


def _decision_row(
    row: LicenseRow, *, decision: Decision, ruling: Ruling, meant: Meant, now: datetime
) -> LicenseDecision:
    return LicenseDecision(
        id=uuid7(),
        license_id=row.id,
        admin_id=meant.by,
        outcome=decision.outcome,
        reason=decision.reason,
        source_name=decision.source.name,
        source_url=decision.source.url,
        source_checked_on=decision.source.checked_on,
        override_reason=decision.override_reason,
        overrides=sorted(ruling.overrides),
        standing=meant.standing,
        encumbered=decisions.is_encumbered(meant),
        status_before=row.status,
        status_after=ruling.status,
        seconds_admin_id=ruling.seconds,
        took_effect=ruling.pending is None,
        decided_at=now,
    )


def _stand(row: LicenseRow, *, decision: Decision, meant: Meant, ruling: Ruling, now: datetime) -> None:
    """Let a row stand as a decision that took effect says."""
    row.pending_decision_id = None
    row.decided_at = now
    row.status = ruling.status
    row.was_verified = row.status is LicenseStatus.VERIFIED
    if row.status is not LicenseStatus.VERIFIED:
        if decision.standing is not None:
            row.standing = decision.standing
        return
    row.standing = meant.standing
    row.encumbered = decisions.is_encumbered(meant)
    row.board_checked_on = freshness.later(row.board_checked_on, decision.source.checked_on)
    row.screened_on = freshness.later(row.screened_on, decision.source.checked_on)


def _audited_reason(decision: Decision, ruling: Ruling, *, written: LicenseDecision) -> str:
    effect = "" if ruling.pending is None else ", awaiting a second admin"
    override = f"; overrides {', '.join(sorted(ruling.overrides))}: {decision.override_reason}"
    moved = f"{written.status_before} -> {ruling.status}, {written.standing}"
    told = f"{decision.outcome}{effect} ({moved}): {decision.reason}"
    return f"{told}{override if ruling.overrides else ''}"


def _result(check: LicenseCheck) -> CheckResult:
    return CheckResult(name=check.name, outcome=check.outcome, detail=check.detail, source=check.source)
