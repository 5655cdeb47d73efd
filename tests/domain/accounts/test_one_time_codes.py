from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from domain.accounts import one_time_codes

NOW = datetime(2027, 3, 1, 12, 0, 10, tzinfo=UTC)
# The key and an answer of RFC 6238, appendix B, in six digits
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_the_published_example_holds() -> None:
    at_59_seconds = datetime.fromtimestamp(59, tz=UTC)

    assert one_time_codes.step_of("287082", secret=RFC_SECRET, machine_now=at_59_seconds) == 1


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(seconds: int, *, taken: bool) -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW + timedelta(seconds=seconds))

    assert (one_time_codes.step_of(code, secret=RFC_SECRET, machine_now=NOW) is not None) is taken


def test_a_code_may_be_written_in_two_groups() -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW)

    assert one_time_codes.step_of(f"{code[:3]} {code[3:]}", secret=RFC_SECRET, machine_now=NOW) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "-12345", "abcdef"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert one_time_codes.step_of(code, secret=RFC_SECRET, machine_now=NOW) is None


def test_a_secret_has_160_bits_and_is_drawn_anew() -> None:
    assert len(one_time_codes.secret()) == 32
    assert one_time_codes.secret() != one_time_codes.secret()
