import math
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.availability.schedule import SessionFormat
from domain.concepts import vocabulary
from domain.concepts.vocabulary import Kind
from domain.matching import explain, score
from domain.matching.criteria import Criteria
from domain.matching.weights import WEIGHTS, Part
from domain.matching.wish import Sought, Source
from domain.money import Money
from domain.therapists.profile import Gender
from tests.build.matching import NOW, facts, sought

KNOWN = vocabulary.load()
CONCERNS = [concept.id for concept in KNOWN.of_kind(Kind.CONCERN)]
APPROACHES = [concept.id for concept in KNOWN.of_kind(Kind.APPROACH)]
concern_ids = st.sampled_from(CONCERNS)
wanted = st.lists(st.builds(sought, concern_ids, confidence=st.floats(0.2, 1.0)), max_size=6)


def test_the_weights_are_all_there_and_sum_to_one() -> None:
    assert set(WEIGHTS) == set(Part)
    assert sum(weight.hundredths for weight in WEIGHTS.values()) == 100
    assert all(weight.origin for weight in WEIGHTS.values())


@given(seeking=wanted, primary=st.lists(concern_ids, max_size=8, unique=True))
def test_concern_fit_lies_between_0_and_1(seeking: list[Sought], primary: list[str]) -> None:
    found = score.concern_fit(seeking, facts(primary_concerns=primary), vocabulary=KNOWN)

    assert 0 <= found.value <= 1
    assert explain.concern_fit(found, vocabulary=KNOWN).endswith(".")


@given(seeking=wanted, others=st.lists(concern_ids, max_size=4, unique=True), added=concern_ids)
def test_naming_one_more_fitting_concern_never_lowers_the_fit_of_a_short_list(
    seeking: list[Sought], others: list[str], added: str
) -> None:
    assume(added not in others)

    before = score.concern_fit(seeking, facts(primary_concerns=others), vocabulary=KNOWN)
    after = score.concern_fit(seeking, facts(primary_concerns=[*others, added]), vocabulary=KNOWN)

    assert after.value >= before.value - 1e-12


@given(seeking=wanted.filter(bool), concern=concern_ids)
def test_a_primary_concern_never_counts_for_less_than_a_secondary_one(seeking: list[Sought], concern: str) -> None:
    main = score.concern_fit(seeking, facts(primary_concerns=[concern]), vocabulary=KNOWN)
    aside = score.concern_fit(seeking, facts(primary_concerns=(), secondary_concerns=[concern]), vocabulary=KNOWN)

    assert main.value >= aside.value
    assert aside.value == pytest.approx(main.value * 0.6)


def test_who_names_everything_fits_less_than_who_names_just_this() -> None:
    seeking = [sought("trauma.cptsd")]

    just_this = score.concern_fit(seeking, facts(primary_concerns=("trauma.cptsd",)), vocabulary=KNOWN)
    everything = score.concern_fit(seeking, facts(primary_concerns=CONCERNS), vocabulary=KNOWN)

    assert just_this.value == 1
    assert everything.value == pytest.approx(math.sqrt(6 / len(CONCERNS)))


def test_breadth_costs_nothing_up_to_6_and_ever_more_after() -> None:
    terms = [score.breadth(named) for named in range(100)]

    assert terms[:7] == [1.0] * 7
    assert all(later < earlier for earlier, later in pairwise(terms[6:]))


def test_a_doubtful_concern_counts_for_less_than_a_certain_one() -> None:
    seeking = [sought("sleep.insomnia", confidence=0.9), sought("trauma.cptsd", confidence=0.3)]

    sleep = score.concern_fit(seeking, facts(primary_concerns=("sleep.insomnia",)), vocabulary=KNOWN)
    trauma = score.concern_fit(seeking, facts(primary_concerns=("trauma.cptsd",)), vocabulary=KNOWN)

    assert sleep.value > trauma.value


@given(seeking=wanted, approaches=st.lists(st.sampled_from(APPROACHES), max_size=10, unique=True))
def test_approach_evidence_lies_between_0_and_1(seeking: list[Sought], approaches: list[str]) -> None:
    found = score.approach_evidence(seeking, facts(approaches=approaches), vocabulary=KNOWN)

    assert 0 <= found.value <= 1
    assert explain.approach_evidence(found, vocabulary=KNOWN).endswith(".")


