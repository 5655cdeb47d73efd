from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from domain.booking import attendance
from domain.booking.attendance import Reports, Weight
from domain.booking.states import Attendance, Event
from domain.booking.terms import Party

START = datetime(2027, 3, 1, 14, tzinfo=UTC)
END = START + timedelta(minutes=50)
SAID = (None, *Attendance)


def weight(*, client: Attendance | None, therapist: Attendance | None, party: Party, outcome: Attendance) -> Weight:
    return attendance.weigh(Reports(client=client, therapist=therapist), party=party, outcome=outcome)


@pytest.mark.parametrize("outcome", Attendance)
@pytest.mark.parametrize("party", [Party.CLIENT, Party.THERAPIST])
def test_a_word_before_any_other_is_the_first(party: Party, outcome: Attendance) -> None:
    assert weight(client=None, therapist=None, party=party, outcome=outcome) is Weight.FIRST


@pytest.mark.parametrize(("said", "outcome"), list(product(Attendance, Attendance)))
@pytest.mark.parametrize("against", SAID)
def test_each_party_says_it_once(said: Attendance, outcome: Attendance, against: Attendance | None) -> None:
    of_therapist = weight(client=against, therapist=said, party=Party.THERAPIST, outcome=outcome)
    of_client = weight(client=said, therapist=against, party=Party.CLIENT, outcome=outcome)

    assert of_therapist is of_client is (Weight.SAID_BEFORE if said is outcome else Weight.TAKEN_BACK)


@pytest.mark.parametrize(("said", "outcome"), list(product(Attendance, Attendance)))
def test_the_other_partys_word_agrees_or_differs(said: Attendance, outcome: Attendance) -> None:
    of_therapist = weight(client=said, therapist=None, party=Party.THERAPIST, outcome=outcome)
    of_client = weight(client=None, therapist=said, party=Party.CLIENT, outcome=outcome)

    assert of_therapist is of_client is (Weight.AGREES if said is outcome else Weight.DIFFERS)


def test_a_client_says_only_that_the_therapist_was_not_there() -> None:
    assert [each for each in Attendance if attendance.may_say(Party.CLIENT, each)] == [Attendance.THERAPIST_NO_SHOW]
    assert all(attendance.may_say(Party.THERAPIST, each) for each in Attendance)


def test_who_was_not_there_makes_it_a_missed_session() -> None:
    assert {each: attendance.event_of(each) for each in Attendance} == {
        Attendance.ATTENDED: Event.ATTEND,
        Attendance.CLIENT_NO_SHOW: Event.MISS,
        Attendance.THERAPIST_NO_SHOW: Event.MISS,
    }


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (START - timedelta(microseconds=1), False),
        (START, True),
        (END + timedelta(days=30), True),
        (END + timedelta(days=30, microseconds=1), False),
    ],
)
def test_words_are_taken_from_the_start_until_thirty_days_after_the_end(now: datetime, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    assert attendance.is_open(starts_at=START, ends_at=END, now=now) is taken
