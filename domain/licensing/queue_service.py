"""The admins' queue of licenses: by age or by risk, what waits, and what needs a look although it is verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.ids import LicenseId, TherapistId
from domain.licensing import clocks, file_queries, queue_queries, risk
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.clocks import Clocks
from domain.licensing.file_queries import CheckedLicense
from domain.licensing.queue_queries import Filter
from domain.licensing.risk import Risk
from domain.licensing.tables import LicenseCheck
from domain.therapists import service as therapists
from domain.vault.cipher import Vault

# How risky (the least first, 0 where that is not asked), when it was submitted, and its id.
Place: TypeAlias = tuple[int, datetime, LicenseId]


class Order(StrEnum):
    """In which order licenses are looked at."""

    AGE = "age"
    RISK = "risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedLicense:
    """A license in the admins' queue, with whose it is. place: where it stands in the queue."""

    license: CheckedLicense
    therapist_id: TherapistId
    display_name: str
    legal_name: str
    risk: Risk
    clocks: Clocks
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Licenses of the queue, in its order, and whether more come after them."""

    licenses: Sequence[QueuedLicense]
    has_more: bool


async def queue(
    session: AsyncSession,
    *,
    filter_: Filter,
    order: Order,
    after: Place | None,
    limit: int,
    by: Actor,
    vault: Vault,
    now: datetime,
) -> QueuePage:
    """List licenses for review, the oldest or the riskiest first, with whose they are. after: where the last one stood.

    That an admin saw legal names is audited. Raises WrongRole.
    """
    policy.require(by, Action.LICENSE_REVIEW)
    found = await queue_queries.page(
        session, filter_=filter_, by_risk=order is Order.RISK, after=after, limit=limit + 1, now=now
    )
    shown = found[:limit]
    checked = await file_queries.checked(session, [each.row for each in shown])
    for each in checked:
        audit.record(
            session, by=by, action=Action.LICENSE_REVIEW, subject_kind="license", subject_id=each.row.id, now=now
        )
    queued = [
        QueuedLicense(
            license=each,
            therapist_id=place.therapist.id,
            display_name=place.therapist.display_name,
            legal_name=therapists.legal_name(place.therapist, vault=vault),
            risk=risk_of(each, has_title_suspended=place.has_title_suspended),
            clocks=clocks_of(each, now=now),
            place=(place.rank, each.row.submitted_at, each.row.id),
        )
        for each, place in zip(checked, shown, strict=True)
    ]
    return QueuePage(licenses=queued, has_more=len(found) > limit)


def risk_of(found: CheckedLicense, *, has_title_suspended: bool) -> Risk:
    """Judge a license with its latest checks. has_title_suspended: in the same place, under whatever number."""
    return risk.of(
        outcomes=[check.outcome for check in found.checks if not _says_nothing(check)],
        encumbered=found.row.encumbered,
        has_title_suspended=has_title_suspended,
        license_type=found.row.license_type,
        compact=found.row.compact,
    )


def _says_nothing(check: LicenseCheck) -> bool:
    """Tell whether it is only that no roster of the board is at hand, which is so for most boards."""
    return check.name is CheckName.BOARD_STATUS and check.outcome is CheckOutcome.UNAVAILABLE


def clocks_of(found: CheckedLicense, *, now: datetime) -> Clocks:
    """Reckon the clocks of a license."""
    return clocks.of(
        status=found.row.status,
        submitted_at=found.row.submitted_at,
        board_checked_on=found.row.board_checked_on,
        screened_on=found.row.screened_on,
        now=now,
    )
