"""Rounds of questions about a license: an admin asks, the therapist answers and corrects, and it is checked anew."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.accounts import queries as accounts
from domain.audit import service as audit
from domain.errors import Conflict
from domain.ids import AccountId, LicenseId, uuid7
from domain.licensing import (
    check_service,
    claim_service,
    file_queries,
    information_queries,
    licenses,
    permission_service,
    places,
    queries,
)
from domain.licensing.checks import CheckTrigger
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.licenses import FlawedClaim, LicenseStatus
from domain.licensing.service import LicenseNotFound
from domain.licensing.submission_service import LicenseOnFile
from domain.licensing.tables import InformationRequest, LicenseRow
from domain.notices import service as notices
from domain.notices import wording
from domain.notices.message import NoticeKind
from domain.therapists import queries as therapist_queries
from domain.therapists import service as therapists
from domain.vault.cipher import Vault

HELD_ONCE: Final = "license_held_key"  # the same license, as corrected, is on file already


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a therapist answers, and what they correct; None leaves it as it was stated."""

    text: str = field(repr=False)
    number: str | None
    issued_on: date | None
    expires_on: date | None


class NotToBeAsked(Conflict):
    """Nothing is asked about a license that does not wait for a decision, or whose therapist was asked already."""

    slug: ClassVar[str] = "transition-not-allowed"


class NothingAsked(Conflict):
    """There is no question to answer."""

    slug: ClassVar[str] = "transition-not-allowed"


async def ask(
    session: AsyncSession, *, license_id: LicenseId, message: str, by: Actor, vault: Vault, now: datetime
) -> CheckedLicense:
    """Ask a therapist about a license that waits; the clock of the decision runs on, and the claim stays.

    They get a mail that something waits. Raises LicenseClaimed, LicenseNotFound, NotToBeAsked, WrongRole.
    """
    policy.require(by, Action.LICENSE_ASK)
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    claim_service.require_free(row, by=by, now=now)
    if row.status is not LicenseStatus.SUBMITTED:
        raise NotToBeAsked(f"Questions are asked while a license is submitted; this one is {row.status}.")
    asked = InformationRequest(
        id=uuid7(),
        license_id=row.id,
        admin_id=by.account_id,
        message=message,
        asked_at=now,
        answer=None,
        answered_at=None,
        ended_at=None,
    )
    session.add(asked)
    row.status = LicenseStatus.NEEDS_INFO
    row.version += 1
    await session.flush()
    account = await accounts.by_id(session, account_id=AccountId(row.therapist_id))
    if account is not None:
        await notices.post_once(
            session,
            about=asked.id,
            whom=account.id,
            kind=NoticeKind.LICENSES_CHANGED,
            to=account.email,
            message=wording.licenses_changed(),
            vault=vault,
            now=now,
        )
    audit.record(
        session,
        by=by,
        action=Action.LICENSE_ASK,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason="submitted -> needs_info",
    )
    (found,) = await file_queries.checked(session, [row])
    return found


async def answer(
    session: AsyncSession, *, license_id: LicenseId, answer: Answer, by: Actor, vault: Vault, now: datetime
) -> CheckedLicense:
    """Answer what an admin asked: the license is submitted again, as corrected, and checked anew.

    Raises FlawedClaim, LicenseNotFound, LicenseOnFile, NothingAsked, ProfileMissing, WrongRole.
    """
    policy.require(by, Action.LICENSE_ANSWER)
    therapist = await therapist_queries.locked(session, therapist_id=by.therapist_id)
    if therapist is None:
        raise therapists.ProfileMissing
    if not await queries.is_of(session, license_id=license_id, therapist_id=therapist.id):
        raise LicenseNotFound  # before anybody else's is locked
    row = await queries.locked(session, license_id=license_id)
    if row is None:
        raise LicenseNotFound
    asked = await information_queries.open_question(session, license_id=row.id)
    if asked is None or row.status is not LicenseStatus.NEEDS_INFO:
        raise NothingAsked("Nothing was asked about this license; there is nothing to answer.")
    asked.answer, asked.answered_at = answer.text, now
    _correct(row, answer=answer)
    row.status = LicenseStatus.SUBMITTED
    row.pending_decision_id = None
    row.version += 1
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        if HELD_ONCE not in str(error.orig):
            raise
        raise LicenseOnFile from error
    await check_service.run(
        session, row=row, therapist=therapist, trigger=CheckTrigger.CORRECTION, vault=vault, now=now
    )
    await permission_service.rewrite(session, therapist_id=therapist.id)
    audit.record(
        session,
        by=by,
        action=Action.LICENSE_ANSWER,
        subject_kind="license",
        subject_id=row.id,
        now=now,
        reason="needs_info -> submitted",
    )
    (found,) = await file_queries.checked(session, [row])
    return found


def _correct(row: LicenseRow, *, answer: Answer) -> None:
    """Write the corrections. Raises FlawedClaim."""
    issued_on, expires_on = answer.issued_on or row.issued_on, answer.expires_on or row.expires_on
    flaws = licenses.day_flaws(issued_on, expires_on)
    if flaws:
        raise FlawedClaim(*flaws)
    window = places.days(row.jurisdiction, first=issued_on, last=expires_on)
    never = window.ends_at <= window.starts_at
    row.number = answer.number or row.number
    row.expiry_told_days = None
    row.issued_on, row.expires_on = issued_on, expires_on
    row.valid_during = Range(empty=True) if never else Range(window.starts_at, window.ends_at)
