"""A therapist's own licenses: listed, and checked again when it is somebody else who holds them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import NotFound
from domain.licensing import check_service, decisions, file_queries, permission_service, queries
from domain.licensing.checks import CheckTrigger
from domain.licensing.file_queries import CheckedLicense
from domain.therapists import queries as therapist_queries
from domain.therapists import service as therapists
from domain.vault.cipher import Vault


class LicenseNotFound(NotFound):
    """There is no such license."""

    def __init__(self) -> None:
        super().__init__("There is no such license.")


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
    return await file_queries.checked(session, rows)
