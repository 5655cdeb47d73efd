from hypothesis import given
from hypothesis import strategies as st

from domain.booking import states
from domain.booking.states import APPOINTMENT, LIVE, Event, Status

STEPS = st.lists(st.sampled_from(Event), max_size=10)


def test_a_hold_becomes_an_appointment_or_goes() -> None:
    after_held = {event: states.after(Status.HELD, event) for event in Event}

    assert after_held == {
        Event.EXPIRE: Status.EXPIRED,
        Event.RELEASE: Status.RELEASED,
        Event.RENEW: Status.HELD,
        Event.CONFIRM: Status.CONFIRMED,
        Event.MOVE: None,
        Event.CANCEL: None,
        Event.ATTEND: None,
        Event.MISS: None,
    }


def test_only_a_confirmed_appointment_can_be_cancelled() -> None:
    cancellable = {status for status in Status if states.after(status, Event.CANCEL) is not None}

    assert cancellable == {Status.CONFIRMED}


def test_a_session_that_is_over_can_be_told_of_otherwise_and_nothing_else() -> None:
    over = (Status.COMPLETED, Status.NO_SHOW)

    possible = {event: {states.after(status, event) for status in over} for event in Event}

    assert possible == {event: {None} for event in Event} | {
        Event.ATTEND: {Status.COMPLETED},
        Event.MISS: {Status.NO_SHOW},
    }


def test_what_was_cancelled_or_never_booked_is_never_told_of() -> None:
    never = set(Status) - {Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW}

    assert {states.after(status, event) for status in never for event in (Event.ATTEND, Event.MISS)} == {None}


def test_what_does_not_live_never_lives_again() -> None:
    revived = [(status, event) for (status, event), after in states.TRANSITIONS.items() if after in LIVE - {status}]

    assert revived == [(Status.HELD, Event.CONFIRM)]


@given(steps=STEPS)
def test_an_appointment_stays_one_whatever_happens(steps: list[Event]) -> None:
    status = Status.HELD
    was_appointment = False

    for event in steps:
        status = states.after(status, event) or status
        was_appointment = was_appointment or status in APPOINTMENT

        assert was_appointment == (status in APPOINTMENT)
