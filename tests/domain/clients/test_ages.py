from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clients import ages
from domain.clients.ages import BirthDateImpossible, TooYoung


def require(born_on: date, *, zone: str = "America/New_York", now: datetime) -> None:
    ages.require_adult(born_on=born_on, zone=zone, country="US", now=now)


def test_adulthood_begins_at_midnight_where_the_client_is() -> None:
    eve = datetime(2027, 3, 1, 4, 59, tzinfo=UTC)  # 23:59 on 28 February in New York

    with pytest.raises(TooYoung):
        require(date(2009, 3, 1), now=eve)
    require(date(2009, 3, 1), now=eve + timedelta(minutes=1))
    require(date(2009, 3, 1), zone="Pacific/Kiritimati", now=eve)


def test_who_was_born_on_the_29th_of_february_turns_18_on_the_1st_of_march() -> None:
    noon = datetime(2026, 2, 28, 17, tzinfo=UTC)

    with pytest.raises(TooYoung):
        require(date(2008, 2, 29), now=noon)
    require(date(2008, 2, 29), now=noon + timedelta(days=1))


@pytest.mark.parametrize("born_on", [date(2027, 3, 2), date(9999, 12, 31), date(1906, 2, 28), date(1, 1, 1)])
def test_nobody_is_born_in_the_future_or_lives_beyond_120_years(born_on: date) -> None:
    with pytest.raises(BirthDateImpossible):
        require(born_on, now=datetime(2027, 3, 1, 12, tzinfo=UTC))


def test_the_refusal_names_its_place_and_the_country_to_find_help_in() -> None:
    with pytest.raises(TooYoung) as refusal:
        require(date(2015, 1, 1), now=datetime(2027, 3, 1, tzinfo=UTC))

    assert [flaw.pointer for flaw in refusal.value.flaws] == ["/birth_date"]
    assert refusal.value.country == "US"
    assert "2015" not in refusal.value.detail


@given(st.dates(min_value=date(1900, 1, 1)), st.integers(min_value=0, max_value=100_000))
def test_years_never_fall_as_days_pass(born_on: date, days: int) -> None:
    day = date.fromordinal(min(born_on.toordinal() + days, date.max.toordinal() - 1))

    assert 0 <= ages.years(born_on=born_on, on=day) <= ages.years(born_on=born_on, on=day + timedelta(days=1))
