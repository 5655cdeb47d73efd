import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.concepts.closeness import APART, SAME, ancestors, fit, is_under
from domain.concepts.vocabulary import Kind, load

CONCERNS = st.sampled_from([concept.id for concept in load().of_kind(Kind.CONCERN)])


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("trauma.cptsd", "trauma.cptsd", 1.0),
        ("trauma", "trauma.cptsd", 0.8),
        ("trauma", "trauma.neglect", 0.64),
        ("trauma.cptsd", "trauma", 0.6),
        ("trauma.cptsd", "attach.fearful", 0.4),
        ("trauma.medical", "trauma.racial", 0.3),
        ("trauma", "eat", 0.0),
    ],
)
def test_fit_falls_from_the_same_over_narrower_broader_related_and_beside_to_apart(
    wanted: str, offered: str, expected: float
) -> None:
    assert fit(load(), wanted=wanted, offered=offered) == pytest.approx(expected)


@given(wanted=CONCERNS, offered=CONCERNS)
def test_fit_lies_between_apart_and_same_and_is_whole_only_for_the_same(wanted: str, offered: str) -> None:
    weight = fit(load(), wanted=wanted, offered=offered)

    assert APART <= weight <= SAME
    assert (weight == SAME) is (wanted == offered)


def test_ancestors_are_listed_nearest_first() -> None:
    assert ancestors(load(), "trauma.neglect") == ("trauma.childhood", "trauma")
    assert ancestors(load(), "unknown") == ()


def test_no_concept_is_under_itself() -> None:
    assert is_under(load(), "rel.infidelity", broader_id="rel")
    assert not is_under(load(), "rel", broader_id="rel")
