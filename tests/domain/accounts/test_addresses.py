import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts import addresses
from domain.accounts.addresses import AddressInvalid


@pytest.mark.parametrize(
    ("typed", "known_as"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org\n", "ada@example.org"),
        ("\uff21da@example.org", "ada@example.org"),
        ("ada+therapy@mail.example.co.uk", "ada+therapy@mail.example.co.uk"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_has_one_spelling(typed: str, known_as: str) -> None:
    assert addresses.normal(typed) == known_as


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "ada@example",
        "ada@@example.org",
        "ada@exa mple.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "a..b@example.org",
        ".ada@example.org",
        "ada.@example.org",
        '"ada"@example.org',
        "ada@-example.org",
        "ada@example.org.",
        "ada@127.0.0.1",
        "ад@example.org",
        "ada@\u0435xample.org",
        "Ada <ada@example.org>",
        "x" * 65 + "@example.org",
        "ada@" + "x." * 130 + "org",
    ],
)
def test_what_is_no_address_is_refused_at_its_place(typed: str) -> None:
    with pytest.raises(AddressInvalid) as refusal:
        addresses.normal(typed)

    assert [flaw.pointer for flaw in refusal.value.flaws] == ["/email"]


@given(st.text(max_size=60) | st.emails())
def test_what_is_taken_is_its_own_spelling_and_fits_the_column(typed: str) -> None:
    try:
        address = addresses.normal(typed)
    except AddressInvalid:
        return

    assert addresses.normal(address) == address == address.lower()
    assert address.isascii()
    assert 3 <= len(address) <= 254
