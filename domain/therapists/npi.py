"""The National Provider Identifier: ten digits, the last of which checks the others.

A well-formed number says nothing about whom it belongs to, nor whether it was ever given out.
"""

from typing import Final

_LENGTH: Final = 10
_FIRST_DIGITS: Final = "12"
_PREFIX_SUM: Final = 24  # what the card prefix 80840 adds to the Luhn sum; it is the same for every NPI


def is_valid(npi: str) -> bool:
    """Tell whether the text is a well-formed NPI: ten ASCII digits, first 1 or 2, Luhn over 80840 and the number.

    Source: 45 CFR 162.406; ISO/IEC 7812-1 annex B for the check digit.
    """
    if len(npi) != _LENGTH or not npi.isascii() or not npi.isdigit() or npi[0] not in _FIRST_DIGITS:
        return False
    total = _PREFIX_SUM
    for place, digit in enumerate(reversed(npi)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0
