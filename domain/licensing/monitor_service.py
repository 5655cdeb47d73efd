"""Look again at what is relied on: run the checks, keep what is good fresh, and take away what can't stand.

A therapist is looked at whole and in a transaction of their own: the rows that bookings rest on are kept only for the
moment it takes, and whatever breaks at one therapist leaves the others alone. Everything follows from rows, so a look
that broke off is simply repeated, and twice is once. Who calls this ends the sessions it makes unlawful, in the same
transaction (`booking/lapse_service.py`). Rules: `monitoring.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action
from domain.accounts import queries as accounts
from domain.audit import service as audit
from domain.ids import AccountId, TherapistId, uuid7
from domain.licensing import check_service, freshness, monitor_queries, monitoring, permission_service
from domain.licensing.board_check import BoardLook
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult, CheckTrigger
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.licenses import LicenseStatus
from domain.licensing.monitoring import Effect
from domain.licensing.standing import Standing
from domain.licensing.tables import LicenseCheck, LicenseDecision, LicenseRow
from domain.notices import service as notices
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.therapists import queries as therapists
from domain.vault.cipher import Vault

log = structlog.get_logger()
_NOT_GOOD = frozenset({CheckOutcome.FAIL, CheckOutcome.REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of looking at a therapist's credentials. to_review: how many have something an admin should look at."""

    looked_at: int
    suspended: int
    to_review: int


async def look(session: AsyncSession, *, therapist_id: TherapistId, vault: Vault, now: datetime) -> Looked:
    """Look at everything that is relied on of a therapist, and let what can't stand be taken away at once."""
    therapist = await therapists.locked(session, therapist_id=therapist_id)
    if therapist is None:
        return Looked(looked_at=0, suspended=0, to_review=0)
    if await permission_service.rewrite(session, therapist_id=therapist_id):
        log.error("permissions_drifted", therapist_id=str(therapist_id))  # nothing but zone rules should do that
    rows = await monitor_queries.relied_on(session, therapist_id=therapist_id)
    newest = await monitor_queries.newest_import(session)
    suspended = to_review = changed = 0
    for row in rows:
        before = row.status
        is_due_to_import = row.monitored_at is not None and newest is not None and row.monitored_at < newest
        checks = await check_service.run(
            session,
            row=row,
            therapist=therapist,
            trigger=CheckTrigger.IMPORT if is_due_to_import else CheckTrigger.MONITOR,
            vault=vault,
            now=now,
        )
        row.monitored_at = now if newest is None else max(now, newest)  # clocks of machines differ
        board = await check_service.board_look(session, row=row, therapist=therapist, vault=vault, now=now)
        if _apply(session, row, checks=checks, board=board, now=now):
            suspended += 1
        elif any(check.outcome in _NOT_GOOD for check in checks):
            to_review += 1
        changed += row.status is not before
    if changed:
        await _tell(session, rows[0], vault=vault, now=now)
    await permission_service.rewrite(session, therapist_id=therapist_id)
    return Looked(looked_at=len(rows), suspended=suspended, to_review=to_review)


def _apply(
    session: AsyncSession,
    row: LicenseRow,
    *,
    checks: Sequence[LicenseCheck],
    board: BoardLook | None,
    now: datetime,
) -> bool:
    """Let a look have its effect on a credential; say whether it was suspended."""
    results = [_result(check) for check in checks]
    today = now.astimezone(UTC).date()
    listed = monitoring.excluded(results)
    if listed is not None:
        _suspend(session, row, reason=monitoring.EXCLUDED_REASON, seen=listed, now=now)
        return True
    cleared_on = monitoring.screened_on(results, today=today)
    if cleared_on is not None:
        row.screened_on = freshness.later(row.screened_on, cleared_on)
    return _apply_board(session, row, board=board, results=results, now=now)


def _apply_board(
    session: AsyncSession, row: LicenseRow, *, board: BoardLook | None, results: Sequence[CheckResult], now: datetime
) -> bool:
    """Let what the board's roster says have its effect; say whether the credential was suspended."""
    effect = monitoring.effect(board, board_checked_on=row.board_checked_on)
    if board is None or effect is Effect.NOTHING:
        return False
    row.standing = board.standing
    row.board_expires_on = board.expires_on
    if effect is Effect.SUSPENDS:
        reason = monitoring.OUT_OF_FORCE_REASON.format(standing=board.standing)
        _suspend(session, row, reason=reason, seen=_of(CheckName.BOARD_STATUS, results), now=now)
        return True
    if effect is Effect.RETURNS:
        row.encumbered = True
        if row.status is LicenseStatus.VERIFIED:
            _return(session, row, now=now)
        return False
    row.board_checked_on = freshness.later(row.board_checked_on, board.as_of)
    return False


def _return(session: AsyncSession, row: LicenseRow, *, now: datetime) -> None:
    """Let an admin look again at what was verified: its sessions stay, and nothing new is booked on it."""
    row.status = LicenseStatus.SUBMITTED
    row.pending_decision_id = None
    row.submitted_at = now  # the clock of this decision starts now
    row.version += 1
    audit.record(
        session,
        by=None,
        action=Action.LICENSE_DECIDE,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason=monitoring.ENCUMBERED_REASON,
    )


def _of(name: CheckName, results: Sequence[CheckResult]) -> CheckResult:
    return next(each for each in results if each.name is name)


def _suspend(
    session: AsyncSession,
    row: LicenseRow,
    *,
    reason: str,
    seen: CheckResult,
    now: datetime,
) -> None:
    """Take a credential away. seen: the look at a register that is the reason."""
    session.add(
        LicenseDecision(
            id=uuid7(),
            license_id=row.id,
            admin_id=None,
            outcome=DecisionOutcome.SUSPENDED,
            reason=reason,
            source_name=seen.source,
            source_url=seen.source_url or "",
            source_checked_on=(seen.as_of or now).astimezone(UTC).date(),
            override_reason=None,
            overrides=[],
            standing=row.standing or Standing.VALID,
            encumbered=row.encumbered,
            status_before=row.status,
            status_after=LicenseStatus.SUSPENDED,
            seconds_admin_id=None,
            took_effect=True,
            decided_at=now,
        )
    )
    row.status = LicenseStatus.SUSPENDED
    row.was_verified = False
    row.pending_decision_id = None
    row.decided_at = now
    row.version += 1
    audit.record(
        session,
        by=None,
        action=Action.LICENSE_DECIDE,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason=f"{DecisionOutcome.SUSPENDED}: {reason}",
    )


async def _tell(session: AsyncSession, row: LicenseRow, *, vault: Vault, now: datetime) -> None:
    """Write to the therapist that something about their licenses waits behind sign-in; at most once for a change."""
    account = await accounts.by_id(session, account_id=AccountId(row.therapist_id))
    if account is not None:
        await notices.post(
            session,
            kind=NoticeKind.LICENSES_CHANGED,
            to=account.email,
            message=wording.licenses_changed(),
            vault=vault,
            now=now,
        )


def _result(check: LicenseCheck) -> CheckResult:
    return CheckResult(
        name=check.name,
        outcome=check.outcome,
        detail=check.detail,
        source=check.source,
        source_url=check.source_url,
        method=check.method,
        as_of=check.as_of,
    )
