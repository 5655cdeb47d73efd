"""Mail addresses as accounts know them: one spelling for one address.

We take addresses in plain letters (ASCII) with a domain of at least two labels; nothing is looked up. Case is folded in
the part before the @ as well: nobody tells two people apart by it, and two accounts that differ by it are a trap.
"""

import re
import unicodedata
from typing import Final

from domain.errors import Flaw, Invalid

LENGTH_MAX: Final = 254  # RFC 5321 section 4.5.3.1.3, less the brackets
LOCAL_LENGTH_MAX: Final = 64
_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)


class AddressInvalid(Invalid):
    """It is no mail address that we can write to."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/email", detail="A mail address is needed, such as ada@example.org."))


def folded(address: str) -> str:
    """Give the one spelling of an address, whether or not it is one: NFKC, lower case, no space around."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def normal(address: str) -> str:
    """Give the one spelling of a mail address. Raises AddressInvalid."""
    spelled = folded(address)
    local = spelled.partition("@")[0]
    if len(spelled) > LENGTH_MAX or len(local) > LOCAL_LENGTH_MAX or not _ADDRESS.fullmatch(spelled):
        raise AddressInvalid
    return spelled
