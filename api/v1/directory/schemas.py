"""Therapists as anybody may see them. A field that is not here is not public."""

from collections.abc import Sequence
from typing import Self

from api.wire import MoneyWire, View, money_wire
from domain.availability.schedule import SessionFormat, SessionType
from domain.directory.listing import ListingStatus
from domain.directory.public import PublicTherapist
from domain.ids import TherapistId
from domain.therapists.profile import Focus, Gender


class PublicConcernView(View):
    """A concern a therapist works with, and how much of the work it is."""

    concept_id: str
    focus: Focus


class SessionTypeView(View):
    """What can be booked, and for how much. capacity: seats; above 1 it is a group."""

    code: str
    name: str
    minutes: int
    fee: MoneyWire
    session_formats: Sequence[SessionFormat]
    capacity: int

    @classmethod
    def of(cls, kind: SessionType) -> Self:
        """Present a session type; buffers are the therapist's own affair."""
        return cls(
            code=kind.code,
            name=kind.name,
            minutes=kind.minutes,
            fee=money_wire(kind.fee),
            session_formats=kind.session_formats,
            capacity=kind.capacity,
        )


class TherapistView(View):
    """A therapist. practice_jurisdictions: where the client of a session may be today (ISO 3166-2).

    supervised_by: names of those under whom the therapist practises, where their title asks for it.
    """

    id: TherapistId
    display_name: str
    bio: str
    gender: Gender
    concerns: Sequence[PublicConcernView]
    approaches: Sequence[str]
    populations: Sequence[str]
    languages: Sequence[str]
    session_formats: Sequence[SessionFormat]
    insurers: Sequence[str]
    accepting_clients: bool
    status: ListingStatus
    session_types: Sequence[SessionTypeView]
    practice_jurisdictions: Sequence[str]
    supervised_by: Sequence[str]

    @classmethod
    def of(cls, shown: PublicTherapist) -> Self:
        """Present a therapist to anybody."""
        profile = shown.profile
        return cls(
            id=profile.therapist_id,
            display_name=profile.display_name,
            bio=profile.bio,
            gender=profile.gender,
            concerns=[PublicConcernView(concept_id=each.concept_id, focus=each.focus) for each in profile.concerns],
            approaches=profile.approaches,
            populations=profile.populations,
            languages=profile.languages,
            session_formats=profile.session_formats,
            insurers=profile.insurers,
            accepting_clients=profile.accepting_clients,
            status=profile.status,
            session_types=[SessionTypeView.of(kind) for kind in shown.session_types],
            practice_jurisdictions=shown.practice_jurisdictions,
            supervised_by=shown.supervised_by,
        )
