"""Licenses and privileges: which titles are accepted, and what one of them says.

Accepted are titles whose holder practises independently, and titles held under supervision with a named supervisor, who
is shown to clients and whose license must hold as well. What a title means depends on its state. Titles for addiction
counselling alone, and school or pastoral titles, are not clinical licenses for what clients seek here. What a license
or a privilege may do there and then is reckoned in `jurisdictions.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeAlias

from domain.errors import Flaw, Invalid
from domain.ids import LicenseId
from domain.licensing import places
from domain.licensing.compacts import Compact
from domain.licensing.standing import Standing

EARLIEST_DAY: Final = date(1900, 1, 1)
LATEST_DAY: Final = date(2199, 12, 31)


class LicenseType(StrEnum):
    """The clinical titles: first those for independent practice, then those held under supervision."""

    LPC = "LPC"
    LPCC = "LPCC"
    LCPC = "LCPC"
    LMHC = "LMHC"
    LCMHC = "LCMHC"
    LCSW = "LCSW"
    LCSW_C = "LCSW_C"
    LICSW = "LICSW"
    LISW = "LISW"
    LMFT = "LMFT"
    LCMFT = "LCMFT"
    PSYCHOLOGIST = "PSYCHOLOGIST"
    PSYCHIATRIST = "PSYCHIATRIST"
    PMHNP = "PMHNP"
    LPC_ASSOCIATE = "LPC_ASSOCIATE"
    LAC = "LAC"
    ALC = "ALC"
    APCC = "APCC"
    LMHCA = "LMHCA"
    LPCC_CANDIDATE = "LPCC_CANDIDATE"
    LGPC = "LGPC"
    RMHCI = "RMHCI"
    LMSW = "LMSW"
    LSW = "LSW"
    ASW = "ASW"
    LCSWA = "LCSWA"
    AMFT = "AMFT"
    LMFT_A = "LMFT_A"
    LGMFT = "LGMFT"
    PSYCHOLOGICAL_ASSOCIATE = "PSYCHOLOGICAL_ASSOCIATE"
    POSTDOCTORAL_REGISTRANT = "POSTDOCTORAL_REGISTRANT"


INDEPENDENT: Final = frozenset(
    {
        *(LicenseType.LPC, LicenseType.LPCC, LicenseType.LCPC, LicenseType.LMHC, LicenseType.LCMHC),
        *(LicenseType.LCSW, LicenseType.LCSW_C, LicenseType.LICSW, LicenseType.LISW),
        *(LicenseType.LMFT, LicenseType.LCMFT),
        *(LicenseType.PSYCHOLOGIST, LicenseType.PSYCHIATRIST, LicenseType.PMHNP),
    },
)
ASSOCIATES: Final = frozenset(LicenseType) - INDEPENDENT

# The same letters mean an addiction counselor elsewhere: what a title is, its state says.
CLINICAL_ONLY_IN: Final = {LicenseType.LAC: frozenset({"US-AZ", "US-AR", "US-NJ"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Under whom a title is held: a license of the same jurisdiction, with its last day, included."""

    name: str
    license_type: str
    number: str
    expires_on: date


class LicenseStatus(StrEnum):
    """Where a license stands with us. Only a verified one ever permits a new booking."""

    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


