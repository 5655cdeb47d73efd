from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking.caseload import NO_CLIENTS, Caseload
from domain.licensing.places import Window
from domain.matching import conditions
from domain.matching.conditions import Candidate, Exclusion
from domain.matching.criteria import Criteria
from tests.build.availability import schedule
from tests.build.matching import NOW, facts

FRENCH = Criteria(languages=("fr",))
FULL = Caseload(clients=30, has_this_client=False)


def candidate(*, licensed: bool = True, caseload: Caseload = NO_CLIENTS, accepting: bool = True) -> Candidate:
    return Candidate(facts=facts(accepting_clients=accepting), licensed=licensed, caseload=caseload)


def test_nothing_stands_against_a_licensed_open_therapist() -> None:
    assert conditions.first_against(candidate(), requirements=Criteria()) is None


def test_of_several_conditions_the_first_is_named() -> None:
    everything_wrong = Candidate(
        facts=facts(populations=("children",), accepting_clients=False), licensed=False, caseload=FULL
    )
    with_license = replace(everything_wrong, licensed=True)
    for_adults = replace(with_license, facts=facts(accepting_clients=False))
    accepting = replace(for_adults, facts=facts())
    with_room = replace(accepting, caseload=NO_CLIENTS)

    named = [
        conditions.first_against(each, requirements=FRENCH)
        for each in (everything_wrong, with_license, for_adults, accepting, with_room)
    ]

    assert named == list(Exclusion)[:5]


@pytest.mark.parametrize(("accepting", "clients"), [(False, 3), (True, 30)])
def test_a_closed_list_is_open_to_those_on_it(accepting: bool, clients: int) -> None:  # noqa: FBT001 - parametrized
    own = candidate(accepting=accepting, caseload=Caseload(clients=clients, has_this_client=True))

    assert conditions.first_against(own, requirements=Criteria()) is None


@pytest.mark.parametrize(
    ("populations", "seen"),
    [
        ((), True),
        (("lgbtq",), True),
        (("adults", "children"), True),
        (("older_adults",), True),
        (("children",), False),
        (("adolescents", "lgbtq"), False),
    ],
)
def test_adults_are_seen_unless_a_profile_names_other_ages_only(populations: Sequence[str], *, seen: bool) -> None:
    assert conditions.sees_adults(populations) is seen


@pytest.mark.parametrize(
    ("first_day", "last_day", "licensed"), [(-400, 0, False), (-400, 1, True), (60, 90, True), (61, 90, False)]
)
def test_a_license_counts_when_it_is_valid_within_the_horizon(first_day: int, last_day: int, *, licensed: bool) -> None:
    window = Window(starts_at=NOW + timedelta(days=first_day), ends_at=NOW + timedelta(days=last_day))

    assert conditions.licensed_in_time([window], schedule=schedule(horizon_days=60), now=NOW) is licensed


@given(st.lists(st.sampled_from(Exclusion)))
def test_counts_name_every_reason_and_add_up(exclusions: list[Exclusion]) -> None:
    counted = conditions.counts(exclusions)

    assert list(counted) == list(Exclusion)
    assert sum(counted.values()) == len(exclusions)
