"""Therapists' profiles as tests need them, as values and as bodies."""

from datetime import date

from domain.therapists.profile import ConcernFocus, Focus, Gender, Profile
from domain.therapists.session_access import SessionAccess

BODY = {
    "display_name": "Robin Example",
    "legal_name": "Canary Legalname",
    "npi": "1234567893",
    "bio": "Works with the long shadow of early rejection.\nIn plain words.",
    "gender": "non_binary",
    "concerns": [
        {"concept_id": "trauma.cptsd", "focus": "primary"},
        {"concept_id": "rejection.sensitivity", "focus": "secondary"},
    ],
    "approaches": ["emdr"],
    "populations": ["adults"],
    "languages": ["en", "es-MX"],
    "session_formats": ["video", "in_person"],
    "insurers": ["Example Health"],
    "accepting_clients": True,
    "caseload_limit": 30,
}


def profile(
    *,
    legal_name: str = "Canary Legalname",
    other_legal_names: tuple[str, ...] = ("Canary Formername",),
    born_on: date | None = date(1981, 2, 3),
    npi: str | None = "1234567893",
    concerns: tuple[ConcernFocus, ...] = (ConcernFocus(concept_id="trauma.cptsd", focus=Focus.PRIMARY),),
    approaches: tuple[str, ...] = ("emdr",),
    populations: tuple[str, ...] = ("adults",),
    languages: tuple[str, ...] = ("en",),
    session_formats: tuple[str, ...] = ("video",),
    insurers: tuple[str, ...] = (),
    visible: bool = True,
    session_access: SessionAccess | None = None,
) -> Profile:
    return Profile(
        display_name="Robin Example",
        legal_name=legal_name,
        other_legal_names=other_legal_names,
        born_on=born_on,
        npi=npi,
        bio="",
        gender=Gender.UNDISCLOSED,
        concerns=concerns,
        approaches=approaches,
        populations=populations,
        languages=languages,
        session_formats=session_formats,
        insurers=insurers,
        accepting_clients=True,
        caseload_limit=30,
        visible=visible,
        session_access=session_access,
    )
