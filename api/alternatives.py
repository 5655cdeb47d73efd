"""Sessions that can be held instead of one that can't: the same in refusals and in answers."""

from collections.abc import Iterable
from uuid import UUID

from api.wire import Instant, View
from domain.booking.offer import Offer


class AlternativeView(View):
    """A session that `POST /v1/holds` would accept now."""

    therapist_id: UUID
    start: Instant
    end: Instant
    session_type: str


def alternative_views(offers: Iterable[Offer]) -> list[AlternativeView]:
    """Present offers as alternatives."""
    return [
        AlternativeView(
            therapist_id=offer.therapist_id, start=offer.starts_at, end=offer.ends_at, session_type=offer.session_type
        )
        for offer in offers
    ]
