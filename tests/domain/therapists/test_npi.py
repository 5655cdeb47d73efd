import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.therapists import npi


def with_check_digit(nine: str) -> str:
    """Luhn over the card prefix and the digits, written the long way."""
    doubled = [int(digit) * 2 if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed("80840" + nine))]
    return nine + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


nines = st.builds(lambda first, rest: f"{first}{rest:08d}", st.sampled_from("12"), st.integers(0, 10**8 - 1))


def test_the_published_example_is_valid() -> None:
    assert npi.is_valid("1234567893")  # Source: CMS, NPI check digit calculation


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        "",
        "123456789",
        "12345678933",
        " 234567893",
        "1234567893 ",
        "0000000000",
        "3234567891",
        "１２３４５６７８９３",  # noqa: RUF001 - digits, and not ASCII
        "12345678-3",
    ],
)
def test_what_is_not_ten_digits_with_their_check_digit_is_refused(text: str) -> None:
    assert not npi.is_valid(text)


@given(nines)
def test_of_ten_numbers_exactly_the_one_with_the_right_check_digit_is_valid(nine: str) -> None:
    valid = [nine + digit for digit in "0123456789" if npi.is_valid(nine + digit)]

    assert valid == [with_check_digit(nine)]


@given(nines, st.integers(1, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(nine: str, place: int, shift: int) -> None:
    right = with_check_digit(nine)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]

    assert not npi.is_valid(wrong)
