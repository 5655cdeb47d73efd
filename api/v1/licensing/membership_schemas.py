"""Memberships of compacts on the wire."""

from datetime import date
from typing import Self
from uuid import UUID

from api.v1.licensing.schemas import SourceWire
from api.wire import Body, Day, Instant, View
from domain.licensing.claims import Source
from domain.licensing.compacts import Compact
from domain.licensing.membership_service import MembershipClaim
from domain.licensing.tables import CompactMembership


class PutMembership(Body):
    """A state's part in a compact, as an admin read it.

    operational_on: the first day it issues, null while it does not. ended_on: its last day, included.
    """

    enacted_on: Day | None = None
    operational_on: Day | None = None
    ended_on: Day | None = None
    source: SourceWire

    def claim(self, *, compact: Compact, jurisdiction: str) -> MembershipClaim:
        """Give the domain's value."""
        return MembershipClaim(
            compact=compact,
            jurisdiction=jurisdiction,
            enacted_on=self.enacted_on,
            operational_on=self.operational_on,
            ended_on=self.ended_on,
            source=Source(name=self.source.name, url=self.source.url, checked_on=self.source.checked_on),
        )


class MembershipSourceView(View):
    """Where it was read, and on which day."""

    name: str
    url: str
    checked_on: date


class MembershipView(View):
    """What is known of a state's part in a compact."""

    id: UUID
    compact: Compact
    jurisdiction: str
    enacted_on: date | None
    operational_on: date | None
    ended_on: date | None
    source: MembershipSourceView
    recorded_at: Instant

    @classmethod
    def of(cls, row: CompactMembership) -> Self:
        """Present a row."""
        return cls(
            id=row.id,
            compact=row.compact,
            jurisdiction=row.jurisdiction,
            enacted_on=row.enacted_on,
            operational_on=row.operational_on,
            ended_on=row.ended_on,
            source=MembershipSourceView(name=row.source_name, url=row.source_url, checked_on=row.checked_on),
            recorded_at=row.recorded_at,
        )
