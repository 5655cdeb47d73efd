"""Licenses: which titles are accepted, and what one license says.

Accepted are titles whose holder practises independently. Supervised titles are not accepted in this version, because
such a person may practise only under a named supervisor whose own license would have to be held, checked and shown.
Titles for addiction counselling alone, and school or pastoral titles, are not clinical licenses for what clients seek
here. What a license may do there and then is reckoned in `jurisdictions.py`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.errors import Flaw, Invalid
from domain.ids import LicenseId
from domain.licensing import places

EARLIEST_DAY: Final = date(1900, 1, 1)
LATEST_DAY: Final = date(2199, 12, 31)


class LicenseType(StrEnum):
    """The independent clinical titles that are accepted."""

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


# Known and refused, so that the refusal can say why. Some letters mean another thing in another state (LAC).
SUPERVISED_TITLES: Final = frozenset(
    {
        *("LPC_ASSOCIATE", "LPC_A", "LAC", "ALC", "APCC", "LMHCA", "LPCC_CANDIDATE", "LGPC", "RMHCI"),
        *("LMSW", "LSW", "ASW", "LCSWA", "LBSW"),
        *("AMFT", "LMFT_A", "LMFTA", "LGMFT"),
        *("PSYCHOLOGICAL_ASSOCIATE", "POSTDOCTORAL_REGISTRANT"),
    },
)


class LicenseStatus(StrEnum):
    """Where a license stands with us. Only a verified one ever permits anything."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """One license of one therapist; issued_on and expires_on are days of its jurisdiction, both included."""

    license_id: LicenseId
    license_type: LicenseType
    jurisdiction: str
    issued_on: date
    expires_on: date
    status: LicenseStatus

    def __post_init__(self) -> None:
        if not EARLIEST_DAY <= self.issued_on <= self.expires_on <= LATEST_DAY:
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
) -> License:
    """Read what a therapist states about a license, as a submitted one. Raises FlawedClaim."""
    flaws = [*_title_flaws(license_type), *_day_flaws(issued_on, expires_on)]
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
    )


def _title_flaws(license_type: str) -> list[Flaw]:
    if license_type in set(LicenseType):
        return []
    if license_type.upper().replace("-", "_") in SUPERVISED_TITLES:
        detail = "This title is held under supervision; for now only titles for independent practice are accepted."
    else:
        detail = f"This is not a title we accept; accepted are {', '.join(LicenseType)}."
    return [Flaw(pointer="/license_type", detail=detail)]


def _day_flaws(issued_on: date, expires_on: date) -> list[Flaw]:
    flaws = []
    if not EARLIEST_DAY <= issued_on <= LATEST_DAY:
        flaws.append(Flaw(pointer="/issued_on", detail="The day of issue must lie between 1900 and 2199."))
    if not EARLIEST_DAY <= expires_on <= LATEST_DAY:
        flaws.append(Flaw(pointer="/expires_on", detail="The last valid day must lie between 1900 and 2199."))
    if not flaws and expires_on < issued_on:
        flaws.append(Flaw(pointer="/expires_on", detail="The last valid day must not be before the day of issue."))
    return flaws
