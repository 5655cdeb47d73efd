import time
from statistics import median

import pytest

from domain.accounts import passwords
from domain.accounts.passwords import PasswordWeak
from tests.build.accounts import PASSWORD, PASSWORD_HASH


def reason(password: str, *, email: str = "ada.byron@example.org") -> str | None:
    try:
        passwords.require_strong(password, email=email)
    except PasswordWeak as error:
        return error.flaws[0].pointer
    return None


def test_a_few_words_are_strong() -> None:
    assert reason(PASSWORD) is None


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "fourteen chars",
        "a" * 40,
        "x" * 1001,
        "ab" * 501,
        "𝄞é" * 400,
        "my name is Ada.Byron and I say so",
    ],
)
def test_a_weak_or_boundless_password_is_refused_at_its_place(password: str) -> None:
    assert reason(password) == "/password"


def test_a_short_name_in_the_address_does_not_forbid_its_letters() -> None:
    assert reason(PASSWORD, email="cor@example.org") is None


def test_characters_are_counted_and_not_bytes() -> None:
    assert reason("größere Wörter!") is None


def test_a_password_matches_its_hash_from_every_keyboard() -> None:
    composed, decomposed = "caf\u00e9 au lait, twice", "cafe\u0301 au lait, twice"

    password_hash = passwords.hashed(composed)

    assert passwords.matches(decomposed, password_hash=password_hash)
    assert not passwords.matches(composed + " ", password_hash=password_hash)


def test_two_hashes_of_a_password_differ() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


def test_the_costs_are_as_published() -> None:
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not passwords.matches(PASSWORD, password_hash="not a hash")


def test_nobody_has_no_password_at_all() -> None:
    assert not passwords.matches("nobody has this password", password_hash=None)


def test_boundless_input_is_not_hashed() -> None:
    started = time.thread_time()

    assert not passwords.matches("x" * 100_000, password_hash=PASSWORD_HASH)
    assert time.thread_time() - started < 0.01


def test_an_unknown_address_takes_as_long_as_a_known_one() -> None:
    def seconds(password_hash: str | None) -> float:
        started = time.thread_time()
        passwords.matches("wrong horse battery", password_hash=password_hash)
        return time.thread_time() - started

    seconds(None)
    known = median(seconds(PASSWORD_HASH) for _ in range(5))
    unknown = median(seconds(None) for _ in range(5))

    assert 0.5 < unknown / known < 2
