import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money


@given(amount=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_a_share_never_exceeds_its_percentage_and_misses_less_than_a_minor_unit(amount: int, percent: int) -> None:
    share = Money(amount=amount, currency="usd").share(percent=percent)

    assert share.currency == "usd"
    assert 0 <= amount * percent - share.amount * 100 < 100


@given(amount=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_two_shares_of_a_whole_leave_at_most_one_minor_unit(amount: int, percent: int) -> None:
    whole = Money(amount=amount, currency="usd")

    assert 0 <= amount - whole.share(percent=percent).amount - whole.share(percent=100 - percent).amount <= 1


def test_half_of_an_odd_amount_is_rounded_down() -> None:
    assert Money(amount=12001, currency="usd").share(percent=50) == Money(amount=6000, currency="usd")


@pytest.mark.parametrize("percent", [-1, 101])
def test_there_is_no_share_below_nothing_or_above_the_whole(percent: int) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        Money(amount=100, currency="usd").share(percent=percent)
