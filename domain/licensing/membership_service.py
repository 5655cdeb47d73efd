"""Which jurisdictions take part in a compact, and since when: read and replaced by admins, without a release.

A row is never changed: another one takes its place, and the old one stays for whoever asks what was known when. What is
taken away holds for everybody in the same transaction; what is given follows therapist by therapist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import Conflict, Flaw, Invalid
from domain.ids import TherapistId, uuid7
from domain.licensing import claims, licenses, membership_queries, places
from domain.licensing.claims import Source
from domain.licensing.compacts import Compact
from domain.licensing.places import Window
from domain.licensing.tables import CompactMembership


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipClaim:
    """A jurisdiction's part in a compact, as an admin read it. Days are included; None is not known, or not so."""

    compact: Compact
    jurisdiction: str
    enacted_on: date | None
    operational_on: date | None
    ended_on: date | None
    source: Source


class FlawedMembership(Invalid):
    """What is stated can't be so; every flaw is named."""


class MembershipChanged(Conflict):
    """Another admin replaced the row at the same time."""

    slug: ClassVar[str] = "conflict"

    def __init__(self) -> None:
        super().__init__("This membership was replaced just now; read it again.")


async def memberships(session: AsyncSession, *, compact: Compact | None, by: Actor) -> Sequence[CompactMembership]:
    """Give what is known now, by compact and jurisdiction. Raises WrongRole."""
    policy.require(by, Action.MEMBERSHIP_READ)
    return await membership_queries.current(session, compact=compact)


async def replace(
    session: AsyncSession, *, claim: MembershipClaim, by: Actor, now: datetime
) -> tuple[CompactMembership, Sequence[TherapistId]]:
    """Put what an admin read in the place of what was known, and give who holds privileges of the compact, by id.

    Nobody books on what it takes away from then on; their permissions are to be written anew.
    Raises FlawedMembership, MembershipChanged, SourceUnfit, WrongRole.
    """
    policy.require(by, Action.MEMBERSHIP_WRITE)
    claims.check_source(claim.source, today=now.date())
    before = await membership_queries.locked(session, compact=claim.compact, jurisdiction=claim.jurisdiction)
    flaws = [*_flaws(claim), *_older_than(before, claim=claim)]
    if flaws:
        raise FlawedMembership(*flaws)
    if before is not None:
        before.superseded_at = now
        await session.flush()
    row = CompactMembership(
        id=uuid7(),
        compact=claim.compact,
        jurisdiction=claim.jurisdiction,
        enacted_on=claim.enacted_on,
        operational_on=claim.operational_on,
        ended_on=claim.ended_on,
        source_name=claim.source.name,
        source_url=claim.source.url,
        checked_on=claim.source.checked_on,
        recorded_at=now,
        recorded_by=by.account_id,
        superseded_at=None,
    )
    if not await membership_queries.insert(session, row=row):
        raise MembershipChanged
    audit.record(
        session,
        by=by,
        action=Action.MEMBERSHIP_WRITE,
        subject_kind="compact_membership",
        subject_id=row.id,
        now=now,
        reason=f"{claim.compact} {claim.jurisdiction}: {_told(before)} -> {_told(row)}, by {claim.source.name}",
    )
    await membership_queries.narrow(
        session, compact=claim.compact, jurisdiction=claim.jurisdiction, to=_operating(claim)
    )
    return row, await membership_queries.holders(session, compact=claim.compact)


def _flaws(claim: MembershipClaim) -> list[Flaw]:
    flaws = []
    if not places.is_known(claim.jurisdiction):
        flaws.append(Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH."))
    for name, day in (
        ("enacted_on", claim.enacted_on),
        ("operational_on", claim.operational_on),
        ("ended_on", claim.ended_on),
    ):
        if day is not None and not licenses.EARLIEST_DAY <= day <= licenses.LATEST_DAY:
            flaws.append(Flaw(pointer=f"/{name}", detail="The day must lie between 1900 and 2199."))
    if claim.enacted_on and claim.operational_on and claim.operational_on < claim.enacted_on:
        flaws.append(Flaw(pointer="/operational_on", detail="A compact does not operate before it is enacted."))
    if claim.ended_on and (claim.operational_on is None or claim.ended_on < claim.operational_on):
        flaws.append(Flaw(pointer="/ended_on", detail="Only what operates can end, and not before it begins."))
    return flaws


def _older_than(before: CompactMembership | None, *, claim: MembershipClaim) -> list[Flaw]:
    if before is None or claim.source.checked_on >= before.checked_on:
        return []
    detail = f"What is known was read on {before.checked_on}; an older look does not replace it."
    return [Flaw(pointer="/source/checked_on", detail=detail)]


def _operating(claim: MembershipClaim) -> Window | None:
    """Give the time in which the compact operates there, None for none."""
    if claim.operational_on is None:
        return None
    window = places.days(claim.jurisdiction, first=claim.operational_on, last=claim.ended_on or licenses.LATEST_DAY)
    return window if window.starts_at < window.ends_at else None


def _told(row: CompactMembership | None) -> str:
    if row is None:
        return "unknown"
    return f"enacted {row.enacted_on}, operational {row.operational_on}, ended {row.ended_on}"
