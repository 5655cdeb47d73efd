from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.concepts import text, vocabulary
from domain.matching.criteria import Criteria
from domain.matching.openings import Opening
from domain.matching.ranking import Eligible, ranked
from domain.matching.wish import sought as joined
from domain.money import Money
from tests.build.availability import session_type
from tests.build.matching import NARRATIVE, NOW, facts, offer, sought

KNOWN = vocabulary.load()


def eligible(
    number: int,
    *,
    primary: tuple[str, ...] = ("trauma.cptsd",),
    wait_hours: int = 24,
    fee: int = 15_000,
    secondary: tuple[str, ...] = (),
    approaches: tuple[str, ...] = ("emdr",),
) -> Eligible:
    kind = session_type(fee=Money(amount=fee, currency="usd"))
    return Eligible(
        facts=facts(number=number, primary_concerns=primary, secondary_concerns=secondary, approaches=approaches),
        opening=Opening(
            session_type=kind, next_offers=(offer(NOW + timedelta(hours=wait_hours), kind=kind, number=number),)
        ),
    )


many = st.lists(
    st.builds(
        eligible,
        st.integers(1, 10_000),
        primary=st.sampled_from([("trauma.cptsd",), ("sleep.insomnia",), ("attach.anxious", "rejection")]),
        wait_hours=st.integers(1, 2000),
        fee=st.integers(0, 40_000),
    ),
    max_size=12,
    unique_by=lambda each: each.facts.therapist_id,
)


@given(therapists=many, budget=st.none() | st.integers(0, 40_000))
def test_a_score_is_the_sum_of_its_contributions_and_orders_the_ranks(
    therapists: list[Eligible], budget: int | None
) -> None:
    preferences = Criteria(max_fee=None if budget is None else Money(amount=budget, currency="usd"))

    order = ranked(therapists, sought=[sought("trauma.cptsd")], preferences=preferences, vocabulary=KNOWN, now=NOW)

    assert [each.rank for each in order] == list(range(1, len(therapists) + 1))
    assert [each.score for each in order] == sorted((each.score for each in order), reverse=True)
    for each in order:
        assert each.score == round(sum(factor.contribution for factor in each.factors), 6)
        assert all(abs(factor.contribution - factor.value * factor.weight) < 1e-9 for factor in each.factors)
        assert all(factor.reason.count(".") == 1 for factor in each.factors)


@given(therapists=many, seed=st.integers(0, 1000))
def test_the_order_does_not_hang_on_the_order_of_what_comes_in(therapists: list[Eligible], seed: int) -> None:
    shuffled = Random(seed).sample(therapists, len(therapists))  # noqa: S311 - a test's shuffle

    orders = [
        ranked(each, sought=[sought("attach.anxious")], preferences=Criteria(), vocabulary=KNOWN, now=NOW)
        for each in (therapists, shuffled)
    ]

    assert orders[0] == orders[1]


def test_equal_scores_go_by_the_sooner_session_then_by_id() -> None:
    # two minutes of waiting are lost in the rounding of a value
    later, sooner, twin = eligible(1, wait_hours=24), eligible(3, wait_hours=24), eligible(2, wait_hours=24)
    kind = later.opening.session_type
    later = Eligible(
        facts=later.facts,
        opening=Opening(session_type=kind, next_offers=(offer(NOW + timedelta(hours=24, minutes=2), number=1),)),
    )

    order = ranked([later, sooner, twin], sought=[], preferences=Criteria(), vocabulary=KNOWN, now=NOW)

    assert len({each.score for each in order}) == 1
    assert [each.therapist for each in order] == [twin, sooner, later]


def test_who_works_with_what_a_narrative_tells_of_outranks_who_works_with_sleep() -> None:
    on_topic = eligible(
        9,
        primary=("trauma.cptsd", "rejection.trauma"),
        secondary=("attach.anxious",),
        approaches=("emdr", "stair"),
        wait_hours=24 * 14,
    )
    off_topic = eligible(1, primary=("sleep.insomnia",), approaches=("cbti",), wait_hours=1)
    concerns = joined((), text.read(NARRATIVE))

    order = ranked([off_topic, on_topic], sought=concerns, preferences=Criteria(), vocabulary=KNOWN, now=NOW)

    assert order[0].therapist == on_topic
    assert order[0].score > order[1].score + 0.1


def test_what_is_asked_for_and_read_is_certain_and_named_once() -> None:
    read = text.read(NARRATIVE)

    found = joined(("trauma.cptsd", "trauma.cptsd"), read)

    assert [each.concept_id for each in found].count("trauma.cptsd") == 1
    assert (found[0].concept_id, found[0].source, found[0].confidence) == ("trauma.cptsd", "stated", 1.0)
    assert {each.source for each in found[1:]} == {"narrative"}
    assert [each.confidence for each in found[1:]] == sorted((each.confidence for each in found[1:]), reverse=True)
