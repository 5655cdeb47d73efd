"""A session somebody wants, and what is fixed when its time is taken."""

from dataclasses import dataclass
from datetime import datetime

from domain.availability.schedule import SessionFormat
from domain.booking.offer import Offer
from domain.booking.terms import CancellationTerms
from domain.ids import ClientId, MatchId, TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a client asks for. jurisdiction: where they will be; None for the one of their profile."""

    therapist_id: TherapistId
    session_type: str
    starts_at: datetime
    session_format: SessionFormat
    jurisdiction: str | None
    match_id: MatchId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An offer a client takes: what it promises stays, whatever the schedule says later."""

    client_id: ClientId
    offer: Offer
    session_format: SessionFormat
    jurisdiction: str
    terms: CancellationTerms
    match_id: MatchId | None
