from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import slots
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import nearest, offer
from domain.booking.nearest import Sought
from domain.booking.offer import Practice
from domain.ids import TherapistId, uuid7
from domain.licensing.places import Window
from tests.build.availability import instant, interval, schedule, session_type

NOW = instant("2027-02-28T12:00Z")
WEEK = interval("2027-03-01T05:00Z", "2027-03-08T05:00Z")
ALWAYS = Window(starts_at=instant("2015-01-01T05:00Z"), ends_at=instant("2031-01-01T05:00Z"))
QUARTER = timedelta(minutes=15)


def practice(*engaged: Interval) -> Practice:
    kinds = (session_type(minutes=45, before=5, after=10),)
    return Practice(
        therapist_id=TherapistId(uuid7()),
        schedule=schedule(session_types=kinds, slot_interval=15),
        permitted=(ALWAYS,),
        engaged=tuple(slots.spans(engaged)),
    )


def sought(near: str, *, avoided: Interval | None = None, by: SessionFormat = SessionFormat.VIDEO) -> Sought:
    return Sought(session_type="individual_50", session_format=by, near=instant(near), own=(), avoided=avoided)


@given(
    taken=st.lists(st.integers(0, 7 * 96), max_size=30),
    near=st.integers(0, 7 * 96),
    avoided=st.none() | st.integers(0, 7 * 96),
)
def test_they_are_those_that_apart_picks_of_all_offers(taken: list[int], near: int, avoided: int | None) -> None:
    of = practice(*(_at(step) for step in taken))
    given_up = None if avoided is None else _at(avoided)
    wanted = Sought(
        session_type="individual_50",
        session_format=SessionFormat.VIDEO,
        near=WEEK.starts_at + near * QUARTER,
        own=(),
        avoided=given_up,
    )

    found = nearest.same_kind(of, wanted, window=WEEK, now=NOW)

    every = offer.offers(of, session_type="individual_50", window=WEEK, own=(), now=NOW)
    allowed = [each for each in every if given_up is None or not each.during.overlaps(given_up)]
    assert found == offer.apart(allowed, wanted=wanted.near, most=nearest.ALTERNATIVES)


def test_a_format_it_is_not_held_in_is_not_offered_instead() -> None:
    assert (
        nearest.same_kind(practice(), sought("2027-03-02T15:00Z", by=SessionFormat.PHONE), window=WEEK, now=NOW) == ()
    )


def test_a_type_that_is_no_more_gives_nothing() -> None:
    gone = Sought(session_type="gone", session_format=SessionFormat.VIDEO, near=WEEK.starts_at, own=(), avoided=None)

    assert nearest.same_kind(practice(), gone, window=WEEK, now=NOW) == ()


def _at(step: int) -> Interval:
    begins = WEEK.starts_at + step * QUARTER
    return Interval(starts_at=begins, ends_at=begins + timedelta(hours=1))
