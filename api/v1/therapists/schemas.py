"""Body and view of a therapist's own profile. What contradicts itself is the domain's to name."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from api.wire import Body, Day, Language, ServedJurisdiction, View, one_line, prose, short
from domain.availability.schedule import SessionFormat
from domain.directory.listing import ListingStatus
from domain.ids import TherapistId
from domain.therapists.profile import ConcernFocus, Focus, Gender, Profile
from domain.therapists.service import OwnProfile
from domain.therapists.session_access import SessionAccess

Name = Annotated[str, short(200), AfterValidator(one_line)]
ConceptId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Concepts = Annotated[Sequence[ConceptId], Field(max_length=30)]
CaseloadLimit = Annotated[int, Field(strict=True, ge=0, le=500)]
YesNo = Annotated[bool, Field(strict=True)]
VideoAddress = Annotated[
    str, short(500), StringConstraints(pattern=r"^https://[^\s/@]+(/\S*)?$"), AfterValidator(one_line)
]
Phone = Annotated[
    str, short(40), StringConstraints(pattern=r"^\+?[0-9][0-9 ().-]{5,}[0-9]( ?(ext\.?|x) ?[0-9]{1,6})?$")
]


class ConcernWire(Body):
    """A concern a therapist works with, and how much of the work it is."""

    concept_id: ConceptId
    focus: Focus


class SessionAccessWire(Body):
    """How to get into a session, way by way; null where that way is not said.

    video_url: https. phone: the international form is best, such as +1 614 555 0100. address: one line or several.
    jurisdiction: where the rooms are, ISO 3166-2; a session in person asks for a license there.
    """

    video_url: VideoAddress | None = None
    phone: Phone | None = None
    address: Annotated[str, short(500), AfterValidator(prose)] | None = None
    jurisdiction: ServedJurisdiction | None = None

    def value(self) -> SessionAccess | None:
        """Give the domain's value; where every way is null, nothing is said."""
        told = SessionAccess(
            video_url=self.video_url, phone=self.phone, address=self.address, jurisdiction=self.jurisdiction
        )
        return None if told.is_empty else told

    @classmethod
    def of(cls, access: SessionAccess) -> Self:
        """Present it to the therapist whose sessions they are."""
        return cls(
            video_url=access.video_url,
            phone=access.phone,
            address=access.address,
            jurisdiction=access.jurisdiction,
        )


class PutTherapist(Body):
    """A whole profile. visible: whether clients may find it; session_formats: how sessions can be held.

    birth_date and other_legal_names serve to look a person up in exclusion lists and are shown to no client.
    session_access is kept encrypted and shown in confirmed appointments only, the part of the session's format. Like
    everything else it is written whole: left out, there is none.
    """

    display_name: Name
    legal_name: Name
    npi: Annotated[str, StringConstraints(max_length=20)] | None
    bio: Annotated[str, short(4000, min_length=0), AfterValidator(prose)]
    gender: Gender
    concerns: Annotated[Sequence[ConcernWire], Field(max_length=30)]
    approaches: Concepts
    populations: Concepts
    languages: Annotated[Sequence[Language], Field(min_length=1, max_length=20)]
    session_formats: Annotated[Sequence[SessionFormat], Field(min_length=1, max_length=3)]
    insurers: Annotated[Sequence[Annotated[str, short(100), AfterValidator(one_line)]], Field(max_length=50)]
    accepting_clients: YesNo
    caseload_limit: CaseloadLimit
    visible: YesNo = True
    birth_date: Day | None = None
    other_legal_names: Annotated[Sequence[Name], Field(max_length=20)] = ()
    session_access: SessionAccessWire | None = None

    def profile(self) -> Profile:
        """Give the domain's value."""
        return Profile(
            display_name=self.display_name,
            legal_name=self.legal_name,
            other_legal_names=tuple(self.other_legal_names),
            born_on=self.birth_date,
            npi=self.npi,
            bio=self.bio,
            gender=self.gender,
            concerns=tuple(ConcernFocus(concept_id=each.concept_id, focus=each.focus) for each in self.concerns),
            approaches=tuple(self.approaches),
            populations=tuple(self.populations),
            languages=tuple(self.languages),
            session_formats=tuple(self.session_formats),
            insurers=tuple(self.insurers),
            accepting_clients=self.accepting_clients,
            caseload_limit=self.caseload_limit,
            visible=self.visible,
            session_access=None if self.session_access is None else self.session_access.value(),
        )


class OwnTherapistView(View):
    """A profile as its therapist sees it. status is computed; concerns come with the primary ones first."""

    id: TherapistId
    status: ListingStatus
    display_name: str
    legal_name: str
    other_legal_names: Sequence[str]
    birth_date: date | None
    npi: str | None
    bio: str
    gender: Gender
    concerns: Sequence[ConcernWire]
    approaches: Sequence[str]
    populations: Sequence[str]
    languages: Sequence[str]
    session_formats: Sequence[SessionFormat]
    insurers: Sequence[str]
    accepting_clients: bool
    caseload_limit: int
    visible: bool
    session_access: SessionAccessWire | None

    @classmethod
    def of(cls, own: OwnProfile, *, status: ListingStatus) -> Self:
        """Present a profile to its therapist."""
        profile = own.profile
        return cls(
            id=own.therapist_id,
            status=status,
            display_name=profile.display_name,
            legal_name=profile.legal_name,
            other_legal_names=profile.other_legal_names,
            birth_date=profile.born_on,
            npi=profile.npi,
            bio=profile.bio,
            gender=profile.gender,
            concerns=[ConcernWire(concept_id=each.concept_id, focus=each.focus) for each in profile.concerns],
            approaches=profile.approaches,
            populations=profile.populations,
            languages=profile.languages,
            session_formats=[SessionFormat(each) for each in profile.session_formats],
            insurers=profile.insurers,
            accepting_clients=profile.accepting_clients,
            caseload_limit=profile.caseload_limit,
            visible=profile.visible,
            session_access=None if profile.session_access is None else SessionAccessWire.of(profile.session_access),
        )
