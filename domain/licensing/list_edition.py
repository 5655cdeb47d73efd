"""Which kind of file of the exclusion list one is: the whole list, or a month's supplement.

1. Rows that all carry a day of reinstatement are a supplement of reinstatements, whatever the file is called.
2. UPDATED.csv, and any file of more than 50,000 rows, is the whole list; yymmEXCL.csv and everything else a supplement.
3. Only the whole list says who left it: a row of ours that it no longer has is off the list. A file that is not the
   newest says so of nobody, nor does one with lines we could not read, nor one that would take more than a twentieth
   off: a download that broke off must not clear thousands.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

WHOLE_LIST_ROWS: Final = 50_000
_WHOLE_LIST_NAME: Final = re.compile(r"updated\.csv", re.IGNORECASE)
_SUPPLEMENT_NAME: Final = re.compile(r"\d{4}(excl|rein)\.csv", re.IGNORECASE)
_LARGEST_SHRINK_PERCENT: Final = 5


class Edition(StrEnum):
    """The whole list, a supplement of exclusions, or one of reinstatements."""

    FULL = "full"
    SUPPLEMENT = "supplement"
    REINSTATEMENTS = "reinstatements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How an operator wants a file of the list to be taken; None: today, and what the file itself suggests.

    allow_shrink: take it even where it would take many off the list, or has lines that can't be read.
    """

    as_of: date | None = None
    edition: Edition | None = None
    allow_shrink: bool = False


def guessed(*, file_name: str, rows: int, reinstatements: int) -> Edition:
    """Guess what kind of file it is, from its name and its numbers of rows and of rows that are reinstatements."""
    if rows and rows == reinstatements:
        return Edition.REINSTATEMENTS
    if _SUPPLEMENT_NAME.fullmatch(file_name):
        return Edition.REINSTATEMENTS if file_name.lower().endswith("rein.csv") else Edition.SUPPLEMENT
    is_whole = rows > WHOLE_LIST_ROWS or _WHOLE_LIST_NAME.fullmatch(file_name) is not None
    return Edition.FULL if is_whole else Edition.SUPPLEMENT


def shrinks_too_much(*, leaving: int, listed: int) -> bool:
    """Tell whether more rows leave the list than a month explains."""
    return leaving * 100 > listed * _LARGEST_SHRINK_PERCENT
