"""Body and view of a therapist's own profile. What contradicts itself is the domain's to name."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from api.wire import Body, Day, Language, View, one_line, prose, short
from domain.availability.schedule import SessionFormat
from domain.directory.listing import ListingStatus
from domain.ids import TherapistId
from domain.therapists.profile import ConcernFocus, Focus, Gender, Profile
from domain.therapists.service import OwnProfile

Name = Annotated[str, short(200), AfterValidator(one_line)]
ConceptId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Concepts = Annotated[Sequence[ConceptId], Field(max_length=30)]
CaseloadLimit = Annotated[int, Field(strict=True, ge=0, le=500)]
YesNo = Annotated[bool, Field(strict=True)]


class ConcernWire(Body):
    """A concern a therapist works with, and how much of the work it is."""

    concept_id: ConceptId
    focus: Focus


class PutTherapist(Body):
    """A whole profile. visible: whether clients may find it; session_formats: how sessions can be held.

    birth_date and other_legal_names serve to look a person up in exclusion lists and are shown to no client.
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
        )
