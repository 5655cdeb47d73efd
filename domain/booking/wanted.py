"""A session somebody wants, and what is fixed when its time is taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.availability.schedule import SessionFormat
from domain.booking.offer import Offer
from domain.booking.states import Origin
from domain.booking.terms import CancellationTerms
from domain.ids import BookingId, ClientId, MatchId, SeriesId, TherapistId, WaitlistEntryId


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
class Provenance:
    """Who takes the time and for what.

    until: when a hold the service gives runs out (aware); a client's own lasts ten minutes by the database's clock.
    """

    origin: Origin = Origin.CLIENT
    series_id: SeriesId | None = None
    waitlist_entry_id: WaitlistEntryId | None = None
    in_place_of: BookingId | None = None
    until: datetime | None = None


OWN: Final = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An offer a client takes: what it promises stays, whatever the schedule says later."""

    client_id: ClientId
    offer: Offer
    session_format: SessionFormat
    jurisdiction: str
    terms: CancellationTerms
    match_id: MatchId | None
    provenance: Provenance = OWN

    def wanted(self) -> Wanted:
        """Give what was wanted, with the place it was promised for."""
        return Wanted(
            therapist_id=self.offer.therapist_id,
            session_type=self.offer.session_type,
            starts_at=self.offer.starts_at,
            session_format=self.session_format,
            jurisdiction=self.jurisdiction,
            match_id=self.match_id,
        )