def test_stronger_support_counts_for_more() -> None:
    values = [
        score.approach_evidence([sought("trauma.ptsd")], facts(approaches=(approach,)), vocabulary=KNOWN).value
        for approach in ("emdr", "wet", "cipe", "gottman")
    ]

    assert values == [1.0, 0.7, 0.4, 0.0]


def test_support_for_a_broader_concern_counts_and_for_a_neighbour_does_not() -> None:
    attachment = score.approach_evidence([sought("attach.anxious")], facts(approaches=("schema",)), vocabulary=KNOWN)
    neighbour = score.approach_evidence([sought("trauma.cptsd")], facts(approaches=("pe",)), vocabulary=KNOWN)

    assert 0 < attachment.value < 0.4
    assert neighbour.value == 0


def test_what_a_profile_leaves_unsaid_counts_half_to_a_preference() -> None:
    asked = Criteria(session_formats=(SessionFormat.VIDEO,), therapist_genders=(Gender.MALE,), insurers=("Aetna",))

    found = score.preferences_met(asked, facts(gender=Gender.FEMALE, insurers=()))

    assert found.value == pytest.approx((1 + 0 + 0.5) / 3)
    assert explain.preferences(found) == (
        "1 of your 3 preferences is met: the way sessions are held; the profile does not say anything about insurance."
    )


def test_what_nothing_was_asked_of_is_the_same_for_everybody() -> None:
    parts = [
        (
            score.concern_fit([], each, vocabulary=KNOWN).value,
            score.approach_evidence([], each, vocabulary=KNOWN).value,
            score.preferences_met(Criteria(max_fee=Money(amount=1, currency="usd")), each).value,
            score.price(Money(amount=number, currency="usd"), preferred=None).value,
        )
        for number, each in enumerate((facts(), facts(primary_concerns=(), approaches=(), languages=("fr",))))
    ]

    assert parts == [(0.5, 0.5, 0.5, 0.5)] * 2


def test_each_week_of_waiting_costs_5_percent() -> None:
    weeks = [score.wait(NOW + timedelta(weeks=number), now=NOW).value for number in range(5)]

    assert weeks[0] == 1
    assert all(later / earlier == pytest.approx(0.95, abs=0.001) for earlier, later in pairwise(weeks))


@given(fee=st.integers(0, 100_000), limit=st.integers(0, 100_000))
def test_a_price_is_1_within_the_budget_and_falls_above(fee: int, limit: int) -> None:
    found = score.price(Money(amount=fee, currency="usd"), preferred=Money(amount=limit, currency="usd"))

    assert (found.value == 1) is (fee <= limit)
    assert 0 <= found.value <= 1
    assert explain.price(found).endswith("like to pay.")


@pytest.mark.parametrize(
    ("waited", "said"),
    [(timedelta(hours=3), "within a day"), (timedelta(days=1), "1 day away"), (timedelta(days=9), "9 days away")],
)
def test_a_wait_is_said_in_days(waited: timedelta, said: str) -> None:
    assert said in explain.soonest(score.wait(NOW + waited, now=NOW))


@pytest.mark.parametrize(
    ("source", "primary", "secondary", "said"),
    [
        (Source.STATED, ("trauma.cptsd", "sleep"), (), "Their main work includes “Complex PTSD”, which you named."),
        (
            Source.NARRATIVE,
            ("trauma.cptsd",),
            (),
            "Their main work includes “Complex PTSD”, which fits what you wrote.",
        ),
        (
            Source.NARRATIVE,
            (),
            ("trauma",),
            "They also work with “Trauma and stress”, which is close to what you wrote.",
        ),
    ],
)
def test_a_reason_says_what_the_profile_names_and_no_more_of_the_client_than_they_said(
    source: Source, primary: tuple[str, ...], secondary: tuple[str, ...], said: str
) -> None:
    asked = Sought(concept_id="trauma.cptsd", source=source, confidence=0.6)
    who = facts(primary_concerns=primary, secondary_concerns=secondary)

    assert explain.concern_fit(score.concern_fit([asked], who, vocabulary=KNOWN), vocabulary=KNOWN) == said
