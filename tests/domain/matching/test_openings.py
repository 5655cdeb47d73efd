from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import weekly_times
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, Weekday
from domain.matching import openings
from domain.money import Money
from tests.build.availability import hours, interval, session_type
from tests.build.matching import NOW, offer

ZONE = "America/New_York"
WEEK = Interval(starts_at=NOW, ends_at=NOW + timedelta(days=7))
CHEAP = session_type(code="short", minutes=30, fee=Money(amount=9_000, currency="usd"))
DEAR = session_type()


def test_times_are_wall_time_in_the_clients_zone_on_both_sides_of_a_clock_change() -> None:
    over_the_change = interval("2027-03-08T00:00Z", "2027-03-20T00:00Z")

    found = weekly_times.stretches(hours("09:00", "12:00", Weekday.MONDAY), zone=ZONE, during=over_the_change)

    assert found == (
        interval("2027-03-08T14:00Z", "2027-03-08T17:00Z"),
        interval("2027-03-15T13:00Z", "2027-03-15T16:00Z"),
    )


def test_times_that_touch_are_one() -> None:
    times = (*hours("09:00", "12:00", Weekday.TUESDAY), *hours("12:00", "15:00", Weekday.TUESDAY))
    around_noon = offer(datetime(2027, 3, 2, 16, 30, tzinfo=UTC))

    free_time = weekly_times.stretches(times, zone=ZONE, during=WEEK)

    assert openings.cheapest([DEAR], offers=[around_noon], free_time=free_time) is not None


def test_a_session_must_lie_wholly_within_the_times() -> None:
    free_time = weekly_times.stretches(hours("09:00", "10:00", Weekday.TUESDAY), zone=ZONE, during=WEEK)
    nine, after_nine = (offer(datetime(2027, 3, 2, 14, minute, tzinfo=UTC)) for minute in (10, 11))

    assert openings.cheapest([DEAR], offers=[after_nine], free_time=free_time) is None
    assert openings.cheapest([DEAR], offers=[nine], free_time=free_time) is not None


def test_times_past_midnight_hold_the_next_morning() -> None:
    free_time = weekly_times.stretches(hours("22:00", "02:00", Weekday.SUNDAY), zone=ZONE, during=WEEK)

    assert interval("2027-03-08T03:00Z", "2027-03-08T07:00Z") in free_time


def test_the_cheapest_kind_with_a_session_that_fits_is_taken() -> None:
    dear = [offer(NOW + timedelta(days=day), kind=DEAR) for day in range(5)]
    cheap = [offer(NOW + timedelta(days=6), kind=CHEAP)]

    both = openings.cheapest([CHEAP, DEAR], offers=[*dear, *cheap], free_time=None)
    only_dear = openings.cheapest([CHEAP, DEAR], offers=dear, free_time=None)

    assert both is not None
    assert (both.session_type, both.next_offers) == (CHEAP, tuple(cheap))
    assert only_dear is not None
    assert (only_dear.session_type, only_dear.next_offers) == (DEAR, tuple(dear[:3]))


@given(day=st.integers(0, 6), minute=st.integers(0, 24 * 60 - 1), start=st.integers(0, 23), end=st.integers(0, 23))
def test_fitting_agrees_with_looking_at_every_stretch(day: int, minute: int, start: int, end: int) -> None:
    times = hours(f"{start:02}:00", f"{end:02}:00", Weekday.MONDAY, Weekday.TUESDAY, Weekday.SATURDAY)
    asked = offer(WEEK.starts_at + timedelta(days=day, minutes=minute))
    free_time = weekly_times.stretches(times, zone=ZONE, during=WEEK)

    found = openings.cheapest([DEAR], offers=[asked], free_time=free_time)

    assert (found is not None) is any(stretch.contains(asked.during) for stretch in free_time)


@given(days=st.integers(1, 400))
def test_near_and_far_are_the_whole_window_and_share_nothing(days: int) -> None:
    window = Interval(starts_at=NOW, ends_at=NOW + timedelta(days=days))

    near, far = openings.near_and_far(window)

    assert (near.starts_at, (far or near).ends_at) == (window.starts_at, window.ends_at)
    assert far is None or far.starts_at == near.ends_at
    assert (far is None) is (days <= 14)


@given(cheap=st.lists(st.integers(0, 30), unique=True, max_size=5), dear=st.lists(st.integers(0, 30), max_size=5))
def test_what_is_settled_by_near_offers_is_not_changed_by_later_ones(cheap: list[int], dear: list[int]) -> None:
    days = sorted([(day, CHEAP) for day in cheap] + [(day, DEAR) for day in dear], key=lambda pair: pair[0])
    every = [offer(NOW + timedelta(days=day), kind=kind) for day, kind in days]
    near = [each for each in every if each.starts_at < NOW + openings.NEAR]

    settled = openings.is_settled([CHEAP, DEAR], offers=near, free_time=None)

    if settled:
        assert openings.cheapest([CHEAP, DEAR], offers=near, free_time=None) == openings.cheapest(
            [CHEAP, DEAR], offers=every, free_time=None
        )


def test_a_session_that_no_license_covers_in_the_wanted_format_is_no_opening() -> None:
    by_video = replace(offer(NOW, kind=DEAR), session_formats=(SessionFormat.VIDEO,))

    assert openings.cheapest([DEAR], offers=[by_video], free_time=None, formats=(SessionFormat.IN_PERSON,)) is None
    assert openings.cheapest([DEAR], offers=[by_video], free_time=None, formats=(SessionFormat.VIDEO,)) is not None
