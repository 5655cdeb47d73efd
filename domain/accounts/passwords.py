"""Passwords: what we take, and how they are kept.

Length is what counts; no rule asks for kinds of characters, and none ever expires. A password is put into one Unicode
form (NFKC) before it is measured and hashed, so that it is the same from every keyboard.
Hashing takes tens of milliseconds of one core: callers on an event loop do it in a thread.
Source: NIST SP 800-63B-4 section 3.1.1; argon2id with 19 MiB and two passes.
"""

import unicodedata
from functools import cache
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

from domain.errors import Flaw, Invalid

LENGTH_MIN: Final = 15  # where the password stands alone
LENGTH_MAX: Final = 1000
BYTES_MAX: Final = 1024
TELLING_LENGTH_MIN: Final = 4  # a shorter part of the address stands in many a good password by chance
_HASHER: Final = Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1)


class PasswordWeak(Invalid):
    """The password would be guessed, or is beyond what we hash."""

    def __init__(self, reason: str) -> None:
        super().__init__(Flaw(pointer="/password", detail=reason))


def require_strong(password: str, *, email: str) -> None:
    """Let a password pass that the policy takes. email: normalised. Raises PasswordWeak with the reason."""
    normal = unicodedata.normalize("NFKC", password)
    if len(normal) < LENGTH_MIN:
        raise PasswordWeak(f"At least {LENGTH_MIN} characters are needed; a few random words are fine.")
    if len(normal) > LENGTH_MAX or len(normal.encode()) > BYTES_MAX:
        raise PasswordWeak(f"At most {LENGTH_MAX} characters ({BYTES_MAX} bytes) can be taken.")
    if len(set(normal)) == 1:
        raise PasswordWeak("One character repeated is guessed at once.")
    local = email.partition("@")[0]
    if len(local) >= TELLING_LENGTH_MIN and local in normal.lower():
        raise PasswordWeak("The name in your mail address must not be part of it.")


def hashed(password: str) -> str:
    """Hash a password with a fresh salt. Slow by intent."""
    return _HASHER.hash(unicodedata.normalize("NFKC", password))


def matches(password: str, *, password_hash: str | None) -> bool:
    """Tell whether a password has this hash. None, where there is no account, takes as long and is never matched."""
    normal = unicodedata.normalize("NFKC", password)
    if len(normal.encode()) > BYTES_MAX:
        return False  # no account has such a password, and it costs the same whoever is asked for
    matched = _HASHER.verify(normal, password_hash or _nobodys_hash())
    return matched and password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")
