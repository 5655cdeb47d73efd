from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, Weekday, WeeklyHours
from domain.booking import waiting
from domain.booking.waiting import KEPT_AT_LEAST, KEPT_FOR, Wait
from domain.ids import TherapistId, uuid7
from tests.build.availability import hours, session_type
from tests.build.matching import NOW, offer

VIDEO_OR_PHONE = session_type(session_formats=(SessionFormat.VIDEO, SessionFormat.PHONE))
WEEK = Interval(starts_at=NOW, ends_at=NOW + timedelta(days=7))


def wait(
    *,
    session_formats: tuple[SessionFormat, ...] = (),
    times: tuple[WeeklyHours, ...] = (),
    until: datetime = NOW + timedelta(days=60),
) -> Wait:
    return Wait(
        therapist_ids=(TherapistId(uuid7()),),
        match_id=None,
        session_type=None,
        session_formats=session_formats,
        jurisdiction="US-OH",
        times=times,
        zone="America/New_York",
        until=until,
    )


def test_the_format_is_the_first_the_client_takes() -> None:
    offered = offer(NOW, kind=VIDEO_OR_PHONE)

    assert waiting.format_of(wait(), offered) is SessionFormat.VIDEO
    assert (
        waiting.format_of(wait(session_formats=(SessionFormat.PHONE, SessionFormat.VIDEO)), offered)
        is SessionFormat.PHONE
    )
    assert waiting.format_of(wait(session_formats=(SessionFormat.IN_PERSON,)), offered) is None


def test_a_time_they_let_pass_is_not_offered_again_nor_one_that_overlaps_it() -> None:
    passed = offer(NOW + timedelta(days=1))
    beside = offer(passed.starts_at + timedelta(minutes=30))
    after = offer(passed.ends_at)

    found = waiting.fitting(wait(), (passed, beside, after), window=WEEK, freed=None, offered=(passed.during,))

    assert found == (after,)


def test_only_what_takes_the_freed_time_is_offered() -> None:
    freed = offer(NOW + timedelta(days=1))
    later = offer(freed.ends_at + timedelta(hours=1))

    assert waiting.fitting(wait(), (freed, later), window=WEEK, freed=freed.occupied, offered=()) == (freed,)


def test_the_freed_time_itself_comes_before_what_only_reaches_into_it() -> None:
    freed = offer(NOW + timedelta(days=1))
    before = offer(freed.starts_at - timedelta(minutes=30))
    after = offer(freed.starts_at + timedelta(minutes=15))

    found = waiting.fitting(wait(), (before, freed, after), window=WEEK, freed=freed.occupied, offered=())

    assert found == (freed, after, before)


def test_a_session_that_starts_when_they_stop_waiting_is_too_late() -> None:
    last = offer(NOW + timedelta(days=1))

    assert waiting.fitting(wait(until=last.starts_at), (last,), window=WEEK, freed=None, offered=()) == ()
    assert waiting.fitting(
        wait(until=last.starts_at + timedelta(minutes=1)), (last,), window=WEEK, freed=None, offered=()
    ) == (last,)


@given(minutes=st.integers(0, 24 * 60), notice=st.integers(0, 24 * 60))
def test_what_is_kept_is_kept_two_hours_or_until_notice_and_long_enough_to_answer(minutes: int, notice: int) -> None:
    offered = offer(NOW + timedelta(minutes=minutes))

    until = waiting.kept_until(offered, notice_minutes=notice, now=NOW)

    left = timedelta(minutes=minutes - notice)
    assert (until is None) is (left < KEPT_AT_LEAST)
    assert until is None or until == NOW + min(KEPT_FOR, left)


@given(day=st.integers(0, 6), minute=st.integers(0, 24 * 60 - 1), start=st.integers(0, 23), end=st.integers(0, 23))
def test_whoever_is_told_off_beforehand_would_not_have_fitted(day: int, minute: int, start: int, end: int) -> None:
    asked = wait(times=hours(f"{start:02}:00", f"{end:02}:00", Weekday.MONDAY, Weekday.SATURDAY))
    freed = offer(datetime(2027, 3, 8, tzinfo=UTC) + timedelta(days=day, minutes=minute))
    window = freed.occupied.widened(before=timedelta(hours=12), after=timedelta(hours=4))

    fits = waiting.fitting(asked, (freed,), window=window, freed=freed.occupied, offered=())

    assert not fits or waiting.may_fit(asked, freed=freed.occupied)
