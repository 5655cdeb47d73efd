"""How each board writes its roster: columns, titles, status words, actions and dates, as data.

1. The same letters are different titles in different states (LPCC is a candidate in Colorado and independent in Ohio),
   so titles are those of one board. A code that is not here is not kept.
2. A status word that is not here is never valid: its lines are refused. An action that is not here limits the license.
3. An action is noted (a letter of admonition), a charge (filed, and nothing found yet), or it limits the license.

Source: the Colorado roster of licensed professional counselors of 18 September 2026 and the open feed 7s5z-vewr of
data.colorado.gov, for the names of columns, the status words and the program actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.licensing.licenses import LicenseType
from domain.licensing.standing import Standing


class Field(StrEnum):
    """What is read of a line."""

    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    SUFFIX = "suffix"
    LICENSE_TYPE = "license_type"
    NUMBER = "number"
    ISSUED_ON = "issued_on"
    RENEWED_ON = "renewed_on"
    EXPIRES_ON = "expires_on"
    STATUS = "status"
    CASE_NUMBER = "case_number"
    ACTION = "action"
    EFFECTIVE_ON = "effective_on"
    COMPLETED_ON = "completed_on"


class ActionEffect(StrEnum):
    """What an action means for the license while it is in effect."""

    NOTED = "noted"
    CHARGE = "charge"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMeaning:
    """What a status word of a board says. limits: practice is restricted or under conditions."""

    standing: Standing
    limits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """One of the board's license types. prefixes: what may stand before a number of it, lower case."""

    code: str
    license_type: LicenseType
    prefixes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMapping:
    """How one board writes its roster.

    columns: the names of each field's column; names of columns, status words and actions are written as `plain` writes
    them. action_prefixes: words in front of an action that say nothing of its kind. date_formats: as strptime has them.
    """

    board: str
    jurisdiction: str
    name: str
    look_up_url: str
    columns: Mapping[Field, frozenset[str]]
    titles: tuple[Title, ...]
    statuses: Mapping[str, StatusMeaning]
    actions: Mapping[str, ActionEffect]
    action_prefixes: tuple[str, ...]
    date_formats: tuple[str, ...]

    def title(self, license_type: str) -> Title | None:
        """Give the board's own title for one of ours, or None where it has none."""
        return next((title for title in self.titles if title.license_type == license_type), None)

    def effect(self, words: str) -> ActionEffect:
        """Say what an action means; one that is not known limits the license."""
        kind = plain(words)
        for prefix in self.action_prefixes:
            kind = kind.removeprefix(prefix)
        return self.actions.get(kind, ActionEffect.LIMITS)


def plain(words: str) -> str:
    """Write a column's name, a status word or an action the one way in which it is compared: letters and digits."""
    return "".join(sign for sign in words.casefold() if sign.isascii() and sign.isalnum())


def number_key(number: str, *, title: Title | None) -> str:
    """Write a license's number the one way in which it is compared: no type in front, no leading zeros.

    "" for a number without letters and digits.
    """
    signs = plain(number)
    digits = signs.lstrip("abcdefghijklmnopqrstuvwxyz")
    prefix = signs[: len(signs) - len(digits)]
    if digits and title is not None and prefix in title.prefixes:
        signs = digits
    return signs.lstrip("0") or signs


def boards_of(jurisdiction: str) -> tuple[BoardMapping, ...]:
    """Give the boards of a jurisdiction whose rosters can be read."""
    return tuple(board for board in BOARDS.values() if board.jurisdiction == jurisdiction)


def _by_plain_words(meanings: Mapping[str, StatusMeaning]) -> Mapping[str, StatusMeaning]:
    return MappingProxyType({plain(words): meaning for words, meaning in meanings.items()})


COLORADO: Final = BoardMapping(
    board="us-co",
    jurisdiction="US-CO",
    name="Colorado Division of Professions and Occupations",
    look_up_url="https://apps2.colorado.gov/dora/licensing/Lookup/LicenseLookup.aspx",
    columns=MappingProxyType(
        {
            Field.LAST_NAME: frozenset({"lastname"}),
            Field.FIRST_NAME: frozenset({"firstname"}),
            Field.MIDDLE_NAME: frozenset({"middlename"}),
            Field.SUFFIX: frozenset({"suffix"}),
            Field.LICENSE_TYPE: frozenset({"licensetype"}),
            Field.NUMBER: frozenset({"licensenumber"}),
            Field.ISSUED_ON: frozenset({"firstissuedate", "licensefirstissuedate"}),
            Field.RENEWED_ON: frozenset({"lastreneweddate", "licenselastreneweddate"}),
            Field.EXPIRES_ON: frozenset({"expirationdate", "licenseexpirationdate"}),
            Field.STATUS: frozenset({"statusdescription", "licensestatusdescription"}),
            Field.CASE_NUMBER: frozenset({"casenumber"}),
            Field.ACTION: frozenset({"programaction"}),
            Field.EFFECTIVE_ON: frozenset({"disciplineeffectivedate"}),
            Field.COMPLETED_ON: frozenset({"disciplinecompletedate"}),
        }
    ),
    titles=(
        Title(code="lpc", license_type=LicenseType.LPC, prefixes=frozenset({"lpc"})),
        Title(code="lpcc", license_type=LicenseType.LPCC_CANDIDATE, prefixes=frozenset({"lpcc"})),
        Title(code="mft", license_type=LicenseType.LMFT, prefixes=frozenset({"mft", "lmft"})),
        Title(code="csw", license_type=LicenseType.LCSW, prefixes=frozenset({"csw", "lcsw"})),
        Title(code="lsw", license_type=LicenseType.LSW, prefixes=frozenset({"lsw"})),
        Title(code="psy", license_type=LicenseType.PSYCHOLOGIST, prefixes=frozenset({"psy"})),
    ),
    statuses=_by_plain_words(
        {
            "Active": StatusMeaning(standing=Standing.VALID),
            "Active - With Conditions": StatusMeaning(standing=Standing.VALID_CONDITIONS, limits=True),
            "Active - Restricted": StatusMeaning(standing=Standing.VALID_CONDITIONS, limits=True),
            "Active - Telehealth ONLY": StatusMeaning(standing=Standing.VALID_TELEHEALTH_ONLY),
            "Expired": StatusMeaning(standing=Standing.LAPSED),
            "Inactive": StatusMeaning(standing=Standing.INACTIVE),
            "Voluntary Surrender": StatusMeaning(standing=Standing.SURRENDERED),
            "Surrendered": StatusMeaning(standing=Standing.SURRENDERED),
            "Suspended": StatusMeaning(standing=Standing.SUSPENDED, limits=True),
            "Revoked": StatusMeaning(standing=Standing.REVOKED, limits=True),
            "Pending": StatusMeaning(standing=Standing.PENDING),
        }
    ),
    actions=MappingProxyType(
        {
            plain("Letter of Admonition"): ActionEffect.NOTED,
            plain("Combined w/other case for action"): ActionEffect.NOTED,
            plain("Suspension Terminated"): ActionEffect.NOTED,
            plain("Hearing Formal Complaint/Charges Filed with OAC"): ActionEffect.CHARGE,
            plain("Formal Complaint-Charges with OAC"): ActionEffect.CHARGE,
        }
    ),
    action_prefixes=("cls", "itrm", "id"),
    date_formats=("%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S"),
)

BOARDS: Final[Mapping[str, BoardMapping]] = MappingProxyType({COLORADO.board: COLORADO})