WAITING: Final = frozenset({LicenseStatus.SUBMITTED, LicenseStatus.NEEDS_INFO})


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """One license of one therapist; issued_on and expires_on are days of its jurisdiction, both included.

    standing: what the board says. board_expires_on: its last day by the board, where said. supervised_until,
    supervised_by: the last day of the supervisor's license and their name, for a title held under supervision.
    was_verified: whether sessions were booked on it, so that they stay while an admin looks again. fresh_until: when
    the last good check is too old for new bookings (aware), None where there was none.
    """

    license_id: LicenseId
    license_type: LicenseType
    jurisdiction: str
    issued_on: date
    expires_on: date
    status: LicenseStatus
    standing: Standing = Standing.VALID
    encumbered: bool = False
    board_expires_on: date | None = None
    supervised_until: date | None = None
    supervised_by: str | None = None
    was_verified: bool = False
    fresh_until: datetime | None = None

    def __post_init__(self) -> None:
        _require_days(self.issued_on, self.expires_on)

    @property
    def last_day(self) -> date:
        """Its last day by everything that is known: what was stated, what the board says, the supervisor's license."""
        days = (self.expires_on, self.board_expires_on, self.supervised_until)
        return min(day for day in days if day is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """What a compact lets a therapist do away from home. jurisdictions: None for all members; else as in `License`."""

    license_id: LicenseId
    compact: Compact
    home_license_id: LicenseId
    jurisdictions: frozenset[str] | None
    issued_on: date
    expires_on: date
    status: LicenseStatus
    standing: Standing = Standing.VALID
    encumbered: bool = False
    board_expires_on: date | None = None
    was_verified: bool = False
    fresh_until: datetime | None = None

    def __post_init__(self) -> None:
        _require_days(self.issued_on, self.expires_on)

    @property
    def last_day(self) -> date:
        """Its last day by what was stated and by what the compact says."""
        return self.expires_on if self.board_expires_on is None else min(self.expires_on, self.board_expires_on)


# What can permit practice. Another kind joins as a further member of this union and a further case in `jurisdictions`.
Credential: TypeAlias = License | Privilege


def _require_days(issued_on: date, expires_on: date) -> None:
    if not EARLIEST_DAY <= issued_on <= expires_on <= LATEST_DAY:
        message = "a license runs from issued_on to expires_on, between 1900 and 2199"
        raise ValueError(message)


class FlawedClaim(Invalid):
    """What a therapist states about a license can't be a license we accept; every flaw is named."""


def claimed(
    *,
    license_id: LicenseId,
    license_type: str,
    jurisdiction: str,
    issued_on: date,
    expires_on: date,
    supervision: Supervision | None = None,
) -> License:
    """Read what a therapist states about a license, as a submitted one. Raises FlawedClaim."""
    flaws = [
        *_title_flaws(license_type, jurisdiction=jurisdiction),
        *_supervision_flaws(license_type, supervision=supervision),
        *day_flaws(issued_on, expires_on),
    ]
    if not places.is_known(jurisdiction):
        flaws.append(Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH."))
    if flaws:
        raise FlawedClaim(*flaws)
    return License(
        license_id=license_id,
        license_type=LicenseType(license_type),
        jurisdiction=jurisdiction,
        issued_on=issued_on,
        expires_on=expires_on,
        status=LicenseStatus.SUBMITTED,
        supervised_until=None if supervision is None else supervision.expires_on,
        supervised_by=None if supervision is None else supervision.name,
    )


def _title_flaws(license_type: str, *, jurisdiction: str) -> list[Flaw]:
    if license_type not in set(LicenseType):
        written = license_type.upper().replace("-", "_")
        known = written in set(LicenseType)
        accepted = f"This is not a title we accept; accepted are {', '.join(LicenseType)}."
        detail = f"This title is written {written} here." if known else accepted
        return [Flaw(pointer="/license_type", detail=detail)]
    only_in = CLINICAL_ONLY_IN.get(LicenseType(license_type))
    if only_in is not None and jurisdiction not in only_in:
        detail = (
            f"{license_type} is a title we accept in {', '.join(sorted(only_in))} only; elsewhere it means another."
        )
        return [Flaw(pointer="/license_type", detail=detail)]
    return []


def _supervision_flaws(license_type: str, *, supervision: Supervision | None) -> list[Flaw]:
    is_associate = license_type in set(ASSOCIATES)
    if is_associate and supervision is None:
        detail = "This title is held under supervision: state your supervisor's name, license and its last day."
        return [Flaw(pointer="/supervisor", detail=detail)]
    if supervision is None:
        return []
    if not is_associate and license_type in set(LicenseType):
        return [Flaw(pointer="/supervisor", detail="This title is for independent practice; it names no supervisor.")]
    flaws = []
    if supervision.license_type not in set(INDEPENDENT):
        detail = f"A supervisor practises independently; such titles are {', '.join(sorted(INDEPENDENT))}."
        flaws.append(Flaw(pointer="/supervisor/license_type", detail=detail))
    if not EARLIEST_DAY <= supervision.expires_on <= LATEST_DAY:
        detail = "The last valid day must lie between 1900 and 2199."
        flaws.append(Flaw(pointer="/supervisor/expires_on", detail=detail))
    return flaws


def day_flaws(issued_on: date, expires_on: date) -> list[Flaw]:
    """Say what is wrong with the days that are stated, if anything."""
    flaws = []
    if not EARLIEST_DAY <= issued_on <= LATEST_DAY:
        flaws.append(Flaw(pointer="/issued_on", detail="The day of issue must lie between 1900 and 2199."))
    if not EARLIEST_DAY <= expires_on <= LATEST_DAY:
        flaws.append(Flaw(pointer="/expires_on", detail="The last valid day must lie between 1900 and 2199."))
    if not flaws and expires_on < issued_on:
        flaws.append(Flaw(pointer="/expires_on", detail="The last valid day must not be before the day of issue."))
    return flaws
