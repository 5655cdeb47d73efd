"""One-time codes of an authenticator app: six digits, thirty seconds, each used once.

A code of the step before or after is taken too, for a clock that is a little off. They go by the machine's own time:
the authenticator's clock is not ours to shift. Source: RFC 6238 section 5.2.
"""

import re
from datetime import datetime
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

STEPS_EITHER_SIDE: Final = 1
_CODE: Final = re.compile(r"[0-9]{6}")


def secret() -> str:
    """Draw a secret of 160 random bits, base32, as authenticator apps take it."""
    return pyotp.random_base32()


def step_of(code: str, *, secret: str, machine_now: datetime) -> int | None:
    """Give the 30-second step, counted from 1970, whose code this is, or None. machine_now: aware, never shifted."""
    digits = code.replace(" ", "")
    if not _CODE.fullmatch(digits):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=machine_now, valid_window=STEPS_EITHER_SIDE)
    except OTPVerificationError:
        return None
