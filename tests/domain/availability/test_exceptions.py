from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import exceptions
from domain.availability.exceptions import LENGTH_MAX, NOTE_LENGTH_MAX, ExceptionImpossible, NewException
from domain.availability.interval import Interval
from domain.availability.schedule import ExceptionKind

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTES = st.integers(min_value=-600_000, max_value=600_000).map(lambda minutes: NOW + timedelta(minutes=minutes))


def exception(starts_at: datetime = NOW, ends_at: datetime = NOW + HOUR, note: str | None = None) -> NewException:
    return NewException(kind=ExceptionKind.CLOSED, starts_at=starts_at, ends_at=ends_at, note=note)


def pointers(refused: NewException) -> list[str]:
    with pytest.raises(ExceptionImpossible) as raised:
        exceptions.check(refused, now=NOW)
    return [flaw.pointer for flaw in raised.value.flaws]


@pytest.mark.parametrize(
    "possible",
    [
        exception(),
        exception(starts_at=NOW - 100 * HOUR, ends_at=NOW + timedelta(minutes=1)),
        exception(ends_at=NOW + LENGTH_MAX),
        exception(note="x" * NOTE_LENGTH_MAX),
    ],
)
def test_an_exception_within_its_bounds_is_possible(possible: NewException) -> None:
    exceptions.check(possible, now=NOW)


@pytest.mark.parametrize(
    ("impossible", "expected"),
    [
        (exception(ends_at=NOW), ["/end"]),
        (exception(ends_at=NOW - HOUR), ["/end"]),
        (exception(starts_at=NOW - 2 * HOUR, ends_at=NOW), ["/end"]),
        (exception(ends_at=NOW + LENGTH_MAX + timedelta(minutes=1)), ["/end"]),
        (exception(starts_at=NOW + timedelta(seconds=1)), ["/start"]),
        (exception(ends_at=NOW + HOUR + timedelta(microseconds=1)), ["/end"]),
        (exception(note="x" * (NOTE_LENGTH_MAX + 1)), ["/note"]),
    ],
)
def test_every_bound_is_named(impossible: NewException, expected: list[str]) -> None:
    assert pointers(impossible) == expected


@given(starts_at=MINUTES, ends_at=MINUTES)
def test_what_is_let_pass_is_a_stretch_that_reaches_ahead(starts_at: datetime, ends_at: datetime) -> None:
    asked = exception(starts_at=starts_at, ends_at=ends_at)
    try:
        exceptions.check(asked, now=NOW)
    except ExceptionImpossible:
        assert ends_at <= starts_at or ends_at <= NOW or ends_at - starts_at > LENGTH_MAX
    else:
        assert asked.during() == Interval(starts_at=starts_at, ends_at=ends_at)
        assert NOW < ends_at <= starts_at + LENGTH_MAX
