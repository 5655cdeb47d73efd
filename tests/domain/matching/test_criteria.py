import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability.schedule import SessionFormat
from domain.concepts import vocabulary
from domain.matching import criteria
from domain.matching.criteria import Answer, Criteria, Criterion, session_types_for, unmet
from domain.money import Money
from domain.therapists.profile import Gender
from tests.build.availability import session_type
from tests.build.matching import facts

EVERYTHING = Criteria(
    session_formats=(SessionFormat.VIDEO,),
    languages=("en",),
    therapist_genders=(Gender.FEMALE,),
    approaches=("emdr",),
    populations=("adults",),
    insurers=("Aetna",),
    max_fee=Money(amount=20_000, currency="usd"),
)


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="usd")


def test_nothing_asked_is_met_by_everybody() -> None:
    assert unmet(Criteria(), facts()) == ()


def test_a_profile_that_says_yes_to_everything_meets_everything() -> None:
    assert unmet(EVERYTHING, facts(insurers=("aetna",))) == ()


def test_a_requirement_is_not_met_by_a_profile_that_says_nothing_about_it() -> None:
    silent = facts(gender=Gender.UNDISCLOSED, approaches=(), populations=(), languages=(), insurers=())

    assert unmet(EVERYTHING, silent) == (
        Criterion.LANGUAGES,
        Criterion.THERAPIST_GENDERS,
        Criterion.APPROACHES,
        Criterion.POPULATIONS,
        Criterion.INSURERS,
    )


def test_what_a_profile_leaves_unsaid_is_neither_yes_nor_no() -> None:
    said = criteria.answers(Criteria(therapist_genders=(Gender.MALE,)), facts(gender=Gender.UNDISCLOSED))

    assert said == {Criterion.THERAPIST_GENDERS: Answer.UNSAID}


def test_any_one_of_several_meets_a_criterion() -> None:
    assert unmet(Criteria(approaches=("cbt", "emdr")), facts(approaches=("emdr",))) == ()


@pytest.mark.parametrize(("wanted", "spoken"), [("es", "es-MX"), ("es-MX", "es"), ("EN", "en")])
def test_a_language_is_met_by_a_wider_or_narrower_tag_of_it(wanted: str, spoken: str) -> None:
    assert unmet(Criteria(languages=(wanted,)), facts(languages=(spoken,))) == ()


def test_a_tag_that_only_begins_with_the_same_letters_is_another_language() -> None:
    assert unmet(Criteria(languages=("en",)), facts(languages=("enm",))) == (Criterion.LANGUAGES,)


def test_the_fee_compared_is_that_of_the_cheapest_session_in_a_wanted_format() -> None:
    phone = session_type(code="phone", fee=usd(8_000), session_formats=(SessionFormat.PHONE,))
    video = session_type(code="video", fee=usd(15_000))
    therapist = facts(session_types=(phone, video))

    assert unmet(Criteria(max_fee=usd(8_000)), therapist) == ()
    assert unmet(Criteria(max_fee=usd(8_000), session_formats=(SessionFormat.VIDEO,)), therapist) == (
        Criterion.MAX_FEE,
    )
    assert session_types_for(Criteria(session_formats=(SessionFormat.VIDEO,)), therapist) == (video,)


def test_a_fee_in_another_currency_does_not_meet_a_requirement_and_is_no_no() -> None:
    limit = Criteria(max_fee=Money(amount=99_999, currency="eur"))

    assert unmet(limit, facts()) == (Criterion.MAX_FEE,)
    assert criteria.answers(limit, facts()) == {Criterion.MAX_FEE: Answer.UNSAID}


def test_session_types_come_cheapest_first() -> None:
    dear, cheap = session_type(code="long", minutes=80, fee=usd(22_000)), session_type(fee=usd(15_000))

    assert session_types_for(Criteria(), facts(session_types=(dear, cheap))) == (cheap, dear)


def test_what_does_not_exist_is_named_with_its_place() -> None:
    asked = Criteria(approaches=("emdr", "nonsense"), populations=("emdr",), therapist_genders=(Gender.UNDISCLOSED,))

    found = criteria.flaws(asked, at="/requirements", vocabulary=vocabulary.load())

    assert [flaw.pointer for flaw in found] == [
        "/requirements/approaches/1",
        "/requirements/populations/0",
        "/requirements/therapist_genders/0",
    ]


@given(dropped=st.sampled_from(Criterion))
def test_dropping_a_criterion_leaves_all_others(dropped: Criterion) -> None:
    left = EVERYTHING.without(dropped).stated()

    assert left == tuple(criterion for criterion in Criterion if criterion is not dropped)


@given(dropped=st.sampled_from(Criterion), amount=st.integers(0, 40_000), languages=st.sampled_from([(), ("de",)]))
def test_asking_less_never_leaves_more_unmet(dropped: Criterion, amount: int, languages: tuple[str, ...]) -> None:
    therapist = facts(languages=languages, session_types=(session_type(fee=usd(amount)),))

    assert set(unmet(EVERYTHING.without(dropped), therapist)) <= set(unmet(EVERYTHING, therapist))
