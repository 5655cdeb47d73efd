"""Sessions that can be held instead of one that can't, and those that can't: the same in refusals and in answers."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from api.wire import Instant, View
from domain.availability.schedule import SessionFormat
from domain.booking.offer import Offer
from domain.booking.refusals import Held
from domain.booking.series import Reason, WeekRefused


class AlternativeView(View):
    """A session that `POST /v1/holds` would accept now."""

    therapist_id: UUID
    start: Instant
    end: Instant
    session_type: str


class NextStepView(View):
    """Something to do now."""

    action: str
    method: str
    path: str


class HeldView(View):
    """A session that you hold, as a refusal tells of it."""

    id: UUID
    therapist_id: UUID
    session_type: str
    start: Instant
    end: Instant
    session_format: SessionFormat
    jurisdiction: str
    expires_at: Instant

    @classmethod
    def of(cls, hold: Held) -> Self:
        """Present a hold."""
        return cls(
            id=hold.hold_id,
            therapist_id=hold.therapist_id,
            session_type=hold.session_type,
            start=hold.starts_at,
            end=hold.ends_at,
            session_format=hold.session_format,
            jurisdiction=hold.jurisdiction,
            expires_at=hold.expires_at,
        )


def alternative_views(offers: Iterable[Offer]) -> list[AlternativeView]:
    """Present offers as alternatives."""
    return [
        AlternativeView(
            therapist_id=offer.therapist_id, start=offer.starts_at, end=offer.ends_at, session_type=offer.session_type
        )
        for offer in offers
    ]


class ConflictView(View):
    """A session of a series that can't be had. reason: the slug with which it alone would be refused."""

    start: Instant
    reason: Reason


def conflict_views(weeks: Iterable[WeekRefused]) -> list[ConflictView]:
    """Present weeks of a series that can't be had."""
    return [ConflictView(start=week.starts_at, reason=week.reason) for week in weeks]
