from datetime import date

import pytest

from domain.concepts import vocabulary
from domain.therapists import profile as profiles
from domain.therapists.profile import ConcernFocus, Focus, Profile, ProfileImpossible
from tests.build.profiles import profile

TODAY = date(2027, 3, 1)


def concern(concept_id: str, focus: Focus = Focus.PRIMARY) -> ConcernFocus:
    return ConcernFocus(concept_id=concept_id, focus=focus)


def pointers(given: Profile) -> list[str]:
    with pytest.raises(ProfileImpossible) as refused:
        profiles.check(given, vocabulary=vocabulary.load(), today=TODAY)
    return [flaw.pointer for flaw in refused.value.flaws]


@pytest.mark.parametrize(
    "given", [profile(), profile(npi=None, born_on=None, other_legal_names=()), profile(born_on=date(2009, 3, 1))]
)
def test_a_profile_that_can_be_is_let_pass(given: Profile) -> None:
    profiles.check(given, vocabulary=vocabulary.load(), today=TODAY)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        (profile(npi="1234567890"), "/npi"),
        (profile(npi=""), "/npi"),
        (profile(born_on=date(2009, 3, 2)), "/birth_date"),
        (profile(born_on=date(1899, 12, 31)), "/birth_date"),
        (profile(born_on=date(2030, 1, 1)), "/birth_date"),
        (profile(concerns=(concern("no.such"),)), "/concerns/0/concept_id"),
        (profile(concerns=(concern("emdr"),)), "/concerns/0/concept_id"),
        (
            profile(concerns=(concern("trauma.cptsd"), concern("trauma.cptsd", Focus.SECONDARY))),
            "/concerns/1/concept_id",
        ),
        (profile(approaches=("emdr", "trauma.cptsd")), "/approaches/1"),
        (profile(approaches=("emdr", "emdr")), "/approaches/1"),
        (profile(populations=("emdr",)), "/populations/0"),
        (profile(languages=("en", "en")), "/languages/1"),
        (profile(session_formats=("video", "video")), "/session_formats/1"),
        (profile(insurers=("Example Health", "Example Health")), "/insurers/1"),
    ],
)
def test_what_can_not_be_is_refused_at_its_place(given: Profile, pointer: str) -> None:
    assert pointers(given) == [pointer]


def test_every_flaw_is_named() -> None:
    given = profile(npi="1", concerns=(concern("no.such"),), approaches=("no.such",))

    assert pointers(given) == ["/npi", "/concerns/0/concept_id", "/approaches/0"]


def test_primary_concerns_come_first_each_focus_in_its_order() -> None:
    told = (
        concern("trauma.cptsd", Focus.SECONDARY),
        concern("b"),
        concern("c", Focus.SECONDARY),
        concern("d"),
    )

    kept = profile(concerns=told).with_primary_first()

    assert [each.concept_id for each in kept.concerns] == ["b", "d", "trauma.cptsd", "c"]


def test_a_profile_does_not_show_who_somebody_is_when_it_is_printed() -> None:
    shown = repr(profile())

    assert "Canary" not in shown
    assert "1234567893" not in shown
    assert "1981" not in shown
