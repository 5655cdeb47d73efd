from datetime import timedelta

from domain.availability.interval import Interval
from domain.matching.criteria import Criteria, TherapistFacts
from domain.matching.relaxations import LeftOut, Relaxation, misses_one, relaxations
from domain.money import Money
from domain.therapists.profile import Gender
from tests.build.matching import NOW, facts, offer

CHEAP_AND_MALE = Criteria(max_fee=Money(amount=10_000, currency="usd"), therapist_genders=(Gender.MALE,))
NEVER = (Interval(starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1)),)


def left_out(who: TherapistFacts, *, sessions: int = 1) -> LeftOut:
    return LeftOut(facts=who, offers=tuple(offer(NOW + timedelta(days=day)) for day in range(sessions)))


def test_each_requirement_is_named_with_whom_dropping_it_alone_would_gain() -> None:
    dear = [left_out(facts(number=number, gender=Gender.MALE)) for number in (1, 2)]
    dear_and_female = left_out(facts(number=3))

    found = relaxations([*dear, dear_and_female], requirements=CHEAP_AND_MALE, free_time=None)

    assert found == (Relaxation(drop="requirements.max_fee", gains=2),)
    assert not misses_one(CHEAP_AND_MALE, dear_and_female.facts)
    assert all(misses_one(CHEAP_AND_MALE, each.facts) for each in dear)


def test_somebody_without_any_session_is_no_gain() -> None:
    booked_out = left_out(facts(gender=Gender.MALE), sessions=0)

    assert relaxations([booked_out], requirements=CHEAP_AND_MALE, free_time=None) == ()


def test_the_times_are_named_where_they_are_what_stands_in_the_way() -> None:
    at_other_times = [left_out(facts(number=number)) for number in (1, 2)]

    found = relaxations(at_other_times, requirements=Criteria(), free_time=NEVER)

    assert found == (Relaxation(drop="times", gains=2),)


def test_the_greatest_gain_comes_first() -> None:
    cheap = Criteria(max_fee=Money(amount=20_000, currency="usd"), therapist_genders=(Gender.MALE,), languages=("fr",))
    for_gender = [left_out(facts(number=number, languages=("fr",))) for number in (1, 2)]
    for_language = left_out(facts(number=3, gender=Gender.MALE))

    found = relaxations([for_language, *for_gender], requirements=cheap, free_time=None)

    assert [(each.drop, each.gains) for each in found] == [
        ("requirements.therapist_genders", 2),
        ("requirements.languages", 1),
    ]
